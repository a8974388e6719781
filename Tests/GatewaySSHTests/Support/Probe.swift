import Foundation
import SSH
import TestSupport

/// A client made of our own library, for what `ssh` cannot be made to do from a script: keys one by one, the window's
/// size, signals.
actor Probe {
    private let loop: SSHLoop
    private var connection: SSHClientConnection?
    private var channel: SSHChannel?
    private var collected: [UInt8] = []
    private let activity = LoopSignal()

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(on loop: SSHLoop) {
        self.loop = loop
    }

    /// Signs in with a client's key and starts a program, with a terminal unless there is a command.
    func open(
        _ client: OpenSSHClient, user: String, hostKey: SSHPublicKey, command: String? = nil,
        size: TerminalSize? = .standard
    ) async throws {
        let (connection, key) = try await connect(client, user: user, hostKey: hostKey)
        try await connection.signIn(.key(key), within: .seconds(10))
        let channel = try await connection.openChannel(within: .seconds(10))
        self.channel = channel
        channel.onActivity = { [activity] in activity.fire() }
        try await connection.start(
            .init(terminal: size.map { ($0, "xterm") }, command: command), on: channel, within: .seconds(10))
    }

    /// Shows a client's key again and again on one connection, whatever is said to it.
    func show(_ client: OpenSSHClient, times: Int, user: String, hostKey: SSHPublicKey) async throws {
        let (connection, key) = try await connect(client, user: user, hostKey: hostKey)
        for _ in 0..<times { try? await connection.signIn(.key(key), within: .seconds(10)) }
    }

    private func connect(
        _ client: OpenSSHClient, user: String, hostKey: SSHPublicKey
    ) async throws -> (SSHClientConnection, SSHPrivateKey) {
        let address = SocketAddress(numeric: "127.0.0.1", port: client.port)!
        let key = try SSHPrivateKey(text: String(contentsOfFile: client.folder.file("key"), encoding: .utf8))
        let connection = try await SSHClientConnection.connect(
            to: [address], pinned: [hostKey], user: user, within: .seconds(10), on: loop)
        self.connection = connection
        return (connection, key)
    }

    /// Opens a further program on the same connection.
    func type(_ text: String) async {
        var bytes = Array(text.utf8)
        while !bytes.isEmpty, let channel, !channel.hasPeerClosed {
            let count = bytes.withUnsafeBytes { channel.write($0) }
            bytes.removeFirst(count)
            if !bytes.isEmpty { await loop.sleep(for: .milliseconds(5)) }
        }
    }

    func resize(columns: Int, rows: Int) { channel?.resize(columns: columns, rows: rows) }
    func send(signal: String) { channel?.send(signal: signal) }
    func endInput() { channel?.sendEnd() }

    /// Everything that was shown so far.
    var shown: String {
        collect()
        return String(decoding: collected, as: UTF8.self)
    }

    /// What the target sent so far, byte by byte.
    var bytes: [UInt8] {
        collect()
        return collected
    }

    private func collect() {
        guard let channel else { return }
        collected += channel.read(.data)
        collected += channel.read(.errors)
    }

    /// Waits until something is shown; what was shown before the last call of `forget` does not count.
    func expect(_ text: String, within limit: Duration = .seconds(30)) async throws {
        let end = ContinuousClock.now + limit
        while !shown.contains(text) {
            guard ContinuousClock.now < end, channel?.hasPeerClosed == false || shown.contains(text) else {
                throw NotShown(description: "“\(text)” was not shown within \(limit), but: \(shown)")
            }
            await loop.sleep(for: .milliseconds(5))
        }
    }

    func forget() {
        collect()
        collected = []
    }

    /// Waits for the end, and says how it ended.
    func end(within limit: Duration = .seconds(30)) async throws -> SSHChannel.Exit? {
        let end = ContinuousClock.now + limit
        while channel?.hasPeerClosed != true {
            guard ContinuousClock.now < end else { throw NotShown(description: "an end within \(limit)") }
            collect()
            await loop.sleep(for: .milliseconds(2))
        }
        collect()
        return channel?.exit
    }

    func close() {
        connection?.disconnect("done")
        connection = nil
    }
}

/// What a test waited for on a screen did not come.
struct NotShown: Error, CustomStringConvertible {
    let description: String
}

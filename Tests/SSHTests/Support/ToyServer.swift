import SSH
import Synchronization

/// A server that lets everybody in who signs with any key, and runs four little programs of its own.
final class ToyServer: Sendable {
    let port: Int
    let loops: SSHLoopGroup
    let room: WaitingRoom
    let refused = Mutex<[RefusedRequest]>([])
    let keys: [SSHPrivateKey]
    private let listener: SSHListener
    private let limits: SSHServerLimits

    init(limits: SSHServerLimits = SSHServerLimits()) throws {
        self.limits = limits
        keys = [try .generate()]
        loops = try SSHLoopGroup(count: 1)
        room = WaitingRoom(limits: limits)
        listener = try SSHListener(host: "127.0.0.1", port: 0, room: room)
        port = listener.address.port
    }

    /// Serves while `body` runs.
    func whileServing<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        loops.start()
        let sockets = listener.sockets()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await socket in sockets {
                        let client = ToyClient(self, loop: self.loops.next())
                        group.addTask { await client.serve(socket) }
                    }
                }
            }
            let result: R
            do {
                result = try await body()
            } catch {
                listener.stop()
                group.cancelAll()
                throw error
            }
            listener.stop()
            return result
        }
    }

    fileprivate func connection(_ socket: AcceptedSocket, on loop: SSHLoop) throws -> SSHServerConnection {
        try SSHServerConnection(socket, identity: ServerIdentity(keys: keys), limits: limits, on: loop)
    }
}

private actor ToyClient {
    private let server: ToyServer
    private let loop: SSHLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ server: ToyServer, loop: SSHLoop) {
        self.server = server
        self.loop = loop
    }

    func serve(_ socket: AcceptedSocket) async {
        guard let connection = try? server.connection(socket, on: loop) else { return }
        while let event = await connection.next() {
            switch event {
            case .authentication(let request): answer(request)
            case .opened(let channel): _ = ToyProgram(channel)
            case .refused(let what): server.refused.withLock { $0.append(what) }
            }
        }
    }

    private func answer(_ request: AuthenticationRequest) {
        switch request.method {
        case .publicKey(_, isSigned: true): request.accept()
        case .publicKey: request.invite()
        case .keyboardInteractive: request.ask(name: "", instruction: "Toy", [.init("Word: ", echo: false)])
        case .answers(["sesame"]): request.accept()
        default: request.refuse(try: [.publicKey, .keyboardInteractive])
        }
    }
}

/// `cat` echoes, `exit N` exits, `signal N` ends by a signal, `flood N` sends N bytes, `bye` disconnects with a reason.
private final class ToyProgram {
    private let channel: SSHChannel
    private var left = 0
    private var isEcho = false
    private var isStarted = false
    private var isOver = false

    init(_ channel: SSHChannel) {
        self.channel = channel
        channel.onActivity = { [self] in serve() }
        serve()
    }

    private func serve() {
        while let request = channel.nextRequest() { if case .run(let command) = request { run(command) } }
        pump()
    }

    private func run(_ command: String) {
        let words = command.split(separator: " ")
        isStarted = true
        switch words.first {
        case "exit": end(.status(Int(words[1])!))
        case "signal": end(.signal(name: String(words[1]), coreDumped: false))
        case "flood": left = Int(words[1])!
        case "bye": channel.connection.disconnect("closed for lunch")
        default: isEcho = true
        }
    }

    private func pump() {
        guard isStarted, !isOver else { return }
        while isEcho, channel.available(.data) > 0 {
            let count = channel.peek(.data) { channel.write($0) }
            if count == 0 { return }
            channel.drop(.data, count)
        }
        while left > 0 {
            let block = [UInt8](repeating: 0x78, count: min(left, 32768))
            let count = block.withUnsafeBytes { channel.write($0) }
            if count == 0 { return }
            left -= count
        }
        if isEcho ? channel.isDrained : true { end(.status(0)) }
    }

    private func end(_ exit: SSHChannel.Exit) {
        guard !isOver else { return }
        isOver = true
        channel.send(exit)
        channel.sendEnd()
        channel.close()
    }
}

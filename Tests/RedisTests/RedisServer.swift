import Foundation
import Glibc
import Logging
import Testing

@testable import Redis

/// A Redis of the test's own, in a folder of its own. It ends with this process at the latest: its keeper's input
/// closes then.
final class RedisServer {
    let folder: URL
    private let arguments: [String]
    private var keeper: (process: Process, input: Pipe, server: pid_t)?

    var socket: String { folder.appending(path: "redis.sock").path }

    init(arguments: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString.prefix(8))")
        self.arguments = arguments
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    func start() throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            ["-c", "redis-server \"$@\" >/dev/null 2>&1 & echo $!; cat >/dev/null; kill -9 $!; wait", "sh"]
            + ["--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", "", "--appendonly", "no"]
            + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        keeper = (process, input, try #require(pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines))))
    }

    /// As a crash would: no goodbye.
    func kill() {
        guard let keeper else { return }
        signal(SIGKILL)
        try? keeper.input.fileHandleForWriting.close()
        keeper.process.waitUntilExit()
        self.keeper = nil
    }

    func signal(_ number: CInt) {
        if let keeper { Glibc.kill(keeper.server, number) }
    }

    /// Runs a client for the time of a test, once the server answers it.
    func withClient<Value>(
        _ configure: (inout RedisConfiguration) -> Void = { _ in }, _ body: (RedisClient) async throws -> Value
    ) async throws -> Value {
        var configuration = RedisConfiguration(endpoint: .unix(path: socket))
        configure(&configuration)
        let client = RedisClient(configuration: configuration, logger: .quiet)
        let result: Result<Value, any Error>
        do {
            try await client.awaitAnswer()
            result = .success(try await body(client))
        } catch { result = .failure(error) }
        await client.stop()
        return try result.get()
    }
}

extension RedisClient {
    func awaitAnswer() async throws {
        for _ in 0..<500 {
            if (try? await command(["PING"])) == .status("PONG") { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RedisError.unavailable
    }
}

extension Logger {
    static let quiet = Logger(label: "redis", factory: { _ in SwiftLogNoOpLogHandler() })
}

import Glibc
import Logging
import TestSupport
import Testing

@testable import Redis

/// A Redis that a test may crash, stop and start again: `TestRedis` knows only servers that are well.
final class RedisServer {
    private let folder = TemporaryFolder(prefix: "gatehouse-redis")
    private let arguments: [String]
    private var process: ChildProcess?

    var socket: String { folder.file("redis.sock") }

    init(arguments: [String] = []) throws {
        self.arguments = arguments
        try start()
    }

    func start() throws {
        process = try ChildProcess(
            [
                "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", "",
                "--appendonly", "no",
            ] + arguments)
    }

    /// As a crash would: no goodbye.
    func kill() {
        process = nil
    }

    func signal(_ number: CInt) {
        process?.signal(number)
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
        try await eventually("redis answers") { (try? await command(["PING"])) == .status("PONG") }
    }
}

extension Logger {
    static let quiet = Logger(label: "redis", factory: { _ in SwiftLogNoOpLogHandler() })
}

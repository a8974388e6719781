import Foundation
import Glibc

/// A private Redis on a unix socket, and on a loopback port for those who need one.
package final class TestRedis: Sendable {
    package let port: Int
    private let folder: TemporaryFolder
    private let process: ChildProcess

    package var socket: String { folder.file("redis.sock") }

    package init() async throws {
        folder = TemporaryFolder(prefix: "gatehouse-redis")
        port = FreePort.next()
        process = try Self.start(folder, port)
        try await ready()
    }

    /// A server for the same socket and port, after `stop`.
    private init(after old: TestRedis) async throws {
        folder = old.folder
        port = old.port
        process = try Self.start(folder, port)
        try await ready()
    }

    package func stop() async {
        await process.stop(SIGTERM)
    }

    /// Starts a server in the place of this one, which was stopped; it remembers nothing.
    package func startAgain() async throws -> TestRedis {
        try await TestRedis(after: self)
    }

    private static func start(_ folder: TemporaryFolder, _ port: Int) throws -> ChildProcess {
        try ChildProcess([
            "redis-server", "--unixsocket", folder.file("redis.sock"), "--bind", "127.0.0.1", "--port", "\(port)",
            "--save", "", "--appendonly", "no", "--dir", folder.path, "--daemonize", "no",
        ])
    }

    private func ready() async throws {
        let socket = socket
        try await eventually("redis is ready", within: .seconds(10)) {
            let answer = try? await ChildProcess.run(["redis-cli", "-s", socket, "ping"])
            return answer?.hasPrefix("PONG") ?? false
        }
    }
}

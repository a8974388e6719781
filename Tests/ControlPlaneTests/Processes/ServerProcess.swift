import Glibc
import Synchronization
import TestSupport
import Testing

/// `gatehouse-server` of this build, which can be stopped and started again.
final class ServerProcess: Sendable {
    private let command: [String]
    private let port: Int
    private let running = Mutex<ChildProcess?>(nil)

    init(configuration: String, port: Int) {
        command = [Repository.path(".build/debug/gatehouse-server"), "--config", configuration]
        self.port = port
    }

    /// What it has written since it was started.
    var output: String { running.withLock { $0?.output ?? "" } }

    /// Starts it and waits until it listens; throws with what it said if it ends instead.
    func start() async throws {
        let process = try ChildProcess(command)
        running.withLock { $0 = process }
        try await eventually("the server listens or gives up", within: .seconds(60)) {
            process.hasEnded || Loopback.accepts(port)
        }
        if process.hasEnded { throw Ended(status: await process.wait(), output: process.output) }
    }

    func stop() async {
        let process = running.withLock { $0 }
        await process?.stop(SIGTERM, grace: .seconds(30))
    }

    /// It did not come to listen.
    struct Ended: Error {
        let status: Int32
        let output: String
    }
}

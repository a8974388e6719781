import ArgumentParser
import GatewayCore
import Logging
import Observability
import Outbound
import ServiceLifecycle

/// Finishes and uploads recordings that a worker which died left behind, without serving anybody.
struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finish and upload the recordings that a dead worker left in its spool.")

    @Option(help: "The configuration, a JSON file.")
    var config: String

    func run() async throws {
        let configuration = try WorkerConfiguration.read(config)
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: .info) }
        let services = try WorkerServices(configuration, logger: Logger(label: "gatehouse.worker"))
        let failures = await withThrowingTaskGroup(of: Void.self, returning: Int.self) { group in
            group.addTask { try await services.core.recording.uploader.run() }
            group.addTask { try await services.core.recording.reporter.run() }
            let failures = await services.recovery.recoverAll()
            group.cancelAll()
            return failures
        }
        await services.http.stop()
        guard failures == 0 else { throw StartError("\(failures) recordings could not be finished; see the log.") }
    }
}

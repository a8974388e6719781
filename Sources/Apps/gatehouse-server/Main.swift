import ArgumentParser
import ControlPlane
import Logging
import Observability

/// The control plane.
@main
struct Server: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse-server", abstract: "Serves the portal, the API and the gateway workers.")

    @Option(help: "The configuration, a JSON file; Config/server.example.json explains it.")
    var config: String

    func run() async throws {
        let configuration = try ServerConfiguration.read(config)
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
        try await ControlPlane(configuration: configuration, logger: Logger(label: "gatehouse.server")).run()
    }
}

import ArgumentParser
import GatewayCore
import GatewaySSH
import GatewayWeb
import Kernel
import Logging
import Observability
import ServiceLifecycle
import UnixSignals

/// Serves people until it is told to stop; sessions end with a word to the people in them.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve sessions until a signal says stop.")

    @Option(help: "The configuration, a JSON file; Config/worker.example.json explains it.")
    var config: String

    func run() async throws {
        let configuration = try WorkerConfiguration.read(config)
        Descriptors.raiseLimit()
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
        let logger = Logger(label: "gatehouse.worker")
        let services = try WorkerServices(configuration, logger: logger)
        let core = services.core
        let leases = LeaseKeeper(controlPlane: core.controlPlane, registry: core.registry, logger: logger)
        let keeper = WaitKeeper(controlPlane: core.controlPlane, waits: core.waits, logger: logger)
        let ssh = try SSHGateway(
            core: core,
            configuration: SSHGatewayConfiguration(
                host: configuration.ssh.host, port: configuration.ssh.port, hostKeys: [configuration.hostKeyFile],
                loops: configuration.loops, tenant: configuration.tenant, banner: configuration.banner,
                trustedProxies: configuration.ssh.trustedProxies.map(\.range)))
        // Asked to stop in the opposite order: sessions first, then the entrances, then what sessions have left to do.
        var all: [any Service] = [
            services.http, core.recording.uploader, core.recording.reporter, core.closer,
            KeyRotation(client: services.client, identity: services.identity, logger: logger), leases, keeper,
            EventListener(
                controlPlane: core.controlPlane, registry: core.registry, leases: leases, waits: core.waits,
                keeper: keeper, logger: logger),
            HealthReporter(
                controlPlane: core.controlPlane, registry: core.registry, spool: core.recording.spool,
                version: workerVersion, logger: logger),
            services.recovery, ssh,
        ]
        if let web = configuration.web {
            all.append(
                WebGateway(
                    core: core,
                    configuration: WebGatewayConfiguration(
                        host: web.host, port: web.port, trustedProxies: web.trustedProxies.map(\.range)),
                    loops: ssh.loops))
        }
        all.append(SessionDrain(registry: core.registry))
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: all.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger)
        ).run()
    }
}

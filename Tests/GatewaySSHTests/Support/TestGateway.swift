import Foundation
import GatewayCore
import GatewaySSH
import Kernel
import Logging
import Recording
import SSH
import ServiceLifecycle
import TestSupport

/// A whole worker in this process, with a stand-in for its control plane.
struct TestGateway: Sendable {
    let server = FakeControlPlane()
    let folder: TemporaryFolder
    let core: GatewayCore
    let ssh: SSHGateway
    private let services: [any Service]

    var port: Int { ssh.address.port }
    let spool: String

    init(
        limits: SSHServerLimits = SSHServerLimits(waitingPerOrigin: 200), loops: Int = 1, spool: String? = nil,
        waits: DecisionWaits = DecisionWaits(), waiting: ReviewWait.Pace = .init(),
        looking: Duration = .seconds(20), trustedProxies: [AddressRange] = [], log: LogPage? = nil
    ) throws {
        folder = TemporaryFolder(prefix: "gateway")
        self.spool = spool ?? folder.file("spool")
        var logger = Logger(label: "test") { label in
            if let log { LogPage.Handler(page: log) } else { StreamLogHandler.standardError(label: label) }
        }
        if log == nil { logger.logLevel = .error }
        let controlPlane = server.controlPlane()
        let identity = try IdentityStore(saving: server.identity, to: folder.file("identity.json"))
        let registry = SessionRegistry()
        let uploader = SegmentUploader(controlPlane: controlPlane, logger: logger)
        let reporter = SessionReporter(controlPlane: controlPlane, logger: logger)
        let recording = RecordingCore(
            spool: try Spool(path: self.spool, limit: 1 << 30), engine: RecordingEngine(),
            uploader: uploader, reporter: reporter)
        let closer = SessionCloser(recording: recording, logger: logger)
        core = GatewayCore(
            controlPlane: controlPlane, identity: identity, registry: registry, recording: recording, closer: closer,
            waits: waits, logger: logger)
        let leases = LeaseKeeper(
            controlPlane: controlPlane, registry: registry, interval: .milliseconds(500), holdAfter: .seconds(1),
            endAfter: .seconds(3), logger: logger)
        let keeper = WaitKeeper(controlPlane: controlPlane, waits: core.waits, interval: looking, logger: logger)
        let events = EventListener(
            controlPlane: controlPlane, registry: registry, leases: leases, waits: core.waits, keeper: keeper,
            logger: logger)
        ssh = try SSHGateway(
            core: core,
            configuration: SSHGatewayConfiguration(
                host: "127.0.0.1", port: 0, hostKeys: [folder.file("host_key")], loops: loops, limits: limits,
                trustedProxies: trustedProxies, waiting: waiting))
        services = [reporter, uploader, closer, leases, keeper, events, ssh]
    }

    /// Runs the worker while `body` runs, and stops it as a signal would.
    func whileRunning<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, logger: core.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result = await Result { try await body() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    /// A client that the tenant knows by its key.
    func client() async throws -> OpenSSHClient {
        let client = try await OpenSSHClient(port: port)
        try server.trust(client)
        return client
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

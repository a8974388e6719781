import GatewayCore
import Kernel
import Logging
import Outbound
import Recording

/// The parts of a worker that every command of it needs.
struct WorkerServices: Sendable {
    let http: HTTPClient
    let client: ControlPlaneClient
    let identity: IdentityStore
    let core: GatewayCore
    let logger: Logger

    init(_ configuration: WorkerConfiguration, logger: Logger) throws {
        identity = try IdentityStore(loading: configuration.identityFile)
        http = HTTPClient(configuration: HTTPClientConfiguration(egress: .open), logger: logger)
        client = ControlPlaneClient(address: configuration.controlPlane, http: http, identity: identity)
        let controlPlane = ControlPlane(client)
        let recording = RecordingCore(
            spool: try Spool(path: configuration.spoolFolder, limit: configuration.spoolLimit << 20),
            engine: RecordingEngine(), uploader: SegmentUploader(controlPlane: controlPlane, logger: logger),
            reporter: SessionReporter(controlPlane: controlPlane, logger: logger))
        core = GatewayCore(
            controlPlane: controlPlane, identity: identity, registry: SessionRegistry(), recording: recording,
            closer: SessionCloser(recording: recording, logger: logger), waits: DecisionWaits(), logger: logger)
        self.logger = logger
    }

    /// Finishes recordings that an earlier process left behind.
    var recovery: SpoolRecovery {
        SpoolRecovery(controlPlane: core.controlPlane, identity: identity, core: core.recording, logger: logger)
    }
}

package import Logging

/// What every entrance of a worker needs: the control plane, who the worker is, its sessions, and where recordings go.
package struct GatewayCore: Sendable {
    package let controlPlane: ControlPlane
    package let identity: IdentityStore
    package let registry: SessionRegistry
    package let recording: RecordingCore
    package let closer: SessionCloser
    package let waits: DecisionWaits
    package let logger: Logger

    package init(
        controlPlane: ControlPlane, identity: IdentityStore, registry: SessionRegistry, recording: RecordingCore,
        closer: SessionCloser, waits: DecisionWaits, logger: Logger
    ) {
        self.controlPlane = controlPlane
        self.identity = identity
        self.registry = registry
        self.recording = recording
        self.closer = closer
        self.waits = waits
        self.logger = logger
    }

    /// Why no session can be opened here at the moment; nil if one can.
    package var closedReason: String? { registry.closedReason ?? recording.spool.fullReason }
}

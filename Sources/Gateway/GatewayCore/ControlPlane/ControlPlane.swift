package import GatewayContract
package import Kernel

/// Everything that a worker asks the control plane, once it is enrolled. A struct of closures, so that tests can stand in
/// for the server.
package struct ControlPlane: Sendable {
    /// Relays what a person says about themself.
    package var admit: @Sendable (AdmissionRequest) async throws(ControlPlaneError) -> AdmissionAnswer
    /// Tells who waits to be let in, and hears of whom there is news.
    package var waiting: @Sendable (WaitingList) async throws(ControlPlaneError) -> WaitingNews
    /// A page of what a person may reach.
    package var targets: @Sendable (TargetsRequest) async throws(ControlPlaneError) -> TargetsPage
    /// May this person open this target, and how?
    package var openSession: @Sendable (SessionRequest) async throws(ControlPlaneError) -> SessionAnswer
    /// Renews the leases of all sessions.
    package var renew: @Sendable (LeaseRequest) async throws(ControlPlaneError) -> LeaseAnswer
    /// Reads the event stream from after an id until it ends; each event is handed over before the next is read.
    package var events:
        @Sendable (_ after: String?, _ receive: @Sendable (FedEvent) async -> Void) async throws(ControlPlaneError)
            -> Void
    /// Reports what happened in a session.
    package var report: @Sendable (SessionID, FactsReport) async throws(ControlPlaneError) -> FactsStored
    /// Reports that a session is over.
    package var end: @Sendable (SessionID, SessionEnd) async throws(ControlPlaneError) -> Void
    /// Stores a part of a recording.
    package var upload: @Sendable (RecordingID, SegmentUpload) async throws(ControlPlaneError) -> SegmentStored
    /// Asks for what is needed to finish a recording after a crash.
    package var resume: @Sendable (RecordingID) async throws(ControlPlaneError) -> RecordingResumption
    /// Reports a host key that is not on record.
    package var reportHostKey: @Sendable (HostKeyReport) async throws(ControlPlaneError) -> Void
    /// Reports how the worker is doing.
    package var health: @Sendable (HealthReport) async throws(ControlPlaneError) -> HealthAnswer
    /// What people ask about requests.
    package var requests: RequestCalls

    package init(
        admit: @escaping @Sendable (AdmissionRequest) async throws(ControlPlaneError) -> AdmissionAnswer,
        waiting: @escaping @Sendable (WaitingList) async throws(ControlPlaneError) -> WaitingNews,
        targets: @escaping @Sendable (TargetsRequest) async throws(ControlPlaneError) -> TargetsPage,
        openSession: @escaping @Sendable (SessionRequest) async throws(ControlPlaneError) -> SessionAnswer,
        renew: @escaping @Sendable (LeaseRequest) async throws(ControlPlaneError) -> LeaseAnswer,
        events:
            @escaping @Sendable (
                String?, @Sendable (FedEvent) async -> Void
            ) async throws(ControlPlaneError) -> Void,
        report: @escaping @Sendable (SessionID, FactsReport) async throws(ControlPlaneError) -> FactsStored,
        end: @escaping @Sendable (SessionID, SessionEnd) async throws(ControlPlaneError) -> Void,
        upload: @escaping @Sendable (RecordingID, SegmentUpload) async throws(ControlPlaneError) -> SegmentStored,
        resume: @escaping @Sendable (RecordingID) async throws(ControlPlaneError) -> RecordingResumption,
        reportHostKey: @escaping @Sendable (HostKeyReport) async throws(ControlPlaneError) -> Void,
        health: @escaping @Sendable (HealthReport) async throws(ControlPlaneError) -> HealthAnswer,
        requests: RequestCalls
    ) {
        self.admit = admit
        self.waiting = waiting
        self.targets = targets
        self.openSession = openSession
        self.renew = renew
        self.events = events
        self.report = report
        self.end = end
        self.upload = upload
        self.resume = resume
        self.reportHostKey = reportHostKey
        self.health = health
        self.requests = requests
    }
}

/// An event of the stream, with the id to go on from.
package struct FedEvent: Sendable, Equatable {
    package let id: String?
    package let event: WorkerEvent

    package init(id: String?, event: WorkerEvent) {
        self.id = id
        self.event = event
    }
}

/// Frames of a recording on their way.
package struct SegmentUpload: Sendable, Equatable {
    package let first: UInt64
    package let last: UInt64
    package let chain: Bytes
    package let bytes: [UInt8]

    package init(first: UInt64, last: UInt64, chain: Bytes, bytes: [UInt8]) {
        self.first = first
        self.last = last
        self.chain = chain
        self.bytes = bytes
    }
}

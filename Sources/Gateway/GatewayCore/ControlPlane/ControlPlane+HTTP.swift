import GatewayContract
import Kernel

extension ControlPlane {
    /// The control plane over HTTP.
    package init(_ client: ControlPlaneClient) {
        self.init(
            admit: { request throws(ControlPlaneError) in try await client.post("admissions", request) },
            waiting: { list throws(ControlPlaneError) in try await client.post("waiting", list) },
            targets: { request throws(ControlPlaneError) in try await client.post("targets", request) },
            openSession: { request throws(ControlPlaneError) in try await client.post("sessions", request) },
            renew: { request throws(ControlPlaneError) in try await client.post("leases", request) },
            events: { after, receive throws(ControlPlaneError) in try await client.events(after: after, receive) },
            report: { session, facts throws(ControlPlaneError) in
                try await client.post("sessions/\(session.text)/facts", facts)
            },
            end: { session, end throws(ControlPlaneError) in
                try await client.tell("sessions/\(session.text)/end", end)
            },
            upload: { recording, segment throws(ControlPlaneError) in
                try await client.upload(segment, of: recording)
            },
            resume: { recording throws(ControlPlaneError) in
                try await client.post("recordings/\(recording.text)/resume", Nothing())
            },
            reportHostKey: { report throws(ControlPlaneError) in try await client.tell("host-keys", report) },
            health: { report throws(ControlPlaneError) in try await client.post("health", report) },
            requests: RequestCalls(client))
    }
}

/// An empty object.
struct Nothing: WireValue, Equatable {
    static let schema: Schema<Self> = .record(Self.init) {}
}

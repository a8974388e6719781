import GatewayContract
package import HTTPAPI
package import Kernel
import Sessions

/// What a worker may ask. All of it is about its own sessions; anything else does not exist for it.
package enum WorkerRoutes {
    private typealias Route = Endpoint<WorkerAPI, Hosting>
    private static let elsewhere = Audit.none(because: "what it is about is in the tenant's own trail")

    package static let group = EndpointGroup<WorkerAPI, Hosting>("worker") {
        Route.post(
            "rotateKeys", "/keys/rotate", summary: "Change my keys", permission: .workerServe,
            audit: .action("worker.keys-rotated"), body: RotateKeysRequest.self, returns: KeysRotated.self,
            errors: [.rotationRefused]
        ) { hosting, call in
            try await hosting.rotate(call.body, of: call.actor, at: call.now, audit: call.audit)
        }

        Route.post(
            "health", "/health", summary: "Tell how I am", permission: .workerServe, audit: elsewhere,
            body: HealthReport.self, returns: HealthAnswer.self
        ) { hosting, call in
            try await hosting.health(call.body, of: call.actor, at: call.now)
        }

        Route.post(
            "admit", "/admissions", summary: "Relay what a person says about themself", permission: .workerServe,
            audit: elsewhere, body: AdmissionRequest.self, returns: AdmissionAnswer.self
        ) { hosting, call in
            try await hosting.admit(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "targets", "/targets", summary: "Ask what a person may reach", permission: .workerServe,
            audit: elsewhere, body: TargetsRequest.self, returns: TargetsPage.self
        ) { hosting, call in
            try await hosting.targets(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "openSession", "/sessions", summary: "Ask for a session", permission: .workerServe, audit: elsewhere,
            body: SessionRequest.self, returns: SessionAnswer.self
        ) { hosting, call in
            try await hosting.open(call.body, from: call.actor, at: call.now, traceID: call.request.traceID)
        }

        Route.post(
            "review", "/reviews", summary: "Ask what has become of what a person waits for",
            permission: .workerServe, audit: elsewhere, body: ReviewRequest.self, returns: ReviewAnswer.self
        ) { hosting, call in
            try await hosting.review(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "waiting", "/waiting", summary: "Tell who still waits here to be let in, and hear of whom there is news",
            permission: .workerServe, audit: elsewhere, body: WaitingList.self, returns: WaitingNews.self
        ) { hosting, call in
            try await hosting.lookAfter(call.body, at: call.actor, at: call.now)
        }

        Route.post(
            "leases", "/leases", summary: "Renew leases", permission: .workerServe, audit: elsewhere,
            body: LeaseRequest.self, returns: LeaseAnswer.self
        ) { hosting, call in
            try await hosting.renew(call.body, of: call.actor, at: call.now)
        }

        Route.post(
            "facts", "/sessions/{session}/facts", SessionID.self, summary: "Tell what happened in a session",
            permission: .workerServe, audit: elsewhere, body: FactsReport.self, returns: FactsStored.self
        ) { hosting, call in
            try await hosting.features.sessions.store(
                call.body.facts, of: call.path, from: call.actor, at: call.now)
        }

        Route.post(
            "end", "/sessions/{session}/end", SessionID.self, summary: "Tell that a session is over",
            permission: .workerServe, audit: elsewhere, body: SessionEnd.self, returns: Nothing.self
        ) { hosting, call in
            try await hosting.features.sessions.close(call.path, with: call.body, from: call.actor, at: call.now)
            return Nothing()
        }

        Route.post(
            "hostKey", "/host-keys", summary: "Report a host key that is not pinned", permission: .workerServe,
            audit: elsewhere, body: HostKeyReport.self, returns: Nothing.self
        ) { hosting, call in
            try await hosting.report(call.body, from: call.actor, at: call.now)
            return Nothing()
        }

        Route.upload(
            "segment", "/recordings/{recording}/segments/{first}", RecordingID.self, FrameNumber.self,
            summary: "Store the next frames of a recording", permission: .workerServe, audit: elsewhere,
            limit: Recordings.largestSegment, returns: SegmentStored.self,
            errors: [.segmentRefused, .recordingComplete]
        ) { hosting, call in
            let (recording, first) = call.path
            return try await hosting.features.recordings.store(
                call.body, first: first.value, of: recording, from: call.actor, at: call.now)
        }

        Route.post(
            "resume", "/recordings/{recording}/resume", RecordingID.self,
            summary: "Get the key of a recording that I left unfinished", permission: .workerServe,
            audit: elsewhere, body: Nothing.self, returns: RecordingResumption.self
        ) { hosting, call in
            try await hosting.resume(call.path, from: call.actor)
        }
    }
}

/// The number of a frame, as a part of a path.
package struct FrameNumber: WireValue, Equatable {
    package let value: Int

    package init(_ value: Int) {
        self.value = value
    }

    package static let schema = Schema<Int>.int(1...Counters.most).map(Self.init) { $0.value }
}

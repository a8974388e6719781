package import HTTPAPI
import Kernel

extension Permission {
    package static let sessionsReplay = Permission("sessions.replay")
    package static let recordingsKey = Permission("recordings.key")
}

/// The endpoints of recordings.
package enum RecordingRoutes {
    private typealias Route = Endpoint<TenantAPI, Recordings>

    package static let group = EndpointGroup<TenantAPI, Recordings>("recordings") {
        Route.download(
            "events", "/sessions/{session}/recording/events", SessionID.self, summary: "Replay a session",
            permission: .sessionsReplay, audit: .action("recording.watched"), mediaType: "application/x-ndjson",
            errors: [.recordingAbsent], rate: .expensive
        ) { recordings, call in
            try await recordings.events(of: call.path, in: call.scope, audit: call.audit)
        }

        Route.download(
            "asciicast", "/sessions/{session}/recording/asciicast", SessionID.self,
            summary: "Download a recording as asciicast", permission: .sessionsReplay,
            audit: .action("recording.exported"), mediaType: "application/x-asciicast", errors: [.recordingAbsent],
            rate: .expensive
        ) { recordings, call in
            try await recordings.asciicast(of: call.path, in: call.scope, audit: call.audit)
        }

        Route.download(
            "container", "/sessions/{session}/recording/container", SessionID.self,
            summary: "Download a recording as it is stored", permission: .sessionsReplay,
            audit: .action("recording.downloaded"), mediaType: "application/octet-stream", rate: .expensive
        ) { recordings, call in
            try await recordings.container(of: call.path, in: call.scope, audit: call.audit)
        }

        Route.download(
            "receipt", "/sessions/{session}/recording/receipt", SessionID.self,
            summary: "Download the receipt of a recording", permission: .sessionsReplay, audit: .reading,
            mediaType: "application/json", errors: [.recordingAbsent]
        ) { recordings, call in
            try await recordings.receipt(of: call.path, in: call.scope)
        }

        Route.get(
            "search", "/sessions/{session}/recording/search", SessionID.self, summary: "Search in a recording",
            permission: .sessionsReplay, audit: .action("recording.searched"), query: SearchQuestion.self,
            returns: SearchHits.self, errors: [.recordingAbsent], rate: .expensive
        ) { recordings, call in
            try await recordings.search(call.query.words, of: call.path, in: call.scope, audit: call.audit)
        }

        Route.post(
            "key", "/sessions/{session}/recording/key", SessionID.self, summary: "Get the key of a recording",
            permission: .recordingsKey, audit: .action("recording.key-revealed"), body: KeyReason.self,
            returns: RecordingKeyAnswer.self, rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "it shows a key")
        ) { recordings, call in
            try await recordings.key(of: call.path, because: call.body, in: call.scope, audit: call.audit)
        }

        Route.get(
            "evidence-keys", "/evidence/keys", summary: "List the keys that sign receipts",
            permission: .sessionsReplay, returns: EvidenceKeyList.self
        ) { recordings, call in
            try await recordings.evidenceKeys(in: call.scope)
        }
    }
}

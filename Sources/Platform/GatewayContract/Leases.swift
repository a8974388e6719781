package import FoundationEssentials
package import Kernel

/// All sessions of a worker, renewed at once.
package struct LeaseRequest: WireValue, Equatable {
    package let sessions: [SessionReport]

    package init(sessions: [SessionReport]) {
        self.sessions = sessions
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sessions", \.sessions, .array(of: SessionReport.schema, 0...1000))
    }
}

/// One session, with counters that are cumulative since its start: the newest report is the truth.
package struct SessionReport: WireValue, Equatable {
    package let session: SessionID
    package let sequence: Int
    package let state: ReportedState
    package let counters: Counters

    package init(session: SessionID, sequence: Int, state: ReportedState, counters: Counters) {
        self.session = session
        self.sequence = sequence
        self.state = state
        self.counters = counters
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("session", \.session)
        Field("sequence", \.sequence, .int(1...Counters.most), note: "Grows with every report of the session.")
        Field("state", \.state)
        Field("counters", \.counters)
    }
}

/// What a worker says about a session that has not ended.
package enum ReportedState: String, CaseIterable, WireValue {
    case pending
    case live
}

/// Cumulative since the start of the session.
package struct Counters: WireValue, Equatable {
    package let seconds: Int
    package let bytesIn: Int
    package let bytesOut: Int
    package let recordedBytes: Int
    package let commands: Int

    package init(seconds: Int, bytesIn: Int, bytesOut: Int, recordedBytes: Int, commands: Int) {
        self.seconds = seconds
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.recordedBytes = recordedBytes
        self.commands = commands
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("seconds", \.seconds, .int(Counters.range))
        Field("bytesIn", \.bytesIn, .int(Counters.range), note: "From the user.")
        Field("bytesOut", \.bytesOut, .int(Counters.range), note: "To the user.")
        Field("recordedBytes", \.recordedBytes, .int(Counters.range))
        Field("commands", \.commands, .int(Counters.range))
    }
}

/// What has changed for those sessions.
package struct LeaseAnswer: WireValue, Equatable {
    package let sessions: [SessionLease]
    package let leaseSeconds: Int
    package let tenants: [TenantLease]

    package init(sessions: [SessionLease], leaseSeconds: Int, tenants: [TenantLease] = []) {
        self.sessions = sessions
        self.leaseSeconds = leaseSeconds
        self.tenants = tenants
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sessions", \.sessions, .array(of: SessionLease.schema, 0...1000))
        Field("leaseSeconds", \.leaseSeconds, .int(1...3600))
        Field(
            "tenants", \.tenants, .array(of: TenantLease.schema, 0...1000).otherwise([]),
            note: "What the tenants of these sessions may take of the worker.")
    }
}

/// Whether a session may go on.
package struct SessionLease: WireValue, Equatable {
    package let session: SessionID
    package let state: LeaseState
    package let endReason: EndReason?
    package let endText: String?
    package let endsAt: Date?

    package init(
        session: SessionID, state: LeaseState, endReason: EndReason? = nil, endText: String? = nil,
        endsAt: Date? = nil
    ) {
        self.session = session
        self.state = state
        self.endReason = endReason
        self.endText = endText
        self.endsAt = endsAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("session", \.session)
        Field("state", \.state)
        Field("endReason", \.endReason)
        Field("endText", \.endText, .lines(0...1024))
        Field("endsAt", \.endsAt, note: "The latest end, as it is now.")
    }
}

/// The server's answer about one session. Unknown is said of every session that is not this worker's.
package enum LeaseState: String, CaseIterable, WireValue {
    case ok
    case ended
    case unknown
}

package import FoundationEssentials
package import Kernel

/// What a worker is told between its own questions.
package enum WorkerEventKind: String, CaseIterable, WireValue {
    case end
    case extend
    case message
    case decision
    case drain
    case quarantine
}

/// One event of the stream. Acting on it twice does nothing twice.
package struct WorkerEvent: WireValue, Equatable {
    package let kind: WorkerEventKind
    package let session: SessionID?
    package let reason: EndReason?
    package let text: String?
    package let endsAt: Date?
    package let ticket: TicketID?
    package let admission: AdmissionID?

    package init(
        kind: WorkerEventKind, session: SessionID? = nil, reason: EndReason? = nil, text: String? = nil,
        endsAt: Date? = nil, ticket: TicketID? = nil, admission: AdmissionID? = nil
    ) {
        self.kind = kind
        self.session = session
        self.reason = reason
        self.text = text
        self.endsAt = endsAt
        self.ticket = ticket
        self.admission = admission
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind)
        Field("session", \.session)
        Field("reason", \.reason)
        Field("text", \.text, .lines(0...4096))
        Field("endsAt", \.endsAt)
        Field("ticket", \.ticket, note: "The request that is open no more; whoever waits for it asks how it ended.")
        Field(
            "admission", \.admission,
            note: "The person whose sign-in waits for somebody's word, of which there may be news: the worker asks.")
    }
}

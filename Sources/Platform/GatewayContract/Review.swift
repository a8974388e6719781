package import Kernel

/// Asks what has become of what somebody waits for at a worker: a connection or a command that needs the word of somebody
/// else. It is answered at once. The event `decision` says when it is over; whoever is not asked about for more than a minute
/// is taken for gone.
package struct ReviewRequest: WireValue, Equatable {
    package let admission: AdmissionID
    package let ticket: TicketID
    /// Nobody waits any more.
    package let isGone: Bool

    package init(admission: AdmissionID, ticket: TicketID, isGone: Bool = false) {
        self.admission = admission
        self.ticket = ticket
        self.isGone = isGone
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("ticket", \.ticket)
        Field("isGone", \.isGone, Bool.schema.otherwise(false), note: "The person waits no longer: it is taken back.")
    }
}

/// How it stands. What was agreed is done by asking for it again.
package struct ReviewAnswer: WireValue, Equatable {
    package enum State: String, CaseIterable, WireValue {
        /// Nobody has answered yet.
        case waiting
        case approved, rejected, withdrawn
    }

    package let state: State

    package init(state: State) {
        self.state = state
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("state", \.state)
    }
}

import Assets
package import FoundationEssentials
package import Kernel
import Postgres

/// Somebody who has to do with a request.
package struct TicketPerson: WireValue, Sendable, Hashable {
    package let id: UserID
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
    }
}

/// Something that is asked for.
package struct TicketAsset: WireValue, Sendable, Hashable {
    package let id: AssetID
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
    }
}

/// An answer that was given.
package struct TicketDecision: WireValue, Sendable, Hashable {
    package let level: Int
    package let user: TicketPerson
    package let outcome: TicketOutcome
    package let comment: String
    package let channel: DecisionChannel
    package let decidedAt: Date
    /// The absent person whose seat it was.
    package let onBehalfOf: TicketPerson?
    /// What the approver took away.
    package let changes: [TicketChange]
    /// The approver's passkey has confirmed what was decided.
    package let hasProof: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("user", \.user)
        Field("outcome", \.outcome)
        Field("comment", \.comment, .lines(0...2000))
        Field("channel", \.channel)
        Field("decidedAt", \.decidedAt)
        Field("onBehalfOf", \.onBehalfOf, TicketPerson.schema)
        Field("changes", \.changes, count: 0...10)
        Field("hasProof", \.hasProof)
    }
}

/// What an approver made smaller, before and after.
package struct TicketChange: WireValue, Sendable, Hashable {
    /// `assets`, `accounts`, `actions`, `duration`, or the label of a line that the kind makes of its content.
    package let label: String
    package let before: [String]
    package let after: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("label", \.label, .text(1...100))
        Field("before", \.before, Schema<[String]>.array(of: .text(0...20_000), 0...1000))
        Field("after", \.after, Schema<[String]>.array(of: .text(0...20_000), 0...1000))
    }
}

/// One level of the path of a request.
package struct TicketStage: WireValue, Sendable, Hashable {
    package let level: Int
    package let name: String
    package let quorum: Int
    package let needsPasskey: Bool
    package let needsComment: CommentNeed
    package let openedAt: Date?
    package let deadline: Date?
    package let passedAt: Date?
    package let remindedAt: Date?
    package let escalatedAt: Date?
    package let lapse: PlannedLevel.Lapse
    package let seats: [TicketSeat]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("name", \.name, .text(0...100))
        Field("quorum", \.quorum, .int(1...1000), note: "How many have to agree.")
        Field("needsPasskey", \.needsPasskey)
        Field("needsComment", \.needsComment, note: "Which answers are given with a comment only.")
        Field("openedAt", \.openedAt, Date.schema, note: "Null until the levels before it are done.")
        Field("deadline", \.deadline, Date.schema)
        Field("passedAt", \.passedAt, Date.schema)
        Field("remindedAt", \.remindedAt, Date.schema)
        Field("escalatedAt", \.escalatedAt, Date.schema)
        Field("lapse", \.lapse, note: "What comes of it when its deadline has passed.")
        Field("seats", \.seats, count: 0...1000)
    }
}

/// Somebody who may decide a level, and why.
package struct TicketSeat: WireValue, Sendable, Hashable {
    package let user: TicketPerson
    package let reason: Seat.Reason
    package let detail: String
    /// Counts from the level's escalation on.
    package let isEscalation: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("reason", \.reason)
        Field("detail", \.detail, .text(0...500))
        Field("isEscalation", \.isEscalation)
    }
}

/// A seat that was handed over for good, or somebody who was put in copy.
struct TicketMove: Sendable {
    enum Kind: String, SQLBindable, SQLDecodable, Sendable { case reassigned, copied }

    let at: Date
    let kind: Kind
    /// Of the seat; nil for people in copy.
    let level: Int?
    /// Whose seat it was.
    let from: TicketPerson?
    let to: TicketPerson
    /// Nil for whom the flow has in copy.
    let by: TicketPerson?
}

extension Seat.Reason: WireValue, SQLBindable, SQLDecodable {}
extension TicketRisk: WireValue, SQLBindable, SQLDecodable {}
extension PlannedLevel.Lapse: SQLBindable, SQLDecodable {}
extension CommentNeed: SQLBindable, SQLDecodable {}

/// A remark.
package struct TicketComment: WireValue, Sendable {
    package let id: CommentID
    package let user: TicketPerson
    package let text: String
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("user", \.user)
        Field("text", \.text, .lines(1...2000))
        Field("createdAt", \.createdAt)
    }
}

/// The remarks on a request, the oldest first, and all that happened to it, with them.
package struct TicketComments: WireValue, Sendable {
    package let items: [TicketComment]
    package let events: [TimelineEvent]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...1000)
        Field("events", \.events, count: 0...5000)
    }

}

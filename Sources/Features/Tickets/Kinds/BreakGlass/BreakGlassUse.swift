package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// One time that somebody took emergency access: what for, what came of it, and who has looked at it.
package struct BreakGlassUse: WireValue, Sendable {
    package let id: TicketID
    package let number: Int
    package let user: TicketPerson
    package let reason: String
    package let rule: String
    package let assets: [TicketAsset]
    package let grant: GrantID
    package let isOpen: Bool
    package let usedAt: Date
    package let endsAt: Date
    package let sessions: Int
    package let commands: Int
    package let reviewDueAt: Date
    package let outcome: ReviewOutcome?
    package let reviewedAt: Date?
    package let reviewer: TicketPerson?
    package let remark: String

    package enum ReviewOutcome: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// It was right to take it.
        case accepted
        case objected
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("user", \.user)
        Field("reason", \.reason, .text(1...500))
        Field("rule", \.rule, .text(1...100))
        Field("assets", \.assets, count: 0...100)
        Field("grant", \.grant)
        Field("isOpen", \.isOpen, note: "Whether the access holds at this moment.")
        Field("usedAt", \.usedAt)
        Field("endsAt", \.endsAt)
        Field("sessions", \.sessions, .int(0...Int(Int32.max)))
        Field("commands", \.commands, .int(0...Int.max))
        Field("reviewDueAt", \.reviewDueAt)
        Field("outcome", \.outcome, ReviewOutcome.schema, note: "Null while nobody has reviewed it.")
        Field("reviewedAt", \.reviewedAt, Date.schema)
        Field("reviewer", \.reviewer, TicketPerson.schema)
        Field("remark", \.remark, .lines(0...2000))
    }

    /// What they can be filtered and sorted by.
    package static let listing = Listing<BreakGlassUse>(
        key: Column("id", "b.ticket_id", \.id), order: .descending("usedAt"), sortable: ["usedAt"],
        columns: [
            Column("user", "b.user_id", \.user.id),
            Column("reason", "t.reason", \.reason, .text(1...500)),
            Column("usedAt", "b.used_at", \.usedAt),
        ])
}

/// The body of a review that comes after its day.
package struct ReviewBreakGlass: WireValue {
    package let outcome: BreakGlassUse.ReviewOutcome
    package let remark: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("outcome", \.outcome)
        Field("remark", \.remark, Schema<String>.lines(0...2000).otherwise(""))
    }
}

/// The body that takes emergency access back.
package struct RevokeBreakGlass: WireValue {
    package let reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, Schema<String>.text(1...500).notBlank, note: "Shown to whoever loses it.")
    }
}

package import Access
package import Assets
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A request for access as people see it.
package struct Ticket: WireValue, Sendable {
    package var id: TicketID
    package var number: Int
    package var requester: TicketPerson
    package var reason: String
    package var assets: [TicketAsset]
    package var accounts: [AccountName]
    package var protocols: [AccessProtocol]
    package var actions: [AccessAction]
    package var startsAt: Date?
    package var durationSeconds: Int
    package var state: TicketState.Word
    package var level: Int
    package var levels: Int
    package var levelNames: [String]
    package var deadline: Date
    package var decisions: [TicketDecision]
    /// Who may decide now; empty once it is decided.
    package var waitingFor: [TicketPerson]
    package var grant: GrantID?
    /// What a decision has to name, so that it is bound to what the approver saw.
    package var digest: String
    package var createdAt: Date
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("requester", \.requester)
        Field("reason", \.reason, .text(1...500))
        Field("assets", \.assets, count: 0...100)
        Field("accounts", \.accounts, count: 0...100)
        Field("protocols", \.protocols, count: 0...20)
        Field("actions", \.actions, count: 0...20)
        Field("startsAt", \.startsAt, Date.schema, note: "Null for as soon as it is approved.")
        Field("durationSeconds", \.durationSeconds, .int(60...31_536_000))
        Field("state", \.state)
        Field("level", \.level, .int(1...5))
        Field("levels", \.levels, .int(1...5))
        Field("levelNames", \.levelNames, Schema<[String]>.array(of: .text(1...100), 0...5))
        Field("deadline", \.deadline)
        Field("decisions", \.decisions, count: 0...5)
        Field("waitingFor", \.waitingFor, count: 0...1000)
        Field("grant", \.grant, GrantID.schema)
        Field("digest", \.digest, .text(64...64), note: "Send it back with a decision.")
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    /// What requests can be filtered and sorted by.
    package static let listing = Listing<Ticket>(
        key: Column("id", "t.ticket_id", \.id),
        order: .descending("createdAt"),
        sortable: ["createdAt"],
        columns: [
            Column("state", "t.state", \.state),
            Column("number", "t.number", \.number, .int(1...Int(Int32.max))),
            Column("requester", "t.requester_id", \.requester.id),
            Column("reason", "t.reason", \.reason, .text(1...500)),
            Column("createdAt", "t.created_at", \.createdAt),
        ]
    )
}

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

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("user", \.user)
        Field("outcome", \.outcome)
        Field("comment", \.comment, .lines(0...2000))
        Field("channel", \.channel)
        Field("decidedAt", \.decidedAt)
    }
}

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

/// The remarks on a request, the oldest first.
package struct TicketComments: WireValue, Sendable {
    package let items: [TicketComment]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...1000)
    }
}

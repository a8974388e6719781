package import Access
package import Assets
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A request as people see it.
package struct Ticket: WireValue, Sendable {
    package var id: TicketID
    package var number: Int
    package var kind: TicketKindName
    /// What the kind has besides.
    package var content: JSON
    /// All that is asked for, as the kind says it.
    package var facts: [TicketFact]
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
    package var flowName: String
    /// Why this flow was chosen.
    package var because: [String]
    package var risk: TicketRisk
    package var isParallel: Bool
    package var path: [TicketStage]
    package var deadline: Date
    package var decisions: [TicketDecision]
    /// Who may decide now; empty once it is decided.
    package var waitingFor: [TicketPerson]
    /// An answer of whoever reads this would count now.
    package var mayDecide: Bool
    /// Which one; null if none would.
    package var turn: TicketTurn?
    /// Who is told and does not decide.
    package var copies: [TicketPerson]
    package var grant: GrantID?
    /// What a decision has to name, so that it is bound to what the approver saw.
    package var digest: String
    package var createdAt: Date
    /// When it came to its end.
    package var decidedAt: Date?
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("kind", \.kind)
        Field("content", \.content, .anything, note: "What the kind has besides.")
        Field("facts", \.facts, count: 0...100, note: "All that is asked for, as the kind says it.")
        Field("requester", \.requester)
        Field("reason", \.reason, .text(1...500))
        Field("assets", \.assets, count: 0...100)
        Field("accounts", \.accounts, count: 0...100)
        Field("protocols", \.protocols, count: 0...20)
        Field("actions", \.actions, count: 0...20)
        Field("startsAt", \.startsAt, Date.schema, note: "Null for as soon as it is approved.")
        Field("durationSeconds", \.durationSeconds, .int(0...31_536_000))
        Field("state", \.state)
        Field("level", \.level, .int(1...5))
        Field("levels", \.levels, .int(0...5), note: "None where nobody had to be asked.")
        Field("levelNames", \.levelNames, Schema<[String]>.array(of: .text(1...100), 0...5))
        Field("flowName", \.flowName, .text(0...100))
        Field("because", \.because, Schema<[String]>.array(of: .text(0...500), 0...50), note: "Why this flow.")
        Field("risk", \.risk)
        Field("isParallel", \.isParallel, note: "All levels are asked at once.")
        Field("path", \.path, count: 0...5)
        Field("deadline", \.deadline)
        Field("decisions", \.decisions, count: 0...1000)
        Field("waitingFor", \.waitingFor, count: 0...1000)
        Field("mayDecide", \.mayDecide, note: "An answer of yours would count now.")
        Field("turn", \.turn, TicketTurn.schema, note: "Which one; null if none would.")
        Field("copies", \.copies, count: 0...1000)
        Field("grant", \.grant, GrantID.schema)
        Field("digest", \.digest, .text(64...64), note: "Send it back with a decision.")
        Field("createdAt", \.createdAt)
        Field("decidedAt", \.decidedAt, Date.schema, note: "Null while it is open.")
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    /// What requests can be filtered and sorted by.
    package static let listing = Listing<Ticket>(
        key: key, order: .descending("createdAt"), sortable: ["createdAt"], columns: columns)

    /// What waits for somebody: what lapses first is first.
    package static let waitingListing = Listing<Ticket>(
        key: key, order: .ascending("deadline"), sortable: ["deadline", "createdAt"], columns: columns)

    private static let key = Column<Ticket>("id", "t.ticket_id", \.id)

    private static let columns: [Column<Ticket>] = [
        Column("state", "t.state", \.state),
        Column("kind", "t.kind", \.kind),
        Column("number", "t.number", \.number, .int(1...Int(Int32.max))),
        Column("requester", "t.requester_id", \.requester.id),
        Column(
            "requesterName",
            "(select n.name from user_directory n where n.tenant_id = t.tenant_id and n.user_id = t.requester_id)",
            \.requester.name, .text(1...200)),
        Column(
            condition: "asset", AssetID.self,
            "exists (select from ticket_assets m where m.tenant_id = t.tenant_id and m.ticket_id = t.ticket_id "
                + "and m.asset_id = ", ")"),
        Column("reason", "t.reason", \.reason, .text(1...500)),
        Column("risk", "t.risk", \.risk),
        Column("deadline", "t.deadline", \.deadline),
        Column("createdAt", "t.created_at", \.createdAt),
    ]
}

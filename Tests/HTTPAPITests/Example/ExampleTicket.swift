import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// A request for access to an asset: what the tests of the endpoints work with.
struct ExampleTicket: Versioned {
    var id: TicketID
    var asset: AssetID
    var reason: Reason
    var level: Level
    var state: State
    var created: Date
    var until: Date?
    var version: Int

    enum Level: String, CaseIterable, WireValue, SQLBindable { case read, operate, administer }
    enum State: String, CaseIterable, WireValue, SQLBindable { case open, approved, rejected }
}

extension ExampleTicket: WireValue {
    static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("asset", \.asset)
        Field("reason", \.reason)
        Field("level", \.level)
        Field("state", \.state)
        Field("created", \.created)
        Field("until", \.until, note: "When the access ends; null for the tenant's default.")
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// Why access is needed: one line that is more than blanks.
struct Reason: WireValue, Sendable, Equatable {
    let text: String

    init(parsing text: String) throws(Invalid) {
        guard text.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else { throw Invalid("must not be blank") }
        self.text = text
    }

    static let schema: Schema<Self> = Schema<String>.string(
        1...500, pattern: #"^[^\u0000-\u001f\u007f]*[^\u0000- \u007f][^\u0000-\u001f\u007f]*$"#,
        "must be one line that is not blank",
        matches: { text in
            text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && text.utf8.contains { $0 != UInt8(ascii: " ") }
        }
    ).map(Self.init(parsing:), \.text)
}

struct OpenExample: WireValue {
    let asset: AssetID
    let reason: Reason
    let level: ExampleTicket.Level
    let until: Date?

    static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset)
        Field("reason", \.reason, note: "Shown to the approvers.")
        Field("level", \.level)
        Field("until", \.until)
    }
}

struct ChangeExample: WireValue {
    let reason: Change<Reason>
    let level: Change<ExampleTicket.Level>
    let until: Change<Date?>

    static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason)
        Field("level", \.level)
        Field("until", \.until)
    }
}

extension ExampleTicket {
    static let listing = Listing<ExampleTicket>(
        key: Column("id", "t.id", \.id),
        order: .descending("created"),
        sortable: ["created", "level"],
        columns: [
            Column("state", "t.state", \.state),
            Column("level", "t.level", \.level),
            Column("asset", "t.asset_id", \.asset),
            Column("created", "t.created_at", \.created),
            Column(condition: "node", NodeID.self, "exists (select from placed p where p.node_id = ", ")"),
            Column("reason", "t.reason", \.reason.text, .text(1...500)),
        ]
    )
}

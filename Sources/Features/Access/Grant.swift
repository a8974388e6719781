import Assets
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// Who may use what, as whom, how and when: one indivisible tuple set. Grants never combine.
package struct Grant: Versioned, Sendable {
    package var id: GrantID
    package var name: String
    package var effect: Effect
    package var source: Source
    package var ticket: TicketID?
    package var users: [GrantUser]
    package var groups: [GrantGroup]
    package var assets: [GrantAsset]
    package var nodes: [GrantNode]
    package var accounts: [AccountRule]
    package var protocols: [AccessProtocol]
    package var actions: [AccessAction]
    package var startsAt: Date
    package var endsAt: Date?
    package var weekly: [WeeklyHours]
    package var state: State
    package var endedBecause: EndCause?
    package var unusedAfterSeconds: Int?
    package var createdAt: Date
    package var version: Int

    package enum Effect: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case allow, deny }
    package enum Source: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case administrator, ticket }
    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case active, revoked, ended }
    /// Why a grant ended that nobody revoked.
    package enum EndCause: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        case time
        case handedBack = "handed-back"
        case unused
    }
}

extension Grant: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("effect", \.effect)
        Field("source", \.source)
        Field("ticket", \.ticket, TicketID.schema)
        Field("users", \.users, count: 0...1000)
        Field("groups", \.groups, count: 0...1000)
        Field("assets", \.assets, count: 0...1000)
        Field("nodes", \.nodes, count: 0...1000)
        Field("accounts", \.accounts, count: 0...100)
        Field("protocols", \.protocols, count: 0...20)
        Field("actions", \.actions, count: 0...20)
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt, Date.schema, note: "Null for a grant without an end.")
        Field("weekly", \.weekly, count: 0...50)
        Field("state", \.state)
        Field(
            "endedBecause", \.endedBecause, EndCause.schema,
            note: "Whether its time was over, it was handed back, or nobody used it.")
        Field(
            "unusedAfterSeconds", \.unusedAfterSeconds, .int(1...31_536_000),
            note: "It ends when nobody has used it for so long after its start, or after its end was moved.")
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    /// What grants can be filtered and sorted by.
    package static let listing = Listing<Grant>(
        key: Column("id", "g.grant_id", \.id),
        order: .descending("createdAt"),
        sortable: ["createdAt"],
        columns: [
            Column("name", "g.name", \.name, .text(1...200)),
            Column("effect", "g.effect", \.effect),
            Column("source", "g.source", \.source),
            Column("state", "g.state", \.state),
            Column("createdAt", "g.created_at", \.createdAt),
        ]
    )
}

/// A thing that a grant names, with the name that people know it by.
package protocol GrantMember: WireValue {
    associatedtype Kind: IDKind
    var id: ID<Kind> { get }
    var name: String { get }
    init(id: ID<Kind>, name: String)
}

package struct GrantUser: GrantMember, Sendable, Hashable {
    package let id: UserID
    package let name: String

    package init(id: UserID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .member()
}

package struct GrantGroup: GrantMember, Sendable, Hashable {
    package let id: GroupID
    package let name: String

    package init(id: GroupID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .member()
}

package struct GrantAsset: GrantMember, Sendable, Hashable {
    package let id: AssetID
    package let name: String

    package init(id: AssetID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .member()
}

package struct GrantNode: GrantMember, Sendable, Hashable {
    package let id: NodeID
    package let name: String

    package init(id: NodeID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .member()
}

extension Schema where Value: GrantMember {
    fileprivate static func member() -> Schema<Value> {
        .record({ (id: ID<Value.Kind>, name: String) in Value(id: id, name: name) }) {
            Field("id", \.id)
            Field("name", \.name, .text(0...200))
        }
    }
}

package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A set of users.
package struct Group: Versioned, Sendable {
    package let id: GroupID
    package let name: String
    package let members: Int
    package let createdAt: Date
    package let version: Int
    /// Nil for one that is kept by hand.
    package var keeper: GroupKeeper?
}

/// The provider whose directory says how a group is called and who is in it.
package struct GroupKeeper: Sendable {
    package let id: IdentityProviderID
    package let name: String
    /// Since when the directory has the group no more; nobody is in it then.
    package let leftAt: Date?
}

extension GroupKeeper: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("leftAt", \.leftAt, note: "Since when the directory has the group no more; nobody is in it then.")
    }
}

extension Group: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("members", \.members, .int(0...Int(Int32.max)))
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("keeper", \.keeper, note: "What says who is in it; people, if null.")
    }

    package static let listing = Listing<Group>(
        key: Column("id", "g.group_id", \.id),
        order: .ascending("name"),
        sortable: ["name", "created"],
        columns: [
            Column("name", "g.name", \.name, .text(1...200)),
            Column("created", "g.created_at", \.createdAt),
        ]
    )
}

/// The body that creates or renames a group.
package struct GroupRequest: WireValue {
    package let name: PersonName

    package init(name: PersonName) {
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
    }
}

/// A member of a group.
package struct Member: WireValue {
    package let id: UserID
    package let login: String
    package let name: String
    package let state: User.State

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("state", \.state)
    }

    package static let listing = Listing<Member>(
        key: Column("id", "u.user_id", \.id),
        order: .ascending("login"),
        sortable: ["login", "name"],
        columns: [
            Column("login", "u.login", \.login, .text(1...64)),
            Column("name", "u.name", \.name, .text(1...200)),
            Column("state", "u.state", \.state),
        ]
    )
}

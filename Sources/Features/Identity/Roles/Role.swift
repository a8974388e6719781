package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A named set of permissions: a built-in one, or one that the tenant has made.
package struct Role: Versioned, WireValue {
    /// So many a tenant makes at most.
    static let most = 150

    package let id: RoleID
    package var name: String
    package var description: String
    package let builtIn: BuiltInRole?
    package let scope: RoleScope
    package var permissions: [String]
    package let createdAt: Date
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("description", \.description, .text(0...500))
        Field("builtIn", \.builtIn)
        Field("scope", \.scope)
        Field("permissions", \.permissions, .array(of: .text(1...100), 0...1000))
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<Role>(
        key: Column("id", "r.role_id", \.id),
        order: .ascending("name"),
        sortable: ["name", "created"],
        columns: [
            Column("name", "r.name", \.name, .text(1...200)), Column("scope", "r.scope", \.scope),
            Column("created", "r.created_at", \.createdAt),
        ]
    )

    /// What the trail says of it.
    var facts: JSON {
        [
            "name": .string(name), "description": .string(description), "scope": .string(scope.rawValue),
            "permissions": .array(permissions.map(JSON.string)),
        ]
    }
}

/// Where a role can be held: only for the tenant as a whole, or at any organization.
package enum RoleScope: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case tenant, organization
}

package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A named set of permissions.
package struct Role: WireValue {
    package let id: RoleID
    package let name: String
    package let builtIn: BuiltInRole?
    package let permissions: [String]
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("builtIn", \.builtIn)
        Field("permissions", \.permissions, .array(of: .text(1...100), 0...1000))
        Field("createdAt", \.createdAt)
    }

    package static let listing = Listing<Role>(
        key: Column("id", "r.role_id", \.id),
        order: .ascending("name"),
        sortable: ["name"],
        columns: [Column("name", "r.name", \.name, .text(1...200))]
    )
}

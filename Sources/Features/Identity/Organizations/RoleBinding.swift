package import HTTPAPI
package import Kernel

/// Who has which role at an organization, and so for everything below it.
package struct RoleBinding: WireValue, Sendable {
    package let role: RoleReference
    package let user: BoundUser

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("role", \.role)
        Field("user", \.user)
    }
}

/// A person as they stand beside a role.
package struct BoundUser: WireValue, Sendable {
    package let id: UserID
    package let login: String
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
    }
}

extension RoleBinding {
    /// What bindings can be filtered and sorted by.
    package static let listing = Listing<RoleBinding>(
        key: Column("id", "b.user_id", \.user.id), order: .ascending("name"), sortable: ["name"],
        columns: [
            Column("name", "u.login || ' ' || r.name", { "\($0.user.login) \($0.role.name)" }, .text(1...300)),
            Column("role", "b.role_id", \.role.id),
        ])
}

import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Tenancy

/// Who holds which role, and at which organization.
package struct RoleHolder: WireValue, Sendable {
    package let role: RoleReference
    package let user: BoundUser
    package let organization: OrganizationReference

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("role", \.role)
        Field("user", \.user)
        Field("organization", \.organization)
    }

    /// What holders can be filtered by; the order tells apart who holds several roles, or one at several places.
    package static let listing = Listing<RoleHolder>(
        key: Column("id", "b.user_id", \.user.id), order: .ascending("holding"), sortable: ["holding"],
        columns: [
            Column(
                "holding", "u.login || ' ' || b.role_id || ' ' || b.org_id",
                { "\($0.user.login) \($0.role.id.word) \($0.organization.id.word)" }, .text(1...200)),
            Column("login", "u.login", \.user.login, .text(1...64)),
            Column("role", "b.role_id", \.role.id),
            Column("organization", "b.org_id", \.organization.id),
        ])
}

extension ID {
    /// As PostgreSQL writes it.
    fileprivate var word: String { uuid.uuidString.lowercased() }
}

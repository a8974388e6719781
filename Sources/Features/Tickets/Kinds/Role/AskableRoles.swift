import HTTPAPI
package import Kernel
import Postgres

/// What somebody may ask for who wants a role for a while: names, and no more of them.
package struct AskableRoles: WireValue, Sendable {
    package let roles: [AskableRole]
    package let organizations: [AskableOrganization]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("roles", \.roles, count: 0...200)
        Field("organizations", \.organizations, count: 0...200)
    }
}

package struct AskableRole: WireValue, Sendable {
    package let id: RoleID
    package let name: String
    /// Which of those that every tenant has; null for one of its own.
    package let builtIn: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
        Field("builtIn", \.builtIn, .text(1...100))
    }
}

package struct AskableOrganization: WireValue, Sendable {
    package let id: OrganizationID
    package let name: String
    /// The company as a whole.
    package let isWhole: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
        Field("isWhole", \.isWhole)
    }
}

extension Tickets {
    /// The roles that there are but those that the person holds already for the whole company, and the organizations in
    /// which they are at home.
    package func askableRoles(
        of user: UserID, among home: TenantScope?, in scope: TenantScope
    ) async throws -> AskableRoles {
        let (home, whole) = (home ?? scope.wholeTenant, scope.wholeTenant)
        let roles = try await database.query(
            """
            select r.role_id, r.name, r.built_in from role_directory r
            where r.tenant_id = \(whole.tenant) and r.built_in is distinct from 'user'
                and not exists (select from user_roles b
                    where b.tenant_id = \(whole.tenant) and b.user_id = \(user) and b.role_id = r.role_id
                        and b.org_id = \(whole.tenant))
            order by r.name, r.role_id limit 200
            """, in: whole
        ) { row in AskableRole(id: try row.next(), name: try row.next(), builtIn: try row.next()) }
        let organizations = try await database.query(
            """
            select o.org_id, o.name, o.org_id = \(home.tenant) from organization_directory o
            where o.tenant_id = \(home.tenant) order by o.org_id = \(home.tenant) desc, o.name, o.org_id limit 200
            """, in: home
        ) { row in AskableOrganization(id: try row.next(), name: try row.next(), isWhole: try row.next()) }
        return AskableRoles(roles: roles, organizations: organizations)
    }
}

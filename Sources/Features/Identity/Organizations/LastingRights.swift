import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// What people may do by roles that were given to them to stay: so much may they give on.
struct LastingRights {
    let catalogue: PermissionCatalogue

    /// What an active person may do for good at an organization, by roles there and above.
    func callAsFunction(
        of user: UserID, at place: OrganizationID, on now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<Permission> {
        let roles = try await tx.query(
            """
            select b.org_id, r.built_in, r.permissions from roles_held(\(now)) b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id and u.state = 'active'
              and (u.expires_at is null or u.expires_at > \(now))
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.ends_at is null
            """
        ) { row in
            HeldRole(organization: try row.next(), isLent: false, builtIn: try row.next(), codes: try row.next())
        }
        let separated = try await DutyStore.isOn(in: scope, tx)
        let reach = catalogue.reach(roles, in: scope, chosen: nil, dutiesSeparated: separated)
        let above = try await tx.query(
            """
            select ancestor_id from organization_ancestry
            where tenant_id = \(scope.tenant) and org_id = \(place)
            """
        ) { try $0.next(OrganizationID.self) }
        return reach.whole.union(reach.parts.filter { !$0.value.isDisjoint(with: above) }.keys)
    }
}

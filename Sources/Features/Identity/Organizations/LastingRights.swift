import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// What people may do by roles that were given to them to stay. Whoever may more for a while does the work of it and gives
/// none of it on: somebody else, or they themselves, would have it for good.
struct LastingRights {
    let catalogue: PermissionCatalogue

    /// What an active person may do for good at each of these organizations, by roles there and above.
    func callAsFunction(
        of user: UserID, in places: [OrganizationID], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<Permission> {
        let roles = try await tx.query(
            """
            select b.org_id, r.built_in, r.permissions from role_bindings b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id and u.state = 'active'
              and (u.expires_at is null or u.expires_at > \(now))
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.ends_at is null
            """
        ) { row in
            HeldRole(organization: try row.next(), builtIn: try row.next(), codes: try row.next())
        }
        let separated = try await DutyStore.isOn(in: scope, tx)
        let reach = catalogue.reach(roles, in: scope, chosen: nil, dutiesSeparated: separated)
        let above = try await tx.query(
            """
            select org_id, ancestor_id from organization_ancestry
            where tenant_id = \(scope.tenant) and org_id = any(\(places))
            """
        ) { row in (place: try row.next(OrganizationID.self), above: try row.next(OrganizationID.self)) }
        return places.map { place in
            let held = Set(above.lazy.filter { $0.place == place }.map(\.above))
            return reach.whole.union(reach.parts.filter { !$0.value.isDisjoint(with: held) }.keys)
        }.reduce(nil) { (all: Set<Permission>?, here) in all?.intersection(here) ?? here } ?? []
    }

    /// Whether a person has a role for a while; this very one at this place, if they are given.
    func hasLoan(
        of role: RoleID? = nil, at place: OrganizationID? = nil, _ user: UserID, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from role_bindings where tenant_id = \(scope.tenant) and user_id = \(user) and ends_at is not null
                and role_id = coalesce(\(role), role_id) and org_id = coalesce(\(place), org_id))
            """
        ) { try $0.next(Bool.self) } ?? false
    }
}

extension Acting {
    /// The same with no more than what they may do for good.
    func lasting(_ catalogue: PermissionCatalogue, _ tx: Transaction) async throws -> Acting {
        let rights = LastingRights(catalogue: catalogue)
        guard try await rights.hasLoan(user, in: scope, tx) else { return self }
        let kept = try await rights(
            of: user, in: scope.organizations ?? [.root(of: scope.tenant)], at: now, in: scope, tx)
        return Acting(
            user: user, permissions: permissions.intersection(kept), scope: scope, now: now, audit: audit)
    }
}

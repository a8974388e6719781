import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

extension RoleStore {
    /// What people have whom a provider gave all that they have. What it gives at an organization is had there alone:
    /// `givenThere` says so of a role that is held.
    static func permissions(
        givenBy provider: IdentityProvider, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<Permission> {
        let root = OrganizationID.root(of: scope.tenant)
        let rules = provider.rules.filter { $0.organization == nil || $0.organization == root }
        let given = try await resolve(Array(Set(rules.compactMap(\.role))), catalogue, in: scope, tx).permissions
        return catalogue.permissions(of: .user).union(given)
    }

    /// Whether a rule of the provider gives a role where it is held, which is `b`.
    static func givenThere(by provider: IdentityProviderID, in scope: TenantScope) -> SQL {
        """
        exists (
          select from identity_provider_rules i where i.tenant_id = \(scope.tenant)
            and i.identity_provider_id = \(provider) and i.role_id = b.role_id and i.org_id = b.org_id)
        """
    }

    /// Whether somebody may no more than the provider gives.
    static func isWithin(
        _ ceiling: Set<Permission>, of provider: IdentityProviderID, _ user: UserID, at now: Date,
        _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let roles = try await tx.query(
            """
            select r.built_in, r.permissions from roles_held(\(now)) b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where not \(fragment: givenThere(by: provider, in: scope)) and b.tenant_id = \(scope.tenant)
              and b.user_id = \(user)
            """
        ) { (try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        return catalogue.permissions(builtIn: roles.compactMap(\.0), codes: roles.flatMap(\.1)).isSubset(of: ceiling)
    }

    /// The roles that allow something else: whoever holds one of them may do more.
    static func roles(
        beyond ceiling: Set<Permission>, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [RoleID] {
        let roles = try await tx.query(
            "select role_id, built_in, permissions from roles where tenant_id = \(scope.tenant)"
        ) { (try $0.next(RoleID.self), try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        return roles.compactMap { id, builtIn, codes in
            let allowed = catalogue.permissions(
                builtIn: builtIn.map { [$0] } ?? [], codes: builtIn == nil ? codes : [])
            return allowed.isSubset(of: ceiling) ? nil : id
        }
    }
}

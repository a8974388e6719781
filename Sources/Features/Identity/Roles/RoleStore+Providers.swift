import HTTPAPI
import Kernel
import Postgres

extension RoleStore {
    /// What people have whom a provider gave all that they have.
    static func permissions(
        givenBy provider: IdentityProvider, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<Permission> {
        let names = Array(Set(provider.rules.compactMap(\.role)))
        let given = try await resolve(names, catalogue, in: scope, tx).permissions
        return catalogue.permissions(of: .user).union(given)
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

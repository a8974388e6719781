package import HTTPAPI
package import Kernel

// What people may do: roles, and who holds them.
extension Identity {
    package func roles(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Role> {
        Rows(try await RoleStore.list(page, settings.catalogue, in: scope, database), of: page)
    }

    package func roleHolders(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<RoleHolder> {
        Rows(try await RoleStore.holders(page, in: scope, database), of: page)
    }

    package var permissions: PermissionTree { settings.catalogue.tree }

    package func createRole(_ request: CreateRole, _ acting: Acting) async throws -> Role {
        try await roleChanges.create(request, acting)
    }

    package func changeRole(
        _ id: RoleID, to change: ChangeRole, from version: Int, _ acting: Acting
    ) async throws -> Role {
        try await roleChanges(id, to: change, from: version, acting)
    }

    package func removeRole(_ id: RoleID, _ acting: Acting) async throws {
        try await roleChanges.remove(id, acting)
    }

    private var roleChanges: ChangeRoles { ChangeRoles(database: database, catalogue: settings.catalogue) }
}

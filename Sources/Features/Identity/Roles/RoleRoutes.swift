package import HTTPAPI
import Kernel

/// The endpoints of roles.
package enum RoleRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("roles") {
        Route.list(
            "list", "/roles", summary: "List roles with their permissions", permission: .rolesRead, by: Role.listing
        ) { identity, call in
            try await identity.roles(call.query, in: call.scope)
        }

        Route.get(
            "permissions", "/permissions", summary: "List permissions with what they open", permission: .rolesRead,
            returns: PermissionTree.self
        ) { identity, _ in
            identity.permissions
        }

        Route.post(
            "create", "/roles", summary: "Make a role", permission: .rolesManage, audit: .action("role.created"),
            body: CreateRole.self, returns: Role.self, status: 201, errors: [.nameTaken, .limitReached],
            stepUp: .recent
        ) { identity, call in
            try await identity.createRole(call.body, call.acting)
        }

        Route.patch(
            "change", "/roles/{role}", RoleID.self, summary: "Change a role for all who hold it",
            permission: .rolesManage, audit: .action("role.changed"), body: ChangeRole.self, returns: Role.self,
            errors: [.nameTaken, .builtInRole, .dutiesCross], stepUp: .recent
        ) { identity, call in
            try await identity.changeRole(call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.delete(
            "remove", "/roles/{role}", RoleID.self, summary: "Remove a role that nobody holds",
            permission: .rolesManage, audit: .action("role.removed"), errors: [.builtInRole, .roleInUse],
            stepUp: .recent
        ) { identity, call in
            try await identity.removeRole(call.path, call.acting)
            return Nothing()
        }

        Route.list(
            "holders", "/role-holders", summary: "List who holds which role where", permission: .usersRead,
            by: RoleHolder.listing
        ) { identity, call in
            try await identity.roleHolders(call.query, in: call.scope)
        }
    }
}

package import HTTPAPI
import Kernel

extension Permission {
    package static let organizationsRead = Permission("organizations.read")
    package static let organizationsManage = Permission("organizations.manage")
}

/// The endpoints of organizations, and of roles at them.
package enum OrganizationRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("organizations") {
        Route.get(
            "tree", "/organizations", summary: "Show the organizations that I may see", permission: .organizationsRead,
            returns: OrganizationTree.self
        ) { identity, call in
            try await identity.organizations(in: call.scope)
        }

        Route.post(
            "create", "/organizations", summary: "Add an organization", permission: .organizationsManage,
            audit: .action("organization.created"), body: CreateOrganization.self, returns: Organization.self,
            status: 201, errors: [.nameTaken]
        ) { identity, call in
            try await identity.createOrganization(call.body, call.acting)
        }

        Route.patch(
            "change", "/organizations/{organization}", OrganizationID.self, summary: "Rename or move an organization",
            permission: .organizationsManage, audit: .action("organization.changed"), body: ChangeOrganization.self,
            returns: Organization.self, errors: [.nameTaken, .rootOrganization, .organizationInsideItself]
        ) { identity, call in
            try await identity.changeOrganization(call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.delete(
            "remove", "/organizations/{organization}", OrganizationID.self, summary: "Remove an empty organization",
            permission: .organizationsManage, audit: .action("organization.removed"),
            errors: [.rootOrganization, .organizationNotEmpty]
        ) { identity, call in
            try await identity.removeOrganization(call.path, call.acting)
            return Nothing()
        }

        Route.post(
            "merge", "/organizations/{organization}/merge", OrganizationID.self,
            summary: "Give everything of an organization to another one", permission: .organizationsManage,
            audit: .action("organization.merged"), body: MergeOrganization.self, returns: Organization.self,
            errors: [.nameTaken, .rootOrganization, .organizationInsideItself], stepUp: .recent
        ) { identity, call in
            try await identity.merge(call.path, into: call.body.into, call.acting)
        }

        Route.post(
            "fill", "/organizations/{organization}/members", OrganizationID.self,
            summary: "Move people and things into an organization", permission: .organizationsManage,
            audit: .action("organization.filled"), body: FillOrganization.self, returns: Organization.self,
            errors: [.lastAdministrator]
        ) { identity, call in
            try await identity.fill(call.path, with: call.body, call.acting)
        }

        Route.list(
            "bindings", "/organizations/{organization}/bindings", OrganizationID.self,
            summary: "List who has which role at an organization", permission: .organizationsRead,
            by: RoleBinding.listing
        ) { identity, call in
            try await identity.bindings(at: call.path, call.query, in: call.scope)
        }

        Route.put(
            "bind", "/organizations/{organization}/roles/{role}/users/{user}", OrganizationID.self, RoleID.self,
            UserID.self, summary: "Give somebody a role at an organization and below", permission: .organizationsManage,
            audit: .action("organization.role-bound"), returns: Nothing.self,
            errors: [.tenantRole, .dutiesCross, .notYourself, .stepUpRequired]
        ) { identity, call in
            try await identity.bind(call.path.1, to: call.path.2, at: call.path.0, call.acting)
            return Nothing()
        }

        Route.delete(
            "unbind", "/organizations/{organization}/roles/{role}/users/{user}", OrganizationID.self, RoleID.self,
            UserID.self, summary: "Take a role at an organization from somebody", permission: .organizationsManage,
            audit: .action("organization.role-unbound"),
            errors: [.lastAdministrator, .notYourself, .stepUpRequired]
        ) { identity, call in
            try await identity.unbind(call.path.1, from: call.path.2, at: call.path.0, call.acting)
            return Nothing()
        }
    }
}

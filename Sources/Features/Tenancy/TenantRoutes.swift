package import HTTPAPI
import Kernel

extension Permission {
    /// For the hosting provider's people only; a tenant has no such permission.
    package static let tenantsRead = Permission("provider.tenants.read")
    package static let tenantsManage = Permission("provider.tenants.manage")
}

/// The provider's endpoints for tenants.
package enum TenantRoutes {
    private typealias Route = Endpoint<ProviderAPI, Tenancy>

    package static let group = EndpointGroup<ProviderAPI, Tenancy>("tenants") {
        Route.list(
            "list", "/tenants", summary: "List tenants", permission: .tenantsRead, by: Tenant.listing
        ) { tenancy, call in
            try await tenancy.list(call.query, in: call.scope)
        }

        Route.post(
            "create", "/tenants", summary: "Create a tenant with its first administrator", permission: .tenantsManage,
            audit: .action("tenant.created"), body: CreateTenantRequest.self, returns: CreatedTenant.self, status: 201,
            errors: [.slugTaken]
        ) { tenancy, call in
            try await tenancy.create(call.body, audit: call.audit, at: call.now, in: call.scope)
        }

        Route.get(
            "show", "/tenants/{tenant}", TenantID.self, summary: "Show a tenant", permission: .tenantsRead,
            returns: Tenant.self
        ) { tenancy, call in
            try await tenancy.find(call.path, in: call.scope)
        }

        Route.post(
            "suspend", "/tenants/{tenant}/suspend", TenantID.self, summary: "Close a tenant to its people",
            permission: .tenantsManage, audit: .action("tenant.suspended"), returns: Tenant.self,
            errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.suspend(call.path, by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "resume", "/tenants/{tenant}/resume", TenantID.self, summary: "Open a suspended tenant again",
            permission: .tenantsManage, audit: .action("tenant.resumed"), returns: Tenant.self,
            errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.resume(call.path, by: call.caller.name, audit: call.audit, at: call.now)
        }
    }
}

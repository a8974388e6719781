import FoundationEssentials
package import HTTPAPI
package import Kernel

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
            "trial", "/tenants/{tenant}/trial", TenantID.self, summary: "Let a tenant try the service until a day",
            permission: .tenantsManage, audit: .action("tenant.trial-set"), body: TenantTrialRequest.self,
            returns: Tenant.self, errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.change(
                call.path, .trial(until: call.body.endsAt), by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "activate", "/tenants/{tenant}/activate", TenantID.self, summary: "Make a tenant a customer",
            permission: .tenantsManage, audit: .action("tenant.activated"), returns: Tenant.self,
            errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.change(call.path, .activate, by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "suspend", "/tenants/{tenant}/suspend", TenantID.self, summary: "Close a tenant to its people",
            permission: .tenantsManage, audit: .action("tenant.suspended"), returns: Tenant.self,
            errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.change(call.path, .suspend, by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "resume", "/tenants/{tenant}/resume", TenantID.self, summary: "Open a suspended tenant again",
            permission: .tenantsManage, audit: .action("tenant.resumed"), returns: Tenant.self,
            errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.change(call.path, .resume, by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "close", "/tenants/{tenant}/close", TenantID.self,
            summary: "Close a tenant for good, to be erased when the grace period is over",
            permission: .tenantsManage, audit: .action("tenant.closed"), body: CloseTenantRequest.self,
            returns: Tenant.self, errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.change(
                call.path, .close(graceEnds: call.now + Double(call.body.graceDays) * 86_400),
                by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "cancel-closing", "/tenants/{tenant}/cancel-closing", TenantID.self,
            summary: "Give a closing tenant back what it was", permission: .tenantsManage,
            audit: .action("tenant.deletion-cancelled"), returns: Tenant.self, errors: [.wrongTenantState]
        ) { tenancy, call in
            try await tenancy.change(call.path, .cancelClosing, by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "delete", "/tenants/{tenant}/delete", TenantID.self,
            summary: "End the grace period now: everything of the tenant is erased within a minute",
            permission: .tenantsManage, audit: .action("tenant.deletion-forced"), body: DeleteTenantRequest.self,
            returns: Tenant.self
        ) { tenancy, call in
            try await tenancy.delete(
                call.path, confirmed: call.body.confirm, by: call.caller.name, audit: call.audit, at: call.now)
        }
    }
}

/// The body that gives a tenant a trial.
package struct TenantTrialRequest: WireValue {
    let endsAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("endsAt", \.endsAt, note: "In the future, within a year.")
    }
}

/// The body that closes a tenant.
package struct CloseTenantRequest: WireValue {
    let graceDays: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "graceDays", \.graceDays, Schema<Int>.int(1...365).otherwise(30),
            note: "How long the closing can be cancelled.")
    }
}

package import HTTPAPI
import Kernel

extension Permission {
    package static let usageRead = Permission("usage.read")
}

/// What a tenant asks about its plan.
package enum QuotaRoutes {
    private typealias Route = Endpoint<TenantAPI, Plans>

    package static let group = EndpointGroup<TenantAPI, Plans>("quotas") {
        Route.get(
            "show", "/usage/quotas", summary: "Show the plan, its limits and what is used", permission: .usageRead,
            returns: QuotaReport.self
        ) { plans, call in
            try await plans.quotas(of: call.scope, at: call.now)
        }
    }
}

/// The same for the provider.
package enum ProviderQuotaRoutes {
    private typealias Route = Endpoint<ProviderAPI, Plans>

    package static let group = EndpointGroup<ProviderAPI, Plans>("tenant-quotas") {
        Route.get(
            "show", "/tenants/{tenant}/quotas", TenantID.self, summary: "Show what a tenant uses of its plan",
            permission: .providerUsage, returns: QuotaReport.self
        ) { plans, call in
            try await plans.quotas(of: TenantScope(tenant: call.path), at: call.now)
        }
    }
}

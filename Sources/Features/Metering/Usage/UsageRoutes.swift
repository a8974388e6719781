package import HTTPAPI
import Kernel

extension Permission {
    package static let providerUsage = Permission("provider.usage")
}

/// What a tenant asks about its usage.
package enum TenantUsageRoutes {
    private typealias Route = Endpoint<TenantAPI, Metering>

    package static let group = EndpointGroup<TenantAPI, Metering>("own-usage") {
        Route.get(
            "report", "/usage", summary: "What was used, by hour", permission: .usageRead, query: UsagePeriod.self,
            returns: UsageReport.self, rate: .expensive
        ) { metering, call in
            try await metering.usage(call.query, at: call.now, in: call.scope)
        }
    }
}

/// What the provider asks about usage.
package enum UsageRoutes {
    private typealias Route = Endpoint<ProviderAPI, Metering>

    package static let group = EndpointGroup<ProviderAPI, Metering>("usage") {
        Route.get(
            "report", "/usage", summary: "What tenants used, by hour", permission: .providerUsage,
            query: UsageQuestion.self, returns: UsageReport.self, rate: .expensive
        ) { metering, call in
            try await metering.usage(call.query, in: call.scope)
        }
    }
}

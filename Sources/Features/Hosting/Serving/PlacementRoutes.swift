package import HTTPAPI
import Kernel

extension Permission {
    package static let endpointsRead = Permission("endpoints.read")
    package static let endpointsManage = Permission("endpoints.manage")
}

/// What a tenant says about the gateways that its people are led to.
package enum EndpointRuleRoutes {
    private typealias Route = Endpoint<TenantAPI, Hosting>

    package static let group = EndpointGroup<TenantAPI, Hosting>("endpoint-rules") {
        Route.get(
            "show", "/endpoint-rules", summary: "Show which gateways people are led to", permission: .endpointsRead,
            returns: EndpointRules.self
        ) { hosting, call in
            try await hosting.endpointRules(in: call.scope)
        }

        Route.put(
            "set", "/endpoint-rules", summary: "Say which gateways people are led to", permission: .endpointsManage,
            audit: .action("endpoint-rules.changed"), body: EndpointRules.self, returns: EndpointRules.self
        ) { hosting, call in
            try await hosting.set(call.body, at: call.now, in: call.scope, audit: call.audit)
        }
    }
}

/// What the provider says about where workers stand and who may use them.
package enum ProviderPlacementRoutes {
    private typealias Route = Endpoint<ProviderAPI, Hosting>

    package static let group = EndpointGroup<ProviderAPI, Hosting>("placement") {
        Route.put(
            "place", "/workers/{worker}/place", WorkerID.self, summary: "Put a worker into a pool and a region",
            permission: .providerWorkers, audit: .action("worker.placed"), body: WorkerPlace.self, returns: Worker.self
        ) { hosting, call in
            try await hosting.place(call.path, at: call.body, now: call.now, in: call.scope, audit: call.audit)
        }

        Route.get(
            "pinning", "/tenants/{tenant}/pinning", TenantID.self, summary: "Show the workers that a tenant may use",
            permission: .providerWorkers, returns: TenantPinning.self
        ) { hosting, call in
            try await hosting.pinning(of: call.path, in: call.scope)
        }

        Route.put(
            "pin", "/tenants/{tenant}/pinning", TenantID.self, summary: "Bind a tenant to pools and labels of workers",
            permission: .providerWorkers, audit: .action("tenant.pinned"), body: TenantPinning.self,
            returns: TenantPinning.self
        ) { hosting, call in
            try await hosting.pin(call.path, to: call.body, at: call.now, in: call.scope, audit: call.audit)
        }

        Route.delete(
            "unpin", "/tenants/{tenant}/pinning", TenantID.self, summary: "Let a tenant use the pool default again",
            permission: .providerWorkers, audit: .action("tenant.unpinned")
        ) { hosting, call in
            _ = try await hosting.pin(call.path, to: nil, at: call.now, in: call.scope, audit: call.audit)
            return Nothing()
        }

        Route.get(
            "rules", "/endpoint-rules", summary: "Show which gateways people are led to", permission: .providerWorkers,
            returns: ProviderEndpointRules.self
        ) { hosting, call in
            try await hosting.endpointRules(in: call.scope)
        }

        Route.put(
            "set-rules", "/endpoint-rules", summary: "Say which gateways people are led to",
            permission: .providerWorkers, audit: .action("endpoint-rules.changed"), body: ProviderEndpointRules.self,
            returns: ProviderEndpointRules.self
        ) { hosting, call in
            try await hosting.set(call.body, at: call.now, in: call.scope, audit: call.audit)
        }
    }
}

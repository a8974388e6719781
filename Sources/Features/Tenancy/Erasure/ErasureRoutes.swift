package import HTTPAPI
import Kernel

/// The provider's endpoints for what is left of tenants that are gone.
package enum ErasureRoutes {
    private typealias Route = Endpoint<ProviderAPI, TenantErasure>

    package static let group = EndpointGroup<ProviderAPI, TenantErasure>("erasures") {
        Route.get(
            "show", "/tenants/{tenant}/erasure", TenantID.self,
            summary: "Show how far the erasing of a tenant is, with the signed proof of it",
            permission: .tenantsRead, returns: ErasureStatus.self
        ) { erasure, call in
            try await erasure.status(of: call.path, in: call.scope)
        }

        Route.get(
            "key", "/erasure-key", summary: "Show the key that signs proofs of erasures", permission: .tenantsRead,
            returns: ErasureKey.self
        ) { erasure, _ in
            erasure.key
        }
    }
}

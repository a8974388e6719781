import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Tenancy

extension Permission {
    package static let keysManage = Permission("keys.manage")
}

/// The key that took over.
package struct RotatedKey: WireValue, Sendable {
    package let key: TenantKeyID

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key)
    }
}

/// What a tenant's own people do with its keys; the rest of Tenancy is the provider's.
package enum KeyRoutes {
    private typealias Route = Endpoint<TenantAPI, Tenancy>

    package static let group = EndpointGroup<TenantAPI, Tenancy>("keys") {
        Route.post(
            "rotate", "/keys/rotate", summary: "Replace the key that seals secrets", permission: .keysManage,
            audit: .action("tenant-key.rotated"), returns: RotatedKey.self, rate: .sensitive, stepUp: .recent
        ) { tenancy, call in
            // What is sealed already follows within minutes, by a job.
            RotatedKey(key: try await tenancy.rotateKey(audit: call.audit, at: call.now, in: call.scope))
        }
    }
}

import FoundationEssentials
package import HTTPAPI
package import Kernel
import Tenancy

extension Permission {
    package static let keysManage = Permission("keys.manage")
    package static let keysRead = Permission("keys.read")
}

/// The key that took over.
package struct RotatedKey: WireValue, Sendable {
    package let key: TenantKeyID

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key)
    }
}

/// Tenancy's part in keys, and who knows what is under them.
package struct KeyDesk: Sendable {
    let tenancy: Tenancy
    let rewrap: RewrapSecrets

    func show(in scope: TenantScope) async throws -> TenantKeysView {
        try await tenancy.keys(in: scope) { try await rewrap.waiting(besides: $0, in: scope) }
    }
}

/// What a tenant's own people do with its keys; the rest of Tenancy is the provider's.
package enum KeyRoutes {
    private typealias Route = Endpoint<TenantAPI, KeyDesk>

    package static let group = EndpointGroup<TenantAPI, KeyDesk>("keys") {
        Route.get(
            "show", "/keys", summary: "Show the company's keys, and how far the last rotation is",
            permission: .keysRead, returns: TenantKeysView.self
        ) { desk, call in
            try await desk.show(in: call.scope)
        }

        Route.post(
            "rotate", "/keys/rotate", summary: "Replace the key that seals secrets", permission: .keysManage,
            audit: .action("tenant-key.rotated"), returns: RotatedKey.self, errors: [.keysChanging], rate: .sensitive,
            stepUp: .recent
        ) { desk, call in
            // What is sealed already follows within minutes, by a job.
            RotatedKey(key: try await desk.tenancy.rotateKey(audit: call.audit, at: call.now, in: call.scope))
        }

        Route.put(
            "use-own", "/keys/own", summary: "Put the company's keys under one in its own OpenBao",
            permission: .keysManage, audit: .action("own-key.used"), body: UseOwnKeyRequest.self,
            returns: TenantKeysView.self, errors: [.ownKeyRefused, .keysChanging], rate: .sensitive, stepUp: .recent
        ) { desk, call in
            try await desk.tenancy.useOwnKey(
                call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
            return try await desk.show(in: call.scope)
        }

        Route.delete(
            "stop-own", "/keys/own", summary: "Put the company's keys back under the installation's",
            permission: .keysManage, audit: .action("own-key.stopped"), errors: [.keysChanging], rate: .sensitive,
            stepUp: .recent
        ) { desk, call in
            try await desk.tenancy.stopOwnKey(audit: call.audit, in: call.scope)
            return Nothing()
        }
    }
}

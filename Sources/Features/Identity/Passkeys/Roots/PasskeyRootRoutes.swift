package import HTTPAPI
package import Kernel
import Tenancy

/// The endpoints of authorities of makers of passkeys, which are part of the settings of which makes are taken.
package enum PasskeyRootRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("passkey-roots") {
        Route.list(
            "list", "/passkey-roots", summary: "List authorities of makers of passkeys", permission: .settingsRead,
            by: PasskeyRoot.listing
        ) { identity, call in
            try await identity.passkeyRoots(call.query, in: call.scope)
        }

        Route.post(
            "add", "/passkey-roots", summary: "Take the word of an authority for passkeys",
            permission: .settingsManage, audit: .action("passkey-root.added"), body: AddPasskeyRoot.self,
            returns: PasskeyRoot.self, status: 201, errors: [.limitReached], stepUp: .recent
        ) { identity, call in
            try await identity.addPasskeyRoot(call.body, call.acting)
        }

        Route.delete(
            "remove", "/passkey-roots/{root}", PasskeyRootID.self,
            summary: "Take the word of an authority for passkeys no more", permission: .settingsManage,
            audit: .action("passkey-root.removed"), stepUp: .recent
        ) { identity, call in
            try await identity.removePasskeyRoot(call.path, call.acting)
            return Nothing()
        }
    }
}

extension Identity {
    package func passkeyRoots(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<PasskeyRoot> {
        Rows(try await PasskeyRootStore.list(page, in: scope, database), of: page)
    }

    package func addPasskeyRoot(_ request: AddPasskeyRoot, _ acting: Acting) async throws -> PasskeyRoot {
        try await ChangePasskeyRoots(database: database).add(request, acting)
    }

    package func removePasskeyRoot(_ id: PasskeyRootID, _ acting: Acting) async throws {
        try await ChangePasskeyRoots(database: database).remove(id, acting)
    }
}

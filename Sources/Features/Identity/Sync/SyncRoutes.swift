package import HTTPAPI
import Kernel

/// The endpoints of keeping up with a provider's people.
package enum SyncRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("identity-sync") {
        Route.get(
            "show", "/identity-providers/{provider}/sync", IdentityProviderID.self,
            summary: "Show how a provider is kept up with", permission: .identityProvidersRead,
            returns: IdentitySync.self
        ) { identity, call in
            try await identity.identitySync(of: call.path, in: call.scope)
        }

        Route.patch(
            "change", "/identity-providers/{provider}/sync", IdentityProviderID.self,
            summary: "Change how a provider is kept up with", permission: .identityProvidersManage,
            audit: .action("identity-sync.changed"), body: ChangeIdentitySync.self, returns: IdentitySync.self,
            errors: [.previewFirst, .nothingToSync], stepUp: .recent
        ) { identity, call in
            try await identity.changeIdentitySync(of: call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.list(
            "runs", "/identity-providers/{provider}/sync-runs", IdentityProviderID.self,
            summary: "List the runs of a provider's sync", permission: .identityProvidersRead,
            by: IdentitySyncRun.listing
        ) { identity, call in
            try await identity.identitySyncRuns(of: call.path, call.query, in: call.scope)
        }

        Route.post(
            "start", "/identity-providers/{provider}/sync-runs", IdentityProviderID.self,
            summary: "Start a preview or a run of a provider's sync", permission: .identityProvidersManage,
            audit: .action("identity-sync.started"), body: StartIdentitySync.self, returns: IdentitySyncRun.self,
            status: 201, errors: [.previewFirst, .syncUnderWay, .nothingToSync], stepUp: .recent
        ) { identity, call in
            try await identity.startIdentitySync(of: call.path, call.body, call.acting)
        }

        Route.get(
            "run", "/identity-providers/{provider}/sync-runs/{run}", IdentityProviderID.self, IdentitySyncRunID.self,
            summary: "Show a run of a provider's sync", permission: .identityProvidersRead,
            returns: IdentitySyncRun.self
        ) { identity, call in
            try await identity.identitySyncRun(call.path.1, of: call.path.0, in: call.scope)
        }
    }
}

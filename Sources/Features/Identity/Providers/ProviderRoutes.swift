package import HTTPAPI
import Kernel

/// The endpoints of identity providers.
package enum ProviderRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("identity-providers") {
        Route.list(
            "list", "/identity-providers", summary: "List identity providers", permission: .identityProvidersRead,
            by: IdentityProvider.listing
        ) { identity, call in
            try await identity.identityProviders(call.query, in: call.scope)
        }

        Route.post(
            "create", "/identity-providers", summary: "Add an identity provider",
            permission: .identityProvidersManage, audit: .action("identity-provider.created"),
            body: CreateIdentityProvider.self, returns: IdentityProvider.self, status: 201,
            errors: [.nameTaken, .limitReached, .dutiesCross, .tenantRole], stepUp: .recent
        ) { identity, call in
            try await identity.createIdentityProvider(call.body, call.acting)
        }

        Route.get(
            "show", "/identity-providers/{provider}", IdentityProviderID.self, summary: "Show an identity provider",
            permission: .identityProvidersRead, returns: IdentityProvider.self
        ) { identity, call in
            try await identity.identityProvider(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/identity-providers/{provider}", IdentityProviderID.self, summary: "Change an identity provider",
            permission: .identityProvidersManage, audit: .action("identity-provider.changed"),
            body: ChangeIdentityProvider.self, returns: IdentityProvider.self,
            errors: [.nameTaken, .dutiesCross, .tenantRole], stepUp: .recent
        ) { identity, call in
            try await identity.changeIdentityProvider(call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.delete(
            "remove", "/identity-providers/{provider}", IdentityProviderID.self,
            summary: "Remove an identity provider, with who its people are there and what only its rules gave",
            permission: .identityProvidersManage, audit: .action("identity-provider.removed"),
            errors: [.confirmsPeople], stepUp: .recent
        ) { identity, call in
            try await identity.removeIdentityProvider(call.path, call.acting)
            return Nothing()
        }

        Route.get(
            "foresee-removal", "/identity-providers/{provider}/removal", IdentityProviderID.self,
            summary: "Say what people would lose if a provider were removed",
            permission: .identityProvidersManage, returns: ProviderRemoval.self
        ) { identity, call in
            try await identity.removal(ofIdentityProvider: call.path, in: call.scope, at: call.now)
        }

        Route.post(
            "test", "/identity-providers/{provider}/test", IdentityProviderID.self,
            summary: "Try a sign-in through a provider, step by step", permission: .identityProvidersManage,
            audit: .action("identity-provider.tested"), body: TestIdentityProvider.self, returns: ProviderTest.self,
            rate: .sensitive, idempotency: .off(because: "asks the provider anew each time")
        ) { identity, call in
            try await identity.testIdentityProvider(call.path, call.body, call.acting)
        }

        Route.post(
            "begin-trial", "/identity-providers/{provider}/trial", IdentityProviderID.self,
            summary: "Begin to try a sign-in in the browser", permission: .identityProvidersManage,
            audit: .none(because: "nothing has happened yet; how it ends stands in the trail"),
            returns: BrowserDeparture.self, errors: [.providerUnavailable], rate: .sensitive,
            idempotency: .off(because: "each one is a trial of its own")
        ) { identity, call in
            try await identity.beginProviderTrial(call.path, call.request, call.response, call.acting)
        }

        Route.post(
            "finish-trial", "/identity-providers/{provider}/trial/finish", IdentityProviderID.self,
            summary: "Show how the sign-in in the browser would have gone", permission: .identityProvidersManage,
            audit: .action("identity-provider.tested"), body: FinishBrowserSignIn.self, returns: ProviderTest.self,
            errors: [.signInExpired], rate: .sensitive,
            idempotency: .off(because: "what the provider gave counts once")
        ) { identity, call in
            try await identity.finishProviderTrial(call.path, call.body, call.request, call.acting)
        }

        Route.post(
            "read-metadata", "/identity-providers/metadata", summary: "Read what a SAML provider says of itself",
            permission: .identityProvidersManage, audit: .none(because: "reads, and changes nothing"),
            body: ReadMetadata.self, returns: SAMLMetadataReply.self, rate: .sensitive,
            idempotency: .off(because: "asks anew each time")
        ) { identity, call in
            try await identity.readMetadata(call.body, in: call.scope)
        }

        Route.list(
            "links", "/identity-providers/{provider}/links", IdentityProviderID.self,
            summary: "List who comes in through a provider", permission: .identityProvidersRead,
            by: IdentityLink.listing
        ) { identity, call in
            try await identity.identityLinks(of: call.path, call.query, in: call.scope)
        }

        Route.delete(
            "unlink", "/identity-providers/{provider}/links/{user}", IdentityProviderID.self, UserID.self,
            summary: "Forget who somebody is at a provider", permission: .identityProvidersManage,
            audit: .action("identity-link.removed"), stepUp: .recent
        ) { identity, call in
            try await identity.removeIdentityLink(of: call.path.1, at: call.path.0, call.acting)
            return Nothing()
        }
    }
}

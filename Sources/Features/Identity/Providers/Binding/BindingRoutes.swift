package import HTTPAPI
import Kernel

/// The endpoints by which people bind accounts at providers to theirs.
package enum BindingRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("me") {
        Route.get(
            "identities", "/me/identities", summary: "Show my accounts at identity providers", permission: .profile,
            returns: OwnIdentities.self
        ) { identity, call in
            try await identity.ownIdentities(call.acting)
        }

        Route.post(
            "begin-binding", "/me/identities", summary: "Begin to bind an account at an identity provider to mine",
            permission: .profile, audit: .none(because: "nothing is bound yet; what comes of it stands in the trail"),
            body: BeginBinding.self, returns: BrowserDeparture.self,
            errors: [.providerUnavailable, .browserNeeded, .alreadyBound, .knownByProvider], rate: .sensitive,
            idempotency: .off(because: "each one is a binding of its own")
        ) { identity, call in
            try await identity.beginBinding(call.body, call.caller, call.request, call.response, call.acting)
        }

        Route.post(
            "propose-binding", "/me/identities/arrive",
            summary: "Come back from an identity provider, and see which account would be bound", permission: .profile,
            audit: .action("identity-link.proposed"), body: FinishBrowserSignIn.self, returns: ProposedBinding.self,
            errors: [
                .bindingExpired, .bindingRefused, .accountBound, .alreadyBound, .knownByProvider, .browserNeeded,
            ], rate: .sensitive, idempotency: .off(because: "what the provider gave counts once")
        ) { identity, call in
            try await identity.proposeBinding(call.body, call.caller, call.request, call.acting)
        }

        Route.post(
            "confirm-binding", "/me/identities/confirm", summary: "Bind the account that was shown to mine",
            permission: .profile, audit: .action("identity-link.bound"), body: ConfirmBinding.self,
            returns: Nothing.self,
            errors: [.bindingExpired, .accountBound, .alreadyBound, .knownByProvider, .browserNeeded],
            rate: .sensitive, stepUp: .recent, idempotency: .off(because: "a proposal counts once")
        ) { identity, call in
            try await identity.confirmBinding(call.body, call.caller, call.acting)
            return Nothing()
        }

        Route.delete(
            "unbind", "/me/identities/{provider}", IdentityProviderID.self,
            summary: "Undo what I bound, and sign out every browser that came in by it", permission: .profile,
            audit: .action("identity-link.unbound"), stepUp: .recent
        ) { identity, call in
            try await identity.unbind(call.path, call.acting)
            return Nothing()
        }
    }
}

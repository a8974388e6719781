package import HTTPAPI
import Kernel

/// The endpoints by which people come in through a provider that takes the browser.
package enum BrowserSignInRoutes {
    private typealias Route = Endpoint<PublicAPI, Identity>

    package static let group = EndpointGroup<PublicAPI, Identity>("auth") {
        Route.post(
            "begin-browser", "/auth/browser", summary: "Begin a sign-in at an identity provider", permission: .public,
            audit: .none(because: "nothing is proven yet; how it ends stands in the trail"),
            body: BeginBrowserSignIn.self, returns: BrowserDeparture.self, errors: [.providerUnavailable],
            rate: .sensitive, idempotency: .off(because: "each one is a sign-in of its own")
        ) { identity, call in
            try await identity.beginBrowserSignIn(call.body, call.visit)
        }

        Route.post(
            "finish-browser", "/auth/browser/finish", summary: "Come back from an identity provider",
            permission: .public, audit: .action("sign-in.browser"), body: FinishBrowserSignIn.self,
            returns: BrowserSignInReply.self, errors: [.signInRefused, .signInExpired], rate: .sensitive,
            idempotency: .off(because: "what the provider gave counts once")
        ) { identity, call in
            try await identity.finishBrowserSignIn(call.body, call.visit)
        }

        Route.receive(
            "provider-logout", "/auth/identity-providers/{provider}/logout", IdentityProviderID.self,
            summary: "Take an identity provider's word that somebody has signed out there", permission: .public,
            audit: .action("sign-in.ended-by-provider"), mediaTypes: ["application/x-www-form-urlencoded"],
            limit: 70_000, returns: Nothing.self, rate: .sensitive
        ) { identity, call in
            try await identity.signOut(byProvider: call.path, call.body, call.visit)
            return Nothing()
        }
    }
}

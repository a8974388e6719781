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

        Route.download(
            "saml-metadata", "/auth/identity-providers/{provider}/saml/metadata", IdentityProviderID.self,
            summary: "Show what a SAML provider is set up with", permission: .public, audit: .reading,
            mediaType: "application/samlmetadata+xml", errors: [.providerUnavailable], rate: .sensitive
        ) { identity, call in
            try await identity.samlMetadata(of: call.path, call.visit)
        }

        Route.arrival(
            "saml-response", "/auth/identity-providers/{provider}/saml/response", IdentityProviderID.self,
            summary: "Take a SAML provider's response from a browser, and send the browser to the portal",
            audit: .none(because: "how the sign-in ends stands in the trail when the browser comes back"),
            limit: TakeSAMLResponse.limit, errors: [.providerUnavailable], rate: .sensitive
        ) { identity, call in
            try await identity.takeSAMLResponse(call.path, call.body, call.visit)
        }

        Route.arrival(
            "saml-logout", "/auth/identity-providers/{provider}/saml/logout", IdentityProviderID.self,
            summary: "Take a SAML provider's word, in an address, that somebody has signed out there",
            audit: .none(because: "each person who is signed out by it has a record of their own"),
            errors: [.providerUnavailable], rate: .sensitive
        ) { identity, call in
            try await identity.signOut(bySAML: call.path, .query(call.query), call.visit)
        }

        Route.arrival(
            "saml-logout-form", "/auth/identity-providers/{provider}/saml/logout", IdentityProviderID.self,
            summary: "Take a SAML provider's word, in a form, that somebody has signed out there",
            audit: .none(because: "each person who is signed out by it has a record of their own"),
            limit: SignOutBySAML.limit, errors: [.providerUnavailable], rate: .sensitive
        ) { identity, call in
            try await identity.signOut(bySAML: call.path, .form(call.body), call.visit)
        }

        Route.arrival(
            "cas-ticket", "/auth/identity-providers/{provider}/cas/{state}", IdentityProviderID.self, SignInState.self,
            summary: "Take a browser that comes from a CAS server, and send it to the portal",
            audit: .none(because: "how the sign-in ends stands in the trail when the browser comes back"),
            rate: .sensitive
        ) { identity, call in
            try await identity.takeCASTicket(call.path.0, call.path.1, call.query, call.visit)
        }

        Route.receive(
            "cas-logout", "/auth/identity-providers/{provider}/cas/{state}", IdentityProviderID.self, SignInState.self,
            summary: "Take a CAS server's word that somebody has signed out there", permission: .public,
            audit: .none(because: "each person who is signed out by it has a record of their own"),
            mediaTypes: ["application/x-www-form-urlencoded"], limit: SignOutByCAS.limit, returns: Nothing.self,
            // A server that ends everybody's sessions comes from one address, as fast as it can; there is nothing to guess.
            rate: .standard
        ) { identity, call in
            try await identity.signOut(byCAS: call.path.0, call.body, call.visit)
            return Nothing()
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

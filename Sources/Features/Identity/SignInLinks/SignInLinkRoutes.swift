package import HTTPAPI
import Kernel

/// The endpoints of links to a sign-in.
package enum SignInLinkRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("sign-in-links") {
        Route.list(
            "list", "/sign-in-links", summary: "List links to a sign-in, of the last month",
            permission: .signInLinksRead, by: SignInLink.listing
        ) { identity, call in
            try await identity.signInLinks(call.query, in: call.scope)
        }

        Route.post(
            "issue", "/sign-in-links", summary: "Get a link by which somebody comes to a sign-in, once",
            permission: .signInLinksIssue, audit: .action("sign-in-link.issued"), body: IssueSignInLink.self,
            returns: IssuedSignInLink.self, status: 201,
            errors: [.notYourself, .administratorByLink, .noPasswordHere, .limitReached, .stepUpRequired],
            rate: .sensitive, idempotency: .off(because: "shows the link once")
        ) { identity, call in
            try await identity.issueSignInLink(call.body, call.caller, call.acting)
        }

        Route.delete(
            "revoke", "/sign-in-links/{link}", SignInLinkID.self, summary: "Take a link back that nobody has used",
            permission: .signInLinksIssue, audit: .action("sign-in-link.revoked"), errors: [.reviewOver]
        ) { identity, call in
            try await identity.revokeSignInLink(call.path, call.acting)
            return Nothing()
        }
    }

    /// For whoever comes with a link.
    package static let door = EndpointGroup<PublicAPI, Identity>("auth") {
        Endpoint<PublicAPI, Identity>.post(
            "link", "/auth/link", summary: "Begin a sign-in by a link", permission: .public,
            audit: .action("sign-in.link"), body: SignInLinkRequest.self, returns: BrowserSignInReply.self,
            errors: [.signInExpired, .signInRefused, .signInDenied, .finishInPortal], rate: .sensitive
        ) { identity, call in
            try await identity.signIn(byLink: call.body, call.visit)
        }
    }
}

extension Permission {
    package static let signInLinksRead = Permission("sign-in-links.read")
    /// Whoever has it can stand in for the first factor of everybody whom they may handle.
    package static let signInLinksIssue = Permission("sign-in-links.issue")
}

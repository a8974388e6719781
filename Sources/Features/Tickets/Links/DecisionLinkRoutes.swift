package import HTTPAPI
package import Kernel

/// The endpoint behind decision links: nobody is signed in, the link and the signature are the proof.
package enum DecisionLinkRoutes {
    private typealias Route = Endpoint<PublicAPI, Tickets>

    package static let group = EndpointGroup<PublicAPI, Tickets>("decision-links") {
        Route.get(
            "show", "/decision-links/{token}", LinkToken.self, summary: "Show what a link decides",
            permission: .public, returns: LinkQuestion.self, errors: [.linkInvalid]
        ) { tickets, call in
            try await tickets.question(behind: call.path.text, at: call.now, in: call.scope)
        }

        Route.post(
            "answer", "/decision-links/{token}", LinkToken.self, summary: "Answer a request through a link",
            permission: .public, audit: .action("ticket.decided"), body: AnswerLink.self, returns: LinkOutcome.self,
            errors: [
                .linkInvalid, .linkUnsigned, .ticketNotOpen, .ownTicket, .notYourDecision, .ticketChanged,
                .ticketNeedsPasskey, .ticketNeedsComment,
            ],
            rate: .sensitive
        ) { tickets, call in
            try await tickets.answer(
                link: call.path.text, call.body, body: call.rawBody, facts: call.request, at: call.now,
                audit: call.audit, in: call.scope)
        }
    }
}

/// The token of a decision link, 256 random bits in base64url.
package struct LinkToken: WireValue, Sendable {
    let text: String

    package static let schema: Schema<Self> = Schema<String>.token("must be the token of a link").map(Self.init, \.text)
}

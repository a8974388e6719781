package import HTTPAPI
import HTTPTypes
package import Kernel

/// The endpoints that vendors call: nobody is signed in, and what comes has to prove itself.
package enum CallbackRoutes {
    private typealias Route = Endpoint<PublicAPI, Messengers>

    private static let mediaTypes = [
        "application/json", "application/x-www-form-urlencoded", "text/xml", "application/xml",
    ]

    package static let group = EndpointGroup<PublicAPI, Messengers>("messenger-callbacks") {
        Route.callbackCheck(
            "check", "/messenger-callbacks/{token}", CallbackToken.self,
            summary: "Answer a messenger that makes sure of the address", errors: [.callbackRefused], rate: .standard
        ) { messengers, call in
            try await messengers.take(
                call.path.text, RawCallback(method: .get, query: call.query.pairs, headers: call.request.headers),
                audit: call.audit, at: call.now, in: call.scope)
        }

        Route.callback(
            "take", "/messenger-callbacks/{token}", CallbackToken.self, summary: "Take what a messenger tells",
            audit: .action("ticket.decided"), mediaTypes: mediaTypes, limit: Messengers.callbackLimit,
            errors: [.callbackRefused], rate: .standard
        ) { messengers, call in
            try await messengers.take(
                call.path.text,
                RawCallback(
                    method: .post, query: call.query.pairs, headers: call.request.headers, body: call.rawBody),
                audit: call.audit, at: call.now, in: call.scope)
        }
    }
}

/// The word in the path of a channel's callbacks, 256 random bits in base64url.
package struct CallbackToken: WireValue, Sendable {
    let text: String

    package static let schema: Schema<Self> = Schema<String>.token("must be the path of a channel's callbacks").map(
        Self.init, \.text)
}

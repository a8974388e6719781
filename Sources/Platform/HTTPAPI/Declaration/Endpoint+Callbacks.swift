import HTTPTypes
package import Kernel

/// What a service that calls back gets: its own rules say what that looks like.
package struct CallbackReply: Sendable, Equatable {
    package let status: Int
    package let mediaType: String
    package let body: [UInt8]

    package init(status: Int = 200, mediaType: String, body: [UInt8]) {
        self.status = status
        self.mediaType = mediaType
        self.body = body
    }
}

// The ways to declare an endpoint that a service of somebody else calls, by rules of its own. Nobody is signed in there:
// what comes has to prove itself, and the handler gets it as it came.
extension Endpoint where API == PublicAPI {
    /// Takes what a service posts.
    package static func callback<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, audit: Audit,
        mediaTypes: [String], limit: Int, errors: [ProblemType] = [], rate: RateClass,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), QueryPairs, [UInt8]>) async throws
            -> CallbackReply
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .asTheyCame, .raw(mediaTypes, limit: limit), .asItIs,
            summary: summary, permission: .public, audit: audit, errors: errors, rate: rate,
            idempotency: .off(because: "the service repeats by its own rules"), isFromAnySite: true, handler: handler)
    }

    /// Takes a question by which a service makes sure that the address is ours.
    package static func callbackCheck<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String,
        errors: [ProblemType] = [], rate: RateClass,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), QueryPairs, Nothing>) async throws
            -> CallbackReply
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .asTheyCame, .nothing, .asItIs, summary: summary,
            permission: .public, audit: .reading, errors: errors, rate: rate, isFromAnySite: true, handler: handler)
    }
}

extension QueryReader where Query == QueryPairs {
    fileprivate static var asTheyCame: QueryReader {
        QueryReader(parameters: []) { request, _, _ in QueryPairs(request.query) }
    }
}

extension Reply where Result == CallbackReply {
    fileprivate static var asItIs: Self {
        Reply(response: .file(mediaType: "application/json"), status: 200, hasETag: false) { reply, _, _, _ in
            Outgoing(
                status: reply.status, headers: [.contentType: reply.mediaType, .cacheControl: "no-store"],
                body: .bytes(reply.body))
        }
    }
}

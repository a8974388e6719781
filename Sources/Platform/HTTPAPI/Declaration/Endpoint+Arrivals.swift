import HTTPTypes
package import Kernel

// The ways to declare an endpoint at which a browser arrives that another site sent here, and that is sent on. Nobody is
// signed in by a cookie there, so what the browser brings has to prove itself.

extension Endpoint where API == PublicAPI {
    /// Takes a form that another site's page has a browser post.
    package static func arrival<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, audit: Audit, limit: Int,
        errors: [ProblemType] = [], rate: RateClass,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, [UInt8]>) async throws -> Onward
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .nothing,
            .raw(["application/x-www-form-urlencoded"], limit: limit), .onward, summary: summary, permission: .public,
            audit: audit, errors: errors, rate: rate, isFromAnySite: true, handler: handler)
    }

    /// Takes a query that another site sent a browser here with, as it stands in the address.
    package static func arrival<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, audit: Audit,
        errors: [ProblemType] = [], rate: RateClass,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), String, Nothing>) async throws -> Onward
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .raw, .nothing, .onward, summary: summary,
            permission: .public, audit: audit, errors: errors, rate: rate, isFromAnySite: true, handler: handler)
    }
}

import HTTPTypes
package import Kernel

// The ways to declare an endpoint that takes query parameters, as a flat record.

extension Endpoint {
    /// Reads one thing, by a query.
    package static func get<each Part: WireValue, Query: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, query: Query.Type, returns: Result.Type, errors: [ProblemType] = [],
        rate: RateClass = .standard, stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Query, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .record(Query.self), .nothing, .value(Result.self),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }

    /// Lists things in pages, with parameters beside filter and sort: `call.query.page`, `call.query.parameters`.
    package static func list<each Part: WireValue, Query: WireValue, Row: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, query: Query.Type, by listing: Listing<Row>, errors: [ProblemType] = [],
        rate: RateClass = .standard,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), Filtered<Query>, Nothing>) async throws
            -> Rows<Row>
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), listing.query(and: Query.self), .nothing, listing.reply,
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, handler: handler)
    }

    /// Removes what a query names.
    package static func delete<each Part: WireValue, Query: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, query: Query.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Query, Nothing>) async throws -> Nothing
    ) -> Self {
        Endpoint(
            .delete, name, path, Parts(path, repeat each part), .record(Query.self), .nothing, .value(Nothing.self),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }

    /// Sends a file that a query chooses.
    package static func download<each Part: WireValue, Query: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, query: Query.Type, mediaType: String, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Query, Nothing>) async throws -> Download
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .record(Query.self), .nothing, .file(mediaType),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }
}

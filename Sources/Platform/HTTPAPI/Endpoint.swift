import HTTPTypes
package import Kernel

/// One endpoint, declared once: routing, authorization, OpenAPI, the CLI and the completeness tests read this value.
///
/// `Feature` is the facade whose use-cases the handler calls. It is passed in when the endpoint is mounted, so that
/// the list of endpoints exists without a database.
package struct Endpoint<API: Surface, Feature: Sendable>: Sendable {
    package internal(set) var operation: Operation
    let handle: @Sendable (Feature, Authenticated<API.Caller>, Incoming, RequestParser) async throws -> Outgoing
}

extension Endpoint {
    /// Reads one thing.
    package static func get<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, returns: Result.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .nothing, Nothing.self, .value(Result.self),
            summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, handler: handler)
    }

    /// Lists things in pages.
    package static func list<each Part: WireValue, Row: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, by listing: Listing<Row>, errors: [ProblemType] = [], rate: RateClass = .standard,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), PageRequest, Nothing>) async throws -> Rows<Row>
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), listing.query, Nothing.self,
            listing.reply,
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, handler: handler)
    }

    /// Creates a thing or makes something happen. Takes an Idempotency-Key.
    package static func post<each Part: WireValue, Body: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit,
        body: Body.Type, returns: Result.Type, status: Int? = nil, errors: [ProblemType] = [],
        rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Body>) async throws -> Result
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .nothing, Body.self, .value(Result.self, status: status),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }

    /// Makes something happen that needs no more words than its path.
    package static func post<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit,
        returns: Result.Type, status: Int? = nil, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .nothing, Nothing.self,
            .value(Result.self, status: status),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }

    /// Changes the fields that are present, if the version is still the one in If-Match.
    package static func patch<each Part: WireValue, Body: WireValue, Result: WireValue & Versioned>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit,
        body: Body.Type, returns: Result.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Body>) async throws -> Result
    ) -> Self {
        Endpoint(
            .patch, name, path, Parts(path, repeat each part), .nothing, Body.self, .value(Result.self),
            summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, precondition: .ifMatch,
            handler: handler)
    }

    /// Removes a thing.
    package static func delete<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit,
        errors: [ProblemType] = [], rate: RateClass = .standard, stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Nothing
    ) -> Self {
        Endpoint(
            .delete, name, path, Parts(path, repeat each part), .nothing, Nothing.self, .value(Nothing.self),
            summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, handler: handler)
    }

    /// Sends events (text/event-stream) until the client leaves.
    package static func events<each Part: WireValue, Event: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, of: Event.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws
            -> AsyncStream<Event>
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .nothing, Nothing.self, .events(of: Event.self),
            summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, handler: handler)
    }

    /// Sends a file.
    package static func download<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit,
        mediaType: String, errors: [ProblemType] = [], rate: RateClass = .standard, stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Download
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .nothing, Nothing.self, .file(mediaType), summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, handler: handler)
    }

    private init<Path: Sendable, Query: Sendable, Body: WireValue, Result: Sendable>(
        _ method: HTTPRequest.Method, _ name: String, _ path: String, _ parts: Parts<Path>, _ query: QueryReader<Query>,
        _ body: Body.Type, _ reply: Reply<Result>, summary: String, permission: Permission, audit: Audit,
        errors: [ProblemType], rate: RateClass, stepUp: StepUp = .none, precondition: Precondition = .none,
        handler: @escaping @Sendable (Feature, Call<API, Path, Query, Body>) async throws -> Result
    ) {
        let hasBody = Body.self != Nothing.self
        operation = Operation(
            name: name, method: method, path: API.base + path, summary: summary, permission: permission, audit: audit,
            stepUp: stepUp, rate: rate, precondition: precondition, parameters: parts.parameters + query.parameters,
            body: hasBody ? Body.schema.shape : nil, response: reply.response, hasETag: reply.hasETag,
            status: reply.status, errors: errors)
        handle = { feature, caller, request, parser in
            let call = Call<API, Path, Query, Body>(
                caller: caller.caller,
                now: parser.now,
                path: try parts.parse(request.path),
                query: try query.parse(request, caller.subject, parser),
                body: try parser.body(Body.self, of: request),
                version: try parser.version(precondition, of: request)
            )
            let result = try await handler(feature, call)
            return try reply.render(result, caller.subject, request, parser)
        }
    }
}

/// The endpoints of a feature, under one name and one path.
package struct EndpointGroup<API: Surface, Feature: Sendable>: Sendable {
    package let endpoints: [Endpoint<API, Feature>]

    package init(_ name: String, @EndpointList<API, Feature> endpoints: () -> [Endpoint<API, Feature>]) {
        self.endpoints = endpoints().map { endpoint in
            var endpoint = endpoint
            endpoint.operation.name = "\(name).\(endpoint.operation.name)"
            return endpoint
        }
    }

    package var operations: [Operation] { endpoints.map(\.operation) }
}

/// Lists endpoints, each type-checked on its own.
@resultBuilder
package enum EndpointList<API: Surface, Feature: Sendable> {
    package static func buildBlock(_ endpoint: Endpoint<API, Feature>...) -> [Endpoint<API, Feature>] { endpoint }
}

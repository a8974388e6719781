import HTTPTypes
package import Kernel

/// One endpoint, declared once: routing, authorization, OpenAPI, the CLI and the completeness tests read this value.
///
/// `Feature` is the facade whose use-cases the handler calls. It is passed in when the endpoint is mounted, so that
/// the list of endpoints exists without a database. The ways to make one are in `Endpoint+Factories.swift`.
package struct Endpoint<API: Surface, Feature: Sendable>: Sendable {
    package internal(set) var operation: Operation
    let handle: @Sendable (Feature, Admitted<API>) async throws -> Outgoing
    /// Why a tenant's callers are turned away at the door just now, all of them.
    package private(set) var turnsAway: (@Sendable (Feature, TenantID) -> Problem?)?

    init<Path: Sendable, Query: Sendable, Body: Sendable, Result: Sendable>(
        _ method: HTTPRequest.Method, _ name: String, _ path: String, _ parts: Parts<Path>, _ query: QueryReader<Query>,
        _ body: BodyReader<Body>, _ reply: Reply<Result>, summary: String, permission: Permission, audit: Audit,
        errors: [ProblemType], rate: RateClass, stepUp: StepUp = .none, precondition: Precondition = .none,
        idempotency: Idempotency = .off(because: "only POST takes a key"), isFromAnySite: Bool = false,
        handler: @escaping @Sendable (Feature, Call<API, Path, Query, Body>) async throws -> Result
    ) {
        operation = Operation(
            name: name, method: method, path: API.base + path, summary: summary, host: API.host,
            permission: permission, audit: audit, stepUp: stepUp, rate: rate, precondition: precondition,
            idempotency: API.isKeyed ? idempotency : .off(because: "the caller has no keys of its own"),
            parameters: parts.parameters + query.parameters, body: body.kind, bodyLimit: body.limit,
            response: reply.response, hasETag: reply.hasETag, status: reply.status, errors: errors,
            isFromAnySite: isFromAnySite)
        handle = { feature, admitted in
            let request = admitted.request
            let call = Call<API, Path, Query, Body>(
                caller: admitted.authenticated.caller,
                permissions: admitted.authenticated.permissions,
                request: request.facts,
                now: admitted.parser.now,
                path: try parts.parse(request.path),
                query: try query.parse(request, admitted.authenticated.subject, admitted.parser),
                body: try body.read(request),
                rawBody: request.body,
                version: try admitted.parser.version(precondition, of: request),
                audit: admitted.audit,
                stepUp: admitted.authenticated.stepUp(at: admitted.parser.now),
                response: admitted.response
            )
            let result = try await handler(feature, call)
            return try reply.render(result, admitted.authenticated.subject, request, admitted.parser)
        }
    }

    /// The same, with somebody at the door who turns callers away while there is no room for them. Nothing is done for a
    /// request then, not even to find out whose it is, or how many came before: in a flood that is what nearly all get.
    package func turningAway(_ reason: @escaping @Sendable (Feature, TenantID) -> Problem?) -> Endpoint {
        var endpoint = self
        endpoint.turnsAway = reason
        return endpoint
    }
}

/// A request that the gate let in, with what its handler needs.
struct Admitted<API: Surface>: Sendable {
    let request: Incoming
    let authenticated: Authenticated<API.Caller>
    let parser: RequestParser
    let audit: AuditDraft
    let response: ResponseDraft
}

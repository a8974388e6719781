import HTTPTypes
package import Kernel

// The ways to declare an endpoint. None has a default for the permission, and what changes something has none for the
// audit: both are decided by whoever declares it, and the compiler asks.

extension Endpoint {
    /// Reads one thing.
    package static func get<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, returns: Result.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .nothing, .nothing, .value(Result.self), summary: summary,
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
            .get, name, path, Parts(path, repeat each part), listing.query, .nothing, listing.reply, summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, handler: handler)
    }

    /// Creates a thing or makes something happen. Takes an Idempotency-Key.
    package static func post<each Part: WireValue, Body: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, body: Body.Type, returns: Result.Type, status: Int? = nil, errors: [ProblemType] = [],
        rate: RateClass = .standard, stepUp: StepUp = .none, idempotency: Idempotency = .keyed,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Body>) async throws -> Result
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .nothing, .json(Body.self),
            .value(Result.self, status: status), summary: summary, permission: permission, audit: audit, errors: errors,
            rate: rate, stepUp: stepUp, idempotency: idempotency, handler: handler)
    }

    /// Makes something happen that needs no more words than its path. Takes an Idempotency-Key.
    package static func post<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, returns: Result.Type, status: Int? = nil, errors: [ProblemType] = [],
        rate: RateClass = .standard, stepUp: StepUp = .none, idempotency: Idempotency = .keyed,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .nothing, .nothing, .value(Result.self, status: status),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            idempotency: idempotency, handler: handler)
    }

    /// Puts a whole thing in the place that the path names; a repeat changes nothing more.
    package static func put<each Part: WireValue, Body: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, body: Body.Type, returns: Result.Type, status: Int? = nil, precondition: Precondition = .none,
        errors: [ProblemType] = [], rate: RateClass = .standard, stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Body>) async throws -> Result
    ) -> Self {
        Endpoint(
            .put, name, path, Parts(path, repeat each part), .nothing, .json(Body.self),
            .value(Result.self, status: status), summary: summary, permission: permission, audit: audit, errors: errors,
            rate: rate, stepUp: stepUp, precondition: precondition, handler: handler)
    }

    /// Puts something in the place that the path names, which says all there is to say.
    package static func put<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, returns: Result.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .put, name, path, Parts(path, repeat each part), .nothing, .nothing, .value(Result.self), summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, handler: handler)
    }

    /// Changes the fields that are present, if the version is still the one in If-Match.
    package static func patch<each Part: WireValue, Body: WireValue, Result: WireValue & Versioned>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, body: Body.Type, returns: Result.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Body>) async throws -> Result
    ) -> Self {
        Endpoint(
            .patch, name, path, Parts(path, repeat each part), .nothing, .json(Body.self), .value(Result.self),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            precondition: .ifMatch, handler: handler)
    }

    /// Removes a thing.
    package static func delete<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, errors: [ProblemType] = [], rate: RateClass = .standard, stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Nothing
    ) -> Self {
        Endpoint(
            .delete, name, path, Parts(path, repeat each part), .nothing, .nothing, .value(Nothing.self),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }
}

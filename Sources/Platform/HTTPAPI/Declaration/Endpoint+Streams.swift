import HTTPTypes
package import Kernel

// The ways to declare an endpoint that carries bytes or events. None has a default for the permission, and what changes something has none for the
// audit: both are decided by whoever declares it, and the compiler asks.

extension Endpoint {
    /// Sends events (text/event-stream) until the client leaves; the server keeps the connection warm.
    package static func events<each Part: WireValue, Event: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, of: Event.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws
            -> AsyncStream<ServerSent<Event>>
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .nothing, .nothing, .events(of: Event.self),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, handler: handler)
    }

    /// Sends a file.
    package static func download<each Part: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, mediaType: String, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, Nothing>) async throws -> Download
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .nothing, .nothing, .file(mediaType), summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, handler: handler)
    }

    /// Takes a file whole, by PUT as application/octet-stream, up to `limit` bytes.
    package static func upload<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, limit: Int, returns: Result.Type, errors: [ProblemType] = [], rate: RateClass = .standard,
        stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, [UInt8]>) async throws -> Result
    ) -> Self {
        Endpoint(
            .put, name, path, Parts(path, repeat each part), .nothing,
            .raw(["application/octet-stream"], limit: limit), .value(Result.self), summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp, handler: handler)
    }

    /// Takes a message whose bytes are signed, as messengers send them: by POST, unparsed.
    package static func receive<each Part: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit, mediaTypes: [String], limit: Int = 256 << 10, returns: Result.Type, errors: [ProblemType] = [],
        rate: RateClass = .standard,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Nothing, [UInt8]>) async throws -> Result
    ) -> Self {
        Endpoint(
            .post, name, path, Parts(path, repeat each part), .nothing, .raw(mediaTypes, limit: limit),
            .value(Result.self), summary: summary, permission: permission, audit: audit, errors: errors, rate: rate,
            idempotency: .off(because: "the sender repeats by its own rules"), handler: handler)
    }
}

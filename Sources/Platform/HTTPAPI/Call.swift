package import FoundationEssentials
package import Kernel

/// What a handler gets: who calls, when, and the parsed parts of the request.
package struct Call<API: Surface, Path: Sendable, Query: Sendable, Body: Sendable>: Sendable {
    package let caller: API.Caller
    package let now: Date
    package let path: Path
    package let query: Query
    package let body: Body
    /// The version named by If-Match, where the endpoint asks for one.
    package let version: Int?
}

extension Call where API == TenantAPI {
    package var scope: TenantScope { caller.scope }
    package var actor: Actor { caller.actor }
}

/// No body, no query, or no result.
package struct Nothing: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {}

    package init() {}
}

/// A representation with a version, from which its ETag is made.
package protocol Versioned {
    var version: Int { get }
}

package import HTTPTypes
package import Kernel

/// A routed request as a plain value: the pipeline knows no server and needs none in tests.
package struct Incoming: Sendable {
    package let method: HTTPRequest.Method
    /// The values of the template's parts, in its order.
    package let path: [String]
    package let query: [(name: String, value: String)]
    /// The query as it stands in the address, for signatures over it.
    package let rawQuery: String
    package let headers: HTTPFields
    package let body: [UInt8]
    package let facts: RequestFacts
    /// The tenant whose host was called.
    package let tenant: TenantScope?
    package let hostKind: HostKind

    package init(
        method: HTTPRequest.Method, path: [String] = [], query: [(name: String, value: String)] = [],
        rawQuery: String = "", body: [UInt8] = [], facts: RequestFacts, host: HostOwner
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.rawQuery = rawQuery
        self.headers = facts.headers
        self.body = body
        self.facts = facts
        switch host {
        case .tenant(let scope): (tenant, hostKind) = (scope, .tenant)
        case .provider: (tenant, hostKind) = (nil, .provider)
        case .workers: (tenant, hostKind) = (nil, .worker)
        case .signUp: (tenant, hostKind) = (nil, .signUp)
        case .unknown: (tenant, hostKind) = (nil, .any)
        }
    }
}

/// Whose host a request names.
package enum HostOwner: Sendable, Equatable {
    case tenant(TenantScope)
    case provider
    /// The name under which gateway workers reach the server.
    case workers
    /// The name under which companies sign themselves up.
    case signUp
    case unknown
}

/// A response as a plain value, its body in memory or produced while it is sent.
package struct Outgoing: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Calls `write` once per piece; throws when the client has left.
        case stream(length: Int?, @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void)
    }

    package var status: Int
    package var headers: HTTPFields
    package var body: Body
    /// The problem that it tells, for metrics and logs.
    package var problem: ProblemType? { told?.type }
    private(set) var told: Problem?

    package init(status: Int, headers: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ status: Int, _ bytes: [UInt8], headers: HTTPFields = [:]) -> Outgoing {
        var headers = headers
        headers[.contentType] = "application/json"
        return Outgoing(status: status, headers: headers, body: .bytes(bytes))
    }

    /// A problem, rendered in the one place that does so.
    package static func problem(_ problem: Problem, traceID: String) -> Outgoing {
        var headers = problem.headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        var outgoing = Outgoing(
            status: problem.type.status, headers: headers, body: .bytes(problem.body(traceID: traceID).bytes))
        outgoing.told = problem
        return outgoing
    }

    /// The same answer as the programs expect it that provision people (RFC 7644, 3.12).
    func toldAsSCIM() -> Outgoing {
        guard let told else { return self }
        var outgoing = self
        outgoing.status = told.scimStatus
        outgoing.headers[.contentType] = "application/scim+json"
        outgoing.body = .bytes(told.scimBody.bytes)
        return outgoing
    }
}

extension HTTPField.Name {
    package static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    package static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
    package static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    package static let lastEventID = HTTPField.Name("Last-Event-ID")!
}

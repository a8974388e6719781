/// A request as its author means it. Nothing is checked before it is sent, except for the URL.
package struct OutboundRequest: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What a redirect does.
    package enum Redirects: Sendable, Hashable {
        /// The 3xx answer is the response.
        case returned
        /// At most so many are followed, only by GET and HEAD, never from `https` to `http`; each hop passes the egress
        /// policy, and another host and port is told nothing of the headers but `Accept` and `User-Agent`.
        case followed(atMost: Int)
    }

    package var method: Method
    package var url: OutboundURL
    package var headers: OutboundHeaders
    /// Sent with its length; GET and HEAD have none.
    package var body: [UInt8]
    /// Until a connection stands, TLS included.
    package var connectTimeout: Duration
    /// From `send` to the last byte of the response, redirects included. A stream has no such end.
    package var timeout: Duration
    /// A longer response is an error, not a cut one.
    package var maxResponseBytes: Int
    package var redirects: Redirects
    /// What an administrator has opened for this request, on top of the client's egress policy.
    package var opened: Set<HostPort>

    package init(
        _ method: Method = .get, _ url: OutboundURL, headers: OutboundHeaders = [:], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(15), maxResponseBytes: Int = 1 << 20,
        redirects: Redirects = .returned, opened: Set<HostPort> = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
        self.redirects = redirects
        self.opened = opened
    }
}

extension OutboundRequest {
    /// Refuses what could not be sent as it is meant, before anything is resolved or connected.
    func check() throws(OutboundError) {
        for field in headers.fields {
            // The name of a malformed field may itself be the attack, so the error carries it only when it is a token.
            guard field.isWellFormed else { throw .invalidRequest(.header) }
            guard !field.isReserved else { throw .invalidRequest(.reservedHeader(field.name)) }
        }
        guard headers.fields.count <= 100 else { throw .invalidRequest(.header) }
        let hasNoBody = method == .get || method == .head
        guard body.isEmpty || !hasNoBody else { throw .invalidRequest(.bodyNotAllowed) }
        if case .followed = redirects, !hasNoBody { throw .invalidRequest(.redirectsOfBody) }
    }
}

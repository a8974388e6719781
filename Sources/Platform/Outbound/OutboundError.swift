/// Why an exchange did not happen. Each description says what to do, and none holds a secret: of a URL it shows host
/// and port only.
package enum OutboundError: Error, Sendable, Hashable {
    /// The request cannot be sent as it is; trying again changes nothing.
    case invalidRequest(InvalidRequest)
    /// The egress policy closes this destination: it is on a private or reserved network.
    case destinationRefused(HostPort)
    case nameNotFound(HostPort)
    /// Nothing listens there, or the network does not lead there.
    case notConnected(HostPort)
    case tls(HostPort, TLSFailure)
    case timedOut(HostPort, Phase)
    /// The other side broke off or does not speak HTTP. It may have acted on the request.
    case brokenOff(HostPort)
    case responseTooLarge(HostPort, limit: Int)
    /// A redirect leads from `https` to `http`, to no valid URL, or there are too many.
    case redirectRefused(HostPort)
    /// A mail server's reply, its refusal of the login, and that it offers no encryption: see `MailError`.
    case mailRefused(HostPort, code: Int)
    case mailLoginRefused(HostPort)
    case mailNotEncrypted(HostPort)
    /// The calling task was cancelled.
    case cancelled
    /// The client has been shut down.
    case stopped
    /// libcurl failed in a way that nothing here expects.
    case unexpected(HostPort, code: Int)

    package enum InvalidRequest: Sendable, Hashable {
        case url, credentialsInURL, header, reservedHeader(String), bodyNotAllowed, redirectsOfBody
    }
    package enum TLSFailure: Sendable, Hashable {
        case untrusted, handshake
    }
    package enum Phase: String, Sendable, Hashable {
        case connecting, answering, idle
    }
}

extension OutboundError {
    /// Whether the same request may succeed later without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .nameNotFound, .notConnected, .timedOut, .brokenOff, .stopped, .unexpected: true
        case .tls(_, let failure): failure == .handshake
        case .invalidRequest, .destinationRefused, .responseTooLarge, .redirectRefused, .cancelled, .mailRefused,
            .mailLoginRefused, .mailNotEncrypted:
            false
        }
    }
}

extension OutboundError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidRequest(let reason): reason.description
        case .destinationRefused(let host):
            "\(host) is on a private or reserved network: an administrator can open exactly this host and port"
        case .nameNotFound(let host): "no address is known for \(host): check the name and this machine's DNS"
        case .notConnected(let host): "\(host) does not accept connections: check that it runs and that firewalls agree"
        case .tls(let host, .untrusted):
            "the certificate of \(host) is not trusted: it needs the right name, a valid date and a known authority"
        case .tls(let host, .handshake): "\(host) does not agree on TLS 1.2 or later: check the scheme and the port"
        case .timedOut(let host, .connecting): "\(host) did not accept a connection in time"
        case .timedOut(let host, .answering): "\(host) did not answer in time"
        case .timedOut(let host, .idle): "\(host) has gone silent"
        case .brokenOff(let host): "\(host) broke off or does not speak HTTP; it may have acted on the request"
        case .responseTooLarge(let host, let limit): "the response of \(host) is larger than \(limit) bytes"
        case .redirectRefused(let host):
            "\(host) redirects in a way that is not followed: give the final address, with https"
        case .mailRefused(let host, let code): "\(host) answered \(code)"
        case .mailLoginRefused(let host): "\(host) refuses the login"
        case .mailNotEncrypted(let host): "\(host) offers no STARTTLS"
        case .cancelled: "the request was cancelled"
        case .stopped: "the HTTP client has been shut down"
        case .unexpected(let host, let code): "the request to \(host) failed (libcurl error \(code))"
        }
    }
}

extension OutboundError.InvalidRequest: CustomStringConvertible {
    package var description: String {
        switch self {
        case .url: "the URL must be http or https with a host, in printable ASCII, at most 8,192 characters"
        case .credentialsInURL: "the URL must not contain a user or a password: use a header"
        case .header: "a header needs a token as its name and one line of text as its value"
        case .reservedHeader(let name): "the header \(name) belongs to the connection and is set by the client"
        case .bodyNotAllowed: "GET and HEAD have no body"
        case .redirectsOfBody: "redirects are followed only by GET and HEAD"
        }
    }
}

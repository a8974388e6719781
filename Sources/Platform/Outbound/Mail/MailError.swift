/// Why a mail was not taken. No description holds a secret, or more of the mail than the server's name.
package enum MailError: Error, Sendable, Hashable {
    case invalidAddress
    case invalidServer
    /// A line too long or a bare line feed: the message was put together wrongly.
    case invalidMessage
    /// The server did not take it, with a reply of RFC 5321: 4xx for now, 5xx for good.
    case refused(HostPort, code: Int)
    /// It does not know the login.
    case loginRefused(HostPort)
    /// It offers no STARTTLS, and without it nothing is sent.
    case noEncryption(HostPort)
    /// Mail would go there without encryption, and nobody has opened that host for it.
    case notOpened(HostPort)
    /// It could not be reached or broke off.
    case transport(OutboundError)
}

extension MailError {
    /// Whether the same mail may go through later without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .refused(_, let code): code < 500
        // Somebody may be changing the password or the server right now: the mail waits.
        case .loginRefused, .noEncryption, .notOpened: true
        case .transport(let error): error.isTransient
        case .invalidAddress, .invalidServer, .invalidMessage: false
        }
    }
}

extension MailError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidAddress: "the address is not one that mail can be sent to"
        case .invalidServer: "the mail server needs a host, a port, and a login without control characters"
        case .invalidMessage: "the message has a line that is too long or not ended by CR LF"
        case .refused(let host, let code): "\(host) does not take the mail: it answered \(code)"
        case .loginRefused(let host): "\(host) refuses the login: check user and password of the mail server"
        case .noEncryption(let host): "\(host) offers no STARTTLS: use tls, or none for a relay on this machine"
        case .notOpened(let host):
            "mail goes to \(host) without encryption only if an administrator has opened exactly this host and port"
        case .transport(let error): "\(error)"
        }
    }
}

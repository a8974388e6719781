package import Outbound

/// Why a directory did not do what it was asked. Descriptions are for administrators: people who sign in see none.
package enum LDAPError: Error, Sendable, Hashable {
    /// No connection: the name, the network, or the egress policy.
    case unreachable(OutboundError)
    /// The connection could not be encrypted, or the certificate is not the right one.
    case notEncrypted(String)
    /// No answer in time.
    case timedOut
    /// The server hung up or does not speak LDAP.
    case brokenOff(String)
    /// The server answered with a code of its own (RFC 4511 §4.1.9) and a text.
    case refused(code: Int, String)
    /// It answered something else than what was asked.
    case protocolViolation(String)
    /// It sends us to another server; nobody is followed there.
    case referral
    /// More than was asked for.
    case tooMuch
    /// Whoever asked does not want to know any more.
    case notTaken
    /// None of the servers did; what each of them said.
    case noServer([LDAPAttempt])

    /// Whether another server of the same directory may do better.
    package var isOfServer: Bool {
        switch self {
        case .unreachable, .notEncrypted, .timedOut, .brokenOff, .protocolViolation: true
        // busy, unavailable, unwilling to perform, other
        case .refused(let code, _): [51, 52, 53, 80].contains(code)
        case .referral, .tooMuch, .notTaken, .noServer: false
        }
    }
}

/// What became of one server.
package struct LDAPAttempt: Sendable, Hashable {
    package let server: HostPort
    /// Nil if it served.
    package let error: LDAPError?
    package let took: Duration
}

extension LDAPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let error): "\(error)"
        case .notEncrypted(let reason): "no encrypted connection: \(reason)"
        case .timedOut: "no answer in time"
        case .brokenOff(let reason): "the server broke off: \(reason)"
        case .refused(let code, let text):
            text.isEmpty ? "refused with code \(code)" : "refused with code \(code): \(text)"
        case .protocolViolation(let what): "the server does not keep to the protocol: \(what)"
        case .referral: "the server refers to another one, which is not followed"
        case .tooMuch: "the server returned more than was asked for"
        case .notTaken: "given up half-way"
        case .noServer(let attempts):
            attempts.map { "\($0.server): \($0.error.map { "\($0)" } ?? "served")" }.joined(separator: "; ")
        }
    }
}

package import Outbound

/// Why a server did not answer. Descriptions are for administrators: people who sign in see none.
package enum RADIUSError: Error, Sendable, Hashable {
    /// No address for it, or the egress policy closes it.
    case unreachable(OutboundError)
    /// Nothing listens there, or the network does not lead there.
    case notThere
    case timedOut
    /// No TLS with it: its certificate does not count, or ours does not to it.
    case untrusted(String)
    /// It ended the connection behind the handshake, as TLS 1.3 does with a certificate of ours that it does not take.
    case hungUp
    /// Something came, and nothing of it could be believed; the last reason.
    case unbelievable(RADIUSFault)
    /// None of the servers answered; what became of each.
    case noServer([RADIUSAttempt])

    /// Whether the request may have come to a server all the same.
    package var mayHaveBeenHeard: Bool {
        switch self {
        case .unreachable, .notThere, .untrusted: false
        case .timedOut, .hungUp, .unbelievable: true
        case .noServer(let attempts): attempts.contains { $0.error?.mayHaveBeenHeard ?? true }
        }
    }
}

/// Why a datagram was not believed. It is dropped, and the answer waited for (RFC 5080 §2.2.3): otherwise whoever can
/// send datagrams could end every sign-in.
package enum RADIUSFault: Error, Sendable, Hashable {
    case malformed
    /// Not to this request.
    case otherRequest
    case noMessageAuthenticator
    case wrongMessageAuthenticator
    case wrongAuthenticator
    /// It does not know the password that it accepts.
    case wrongProof
    /// Signed, and nothing that answers the request.
    case unexpected
}

/// What became of one server.
package struct RADIUSAttempt: Sendable, Hashable {
    package let server: HostPort
    /// Nil if it answered.
    package let error: RADIUSError?
    package let took: Duration
}

extension RADIUSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let error): "\(error)"
        case .notThere: "nothing answers on this port"
        case .timedOut: "no answer in time: servers are silent too if the secret or this client's address is not theirs"
        case .untrusted(let reason): reason
        case .hungUp: "the server has ended the connection: perhaps it does not take our certificate"
        case .unbelievable(let fault): "no answer that can be believed: \(fault)"
        case .noServer(let attempts):
            attempts.map { "\($0.server): \($0.error.map { "\($0)" } ?? "answered")" }.joined(separator: "; ")
        }
    }
}

extension RADIUSFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "it is no RADIUS packet"
        case .otherRequest: "it answers another request"
        case .noMessageAuthenticator:
            "it has no Message-Authenticator; the server must send one in every answer (CVE-2024-3596)"
        case .wrongMessageAuthenticator: "its Message-Authenticator does not fit: the secrets differ"
        case .wrongAuthenticator: "its authenticator does not fit: the secrets differ"
        case .wrongProof: "it accepts a password that it does not know (MS-CHAP2-Success)"
        case .unexpected: "it is no answer to a password"
        }
    }
}

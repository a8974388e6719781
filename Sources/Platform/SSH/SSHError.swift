import Glibc

/// What can go wrong with an SSH connection, in words that can be shown to a person.
package enum SSHError: Error, Equatable, CustomStringConvertible {
    /// An operating system call failed.
    case system(String, Int32)
    /// libssh, or the peer by its words, says what went wrong.
    case protocolFailure(String)
    /// Nothing could be reached.
    case unreachable(String)
    /// The other side, or we, ended the connection.
    case closed(String)
    case timedOut(String)
    /// The target's key is not the one on record.
    case hostKeyRefused(HostKeyRefusal)
    /// The target did not accept the credential.
    case authenticationRefused(String)
    /// A key that cannot be read, or is not acceptable.
    case badKey(String)

    package var description: String {
        switch self {
        case .system(let what, let number): "\(what): \(String(cString: strerror(number)))"
        case .protocolFailure(let text), .unreachable(let text), .closed(let text), .timedOut(let text),
            .authenticationRefused(let text), .badKey(let text):
            text
        case .hostKeyRefused(let refusal): refusal.description
        }
    }
}

/// A host key that was shown but is not on record.
package struct HostKeyRefusal: Error, Equatable, CustomStringConvertible {
    package let shown: SSHPublicKey
    package let pinned: [SSHPublicKey]

    package var description: String {
        if pinned.isEmpty {
            return "no host key is on record for this host; it shows \(shown.algorithm) \(shown.fingerprint)"
        }
        let known = pinned.map { "\($0.algorithm) \($0.fingerprint)" }.joined(separator: ", ")
        return "THE HOST KEY HAS CHANGED: it shows \(shown.algorithm) \(shown.fingerprint), on record is \(known)"
    }
}

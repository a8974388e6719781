/// Why a key or a certificate is not used.
package enum SAMLKeyError: Error, Sendable, Hashable {
    case notACertificate
    case notAPrivateKey
    /// RSA below 2048 bits, or a curve other than P-256, P-384 and P-521.
    case weak
    /// Certificate and private key do not belong together.
    case notAPair
    /// The library failed: no memory, no randomness.
    case library
}

extension SAMLKeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notACertificate: "this is not an X.509 certificate"
        case .notAPrivateKey: "this is not an RSA private key"
        case .weak: "the key is too weak: RSA needs 2048 to 8192 bits, and curves are P-256, P-384 and P-521"
        case .notAPair: "the certificate is not for this private key"
        case .library: "the cryptographic library failed"
        }
    }
}

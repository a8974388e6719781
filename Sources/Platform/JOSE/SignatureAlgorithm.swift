import Crypto
import Cryptography

/// The signatures that count. There is no `none` and no HMAC: a public key is never taken for a shared secret, because
/// nothing here could do so (RFC 8725 §3.1).
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"
}

extension SignatureAlgorithm {
    /// The left half of the hash that goes with the algorithm, as `at_hash` has it (OpenID Connect Core §3.1.3.6).
    package func halfHash(of text: String) -> String {
        let bytes = Array(text.utf8)
        let hash = self == .edDSA ? Array(SHA512.hash(data: bytes)) : Array(SHA256.hash(data: bytes))
        return Base64URL.encode(hash.prefix(hash.count / 2))
    }
}

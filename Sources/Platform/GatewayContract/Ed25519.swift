import Cryptography

/// Checking of Ed25519 signatures (RFC 8032).
package enum Ed25519 {
    /// False for a wrong signature, and for a key that is none.
    package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        VerifyingKey(bytes: publicKey)?.isValid(signature, for: message) ?? false
    }
}

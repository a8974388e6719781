import Crypto

/// Checking of Ed25519 signatures (RFC 8032).
package enum Ed25519 {
    /// False for a wrong signature, and for a key that is none.
    package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

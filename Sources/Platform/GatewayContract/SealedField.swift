import Cryptography
package import Kernel

/// A field that only one worker can read: HPKE base mode (RFC 9180) with X25519-HKDF-SHA256, HKDF-SHA256 and
/// AES-256-GCM. The info is the session's id and the associated data is the field, so that neither can be moved to
/// another session nor to the other field.
package enum SealedField: String, Sendable {
    case secret
    case recordingKey = "recording-key"

    /// The encapsulated key and the ciphertext.
    package func seal(_ plaintext: [UInt8], to sealingKey: [UInt8], session: SessionID) throws -> Bytes {
        guard let key = SealingPublicKey(bytes: sealingKey) else { throw SealError.key }
        return Bytes(
            try HPKESealer.seal(plaintext, to: key, info: session.text, associated: Array(rawValue.utf8)))
    }

    /// The plaintext, if it was sealed to this key for this field of this session.
    package func open(_ sealed: Bytes, with privateKey: [UInt8], session: SessionID) throws -> [UInt8] {
        try HPKESealer.open(
            sealed.value, with: try SealingPrivateKey(bytes: privateKey), info: session.text,
            associated: Array(rawValue.utf8))
    }
}

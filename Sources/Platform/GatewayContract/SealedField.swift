import Crypto
import FoundationEssentials
package import Kernel

/// A field that only one worker can read: HPKE base mode (RFC 9180) with X25519-HKDF-SHA256, HKDF-SHA256 and
/// AES-256-GCM. The info is the session's id and the associated data is the field, so that neither can be moved to
/// another session nor to the other field.
package enum SealedField: String, Sendable {
    case secret
    case recordingKey = "recording-key"

    private static let encapsulatedBytes = 32
    private static let suite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)

    /// The encapsulated key and the ciphertext.
    package func seal(_ plaintext: [UInt8], to sealingKey: [UInt8], session: SessionID) throws -> Bytes {
        let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: sealingKey)
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: Self.suite, info: Data(session.text.utf8))
        let ciphertext = try sender.seal(plaintext, authenticating: Data(rawValue.utf8))
        return Bytes(Array(sender.encapsulatedKey) + Array(ciphertext))
    }

    /// The plaintext, if it was sealed to this key for this field of this session.
    package func open(_ sealed: Bytes, with privateKey: [UInt8], session: SessionID) throws -> [UInt8] {
        let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey)
        var recipient = try HPKE.Recipient(
            privateKey: key, ciphersuite: Self.suite, info: Data(session.text.utf8),
            encapsulatedKey: Data(sealed.value.prefix(Self.encapsulatedBytes)))
        let ciphertext = Data(sealed.value.dropFirst(Self.encapsulatedBytes))
        return Array(try recipient.open(ciphertext, authenticating: Data(rawValue.utf8)))
    }
}

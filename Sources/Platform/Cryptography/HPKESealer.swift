import Crypto
import FoundationEssentials

/// HPKE in base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; one message per encapsulation.
///
/// A sealed message is the encapsulated key (32 bytes) ‖ ciphertext ‖ tag.
package enum HPKESealer {
    private static let encapsulatedBytes = 32

    fileprivate static var suite: HPKE.Ciphersuite {
        HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    }

    /// `info` binds the message to what it is for (a session id); whoever opens it must name the same.
    package static func seal(
        _ plaintext: [UInt8], to recipient: SealingPublicKey, info: String, associated: [UInt8] = []
    ) throws -> [UInt8] {
        var sender = try HPKE.Sender(recipientKey: recipient.key, ciphersuite: suite, info: Data(info.utf8))
        let ciphertext = try sender.seal(plaintext, authenticating: associated)
        return Array(sender.encapsulatedKey) + ciphertext
    }

    package static func open(
        _ sealed: [UInt8], with key: SealingPrivateKey, info: String, associated: [UInt8] = []
    ) throws(SealError) -> [UInt8] {
        guard sealed.count >= encapsulatedBytes + DataKey.tagBytes else { throw .opening }
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key.key, ciphersuite: suite, info: Data(info.utf8),
                encapsulatedKey: Data(sealed.prefix(encapsulatedBytes)))
            return try Array(recipient.open(Array(sealed.dropFirst(encapsulatedBytes)), authenticating: associated))
        } catch {
            throw .opening
        }
    }
}

/// An X25519 key that opens what was sealed to it.
package struct SealingPrivateKey: Sendable {
    fileprivate let key: Curve25519.KeyAgreement.PrivateKey

    /// A fresh key.
    package init() {
        key = Curve25519.KeyAgreement.PrivateKey()
    }

    /// A stored key: its 32 bytes.
    package init(bytes: some Collection<UInt8>) throws(SealError) {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: Array(bytes)) else { throw .key }
        self.key = key
    }

    /// The raw key, to be sealed and then forgotten.
    package func reveal() -> SecretBytes { SecretBytes(key.rawRepresentation) }

    package var publicKey: SealingPublicKey { SealingPublicKey(key.publicKey) }
}

extension SealingPrivateKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An X25519 key that others seal to. Its text form is base64url of the 32 bytes.
package struct SealingPublicKey: Sendable {
    fileprivate let key: Curve25519.KeyAgreement.PublicKey

    fileprivate init(_ key: Curve25519.KeyAgreement.PublicKey) {
        self.key = key
    }

    /// Takes the 32 raw bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: Array(bytes)) else { return nil }
        self.key = key
    }

    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] { Array(key.rawRepresentation) }
    package var text: String { Base64URL.encode(bytes) }
}

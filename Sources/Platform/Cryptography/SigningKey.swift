import Crypto

/// An Ed25519 key that signs.
package struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A fresh key.
    package init() {
        key = Curve25519.Signing.PrivateKey()
    }

    /// A stored key: its 32-byte seed.
    package init(seed: some Collection<UInt8>) throws(SealError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: Array(seed)) else { throw .key }
        self.key = key
    }

    /// The seed, to be sealed and then forgotten.
    package func reveal() -> SecretBytes { SecretBytes(key.rawRepresentation) }

    package func sign(_ message: [UInt8]) throws -> [UInt8] { try Array(key.signature(for: message)) }

    package var verifyingKey: VerifyingKey { VerifyingKey(key.publicKey) }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An Ed25519 key that verifies. Its text form is base64url of the 32 bytes.
package struct VerifyingKey: Sendable, Equatable {
    package let bytes: [UInt8]

    fileprivate init(_ key: Curve25519.Signing.PublicKey) {
        bytes = Array(key.rawRepresentation)
    }

    /// Takes the 32 raw bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads base64url or base64 of the raw bytes, or a PEM block as `openssl pkey -pubout` writes it.
    package init?(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        if lines.first == "-----BEGINPUBLICKEY-----", lines.last == "-----ENDPUBLICKEY-----" {
            guard let der = Base64.decode(lines.dropFirst().dropLast().joined()), der.starts(with: Self.spki) else {
                return nil
            }
            self.init(bytes: der.dropFirst(Self.spki.count))
        } else {
            guard lines.count == 1, let bytes = Base64URL.decode(lines[0]) ?? Base64.decode(lines[0]) else {
                return nil
            }
            self.init(bytes: bytes)
        }
    }

    package var text: String { Base64URL.encode(bytes) }

    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == 64, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
            return false
        }
        return key.isValidSignature(signature, for: message)
    }

    // RFC 8410: SubjectPublicKeyInfo of an Ed25519 key is this and the 32 bytes.
    private static let spki: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
}

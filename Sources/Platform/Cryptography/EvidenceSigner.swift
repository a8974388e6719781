/// A tenant's evidence key with the id that receipts name it by.
package struct EvidenceSigner: Sendable {
    package let id: String
    private let key: SigningKey

    package init(id: String, key: SigningKey) {
        self.id = id
        self.key = key
    }

    /// The key named after itself: `ed25519:` and the first half of the hash of its public part.
    package init(key: SigningKey) {
        self.init(id: Self.id(of: key.verifyingKey), key: key)
    }

    package var verifyingKey: VerifyingKey { key.verifyingKey }

    package func sign(_ message: [UInt8]) throws -> [UInt8] { try key.sign(message) }

    package static func id(of key: VerifyingKey) -> String {
        "ed25519:" + Base64URL.encode(Hash256.of(key.bytes).bytes.prefix(16))
    }
}

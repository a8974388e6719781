package import Cryptography
package import Kernel

/// The key of one recording: in memory, wrapped in the header, and nowhere else.
package struct RecordingKey: Sendable {
    let key: DataKey

    /// A fresh key.
    package init() {
        key = DataKey()
    }

    /// A key that came sealed: its 32 bytes.
    package init(bytes: some Collection<UInt8>) throws(SealError) {
        key = try DataKey(bytes)
    }

    /// A key as `gatehouse recording-key` prints it: base64url.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), let key = try? DataKey(bytes) else { return nil }
        self.key = key
    }

    /// A key as the header holds it.
    package init(unwrapping wrapped: [UInt8], by tenantKey: TenantKey, recording: RecordingID) throws(SealError) {
        key = try DataKey(tenantKey.open(wrapped, associated: Array(recording.text.utf8)))
    }

    /// What the header holds: nonce ‖ ciphertext ‖ tag, bound to the recording's id.
    package func wrapped(by tenantKey: TenantKey, recording: RecordingID) throws -> [UInt8] {
        try key.reveal().withBytes { try tenantKey.seal(Array($0), associated: Array(recording.text.utf8)) }
    }

    /// The raw key, to be sealed to a worker or handed to an auditor.
    package func reveal() -> SecretBytes { key.reveal() }
}

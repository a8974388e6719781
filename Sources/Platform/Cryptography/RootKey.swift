package import Crypto

/// A key from which others are derived that are never stored.
package struct RootKey: Sendable {
    private let key: SecretBytes

    package init(_ key: SecretBytes) {
        self.key = key
    }

    /// A key for one purpose (HKDF-SHA256, RFC 5869).
    package func derived(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.withBytes { SymmetricKey(data: $0) }, info: Array("gatehouse \(purpose)".utf8),
            outputByteCount: 32)
    }
}

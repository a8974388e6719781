import Crypto

/// A 256-bit key for AES-GCM. It shows itself to nobody but `reveal()`.
package struct DataKey: Sendable {
    private let key: SymmetricKey

    /// A fresh random key.
    package init() {
        key = SymmetricKey(size: .bits256)
    }

    /// A key that was stored or sent: exactly 32 bytes.
    package init(_ bytes: some Collection<UInt8>) throws(SealError) {
        guard bytes.count == 32 else { throw .key }
        key = SymmetricKey(data: Array(bytes))
    }

    /// The raw key, to be wrapped or sealed and then forgotten.
    package func reveal() -> SecretBytes {
        key.withUnsafeBytes { SecretBytes($0) }
    }

    /// nonce ‖ ciphertext ‖ tag, with a random nonce.
    package func seal(_ plaintext: [UInt8], associated: [UInt8]) throws -> [UInt8] {
        let nonce = SecureRandom.bytes(Self.nonceBytes)
        return try nonce + seal(plaintext, nonce: nonce, associated: associated)
    }

    /// What `seal(_:associated:)` sealed with the same associated data.
    package func open(_ sealed: some RandomAccessCollection<UInt8>, associated: [UInt8]) throws(SealError) -> [UInt8] {
        guard sealed.count >= Self.nonceBytes + Self.tagBytes else { throw .opening }
        return try open(
            sealed.dropFirst(Self.nonceBytes), nonce: Array(sealed.prefix(Self.nonceBytes)), associated: associated)
    }

    /// ciphertext ‖ tag under a nonce that the caller never uses twice with this key.
    package func seal(_ plaintext: [UInt8], nonce: [UInt8], associated: [UInt8]) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            plaintext, using: key, nonce: AES.GCM.Nonce(data: nonce), authenticating: associated)
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plaintext.count + Self.tagBytes)
        sealed.append(contentsOf: box.ciphertext)
        sealed.append(contentsOf: box.tag)
        return sealed
    }

    /// Appends nonce ‖ ciphertext ‖ tag, copied once: what is recorded goes this way before it is relayed.
    package func seal(_ plaintext: [UInt8], nonce: [UInt8], to bytes: inout [UInt8]) throws {
        let box = try AES.GCM.seal(plaintext, using: key, nonce: AES.GCM.Nonce(data: nonce))
        bytes.append(contentsOf: nonce)
        bytes.append(contentsOf: box.ciphertext)
        bytes.append(contentsOf: box.tag)
    }

    /// What was sealed under this nonce.
    package func open(
        _ sealed: some RandomAccessCollection<UInt8>, nonce: [UInt8], associated: [UInt8]
    ) throws(SealError) -> [UInt8] {
        guard sealed.count >= Self.tagBytes else { throw .opening }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce), ciphertext: Array(sealed.dropLast(Self.tagBytes)),
                tag: Array(sealed.suffix(Self.tagBytes)))
            return try Array(AES.GCM.open(box, using: key, authenticating: associated))
        } catch {
            throw .opening
        }
    }

    package static let nonceBytes = 12
    package static let tagBytes = 16
}

extension DataKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why something did not open.
package enum SealError: Error, Equatable {
    /// A key is not 32 bytes long.
    case key
    /// Wrong key, wrong associated data, or changed bytes: which one cannot be told.
    case opening
    /// The bytes are no envelope of a version this program knows.
    case format
    /// Sealed under a tenant key that the caller did not bring.
    case unknownKey
}

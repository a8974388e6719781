import Crypto

/// A SHA-256 value. Its text form is base64url.
package struct Hash256: Sendable, Hashable {
    package let bytes: [UInt8]

    /// Takes 32 bytes that already are a hash.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// The hash in its text form, or nil if it is malformed.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    fileprivate init(_ digest: SHA256Digest) {
        bytes = Array(digest)
    }

    /// The hash of the parts, one after the other.
    package static func of(_ parts: [UInt8]...) -> Hash256 {
        var hash = SHA256()
        for part in parts { hash.update(data: part) }
        return Hash256(hash.finalize())
    }

    package var text: String { Base64URL.encode(bytes) }

    /// Lower-case hexadecimal, as `sha256sum` prints it.
    package var hex: String { Hex.encode(bytes) }
}

extension Hash256: CustomStringConvertible {
    package var description: String { text }
}

/// Hashes what arrives piece by piece.
package struct Hash256Builder {
    private var hash = SHA256()

    package init() {}

    package mutating func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { hash.update(bufferPointer: .init($0)) }
        if done == nil { hash.update(data: Array(bytes)) }
    }

    package func finish() -> Hash256 { Hash256(hash.finalize()) }
}

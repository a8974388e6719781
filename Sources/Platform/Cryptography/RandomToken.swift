/// Bytes from the system's generator.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}

/// A secret of 256 random bits that a client carries. Only its hash is stored: it needs no slow hash, since nobody can
/// guess it.
package struct RandomToken: Sendable {
    package let text: Redacted<String>
    package let hash: Hash256

    /// A fresh token; the prefix (`ght_`) lets scanners find one that leaked.
    package init(prefix: String = "") {
        let text = prefix + Base64URL.encode(SecureRandom.bytes(32))
        self.text = Redacted(text)
        hash = Self.hash(of: text)
    }

    /// What to look a presented token up by.
    package static func hash(of text: String) -> Hash256 { .of(Array(text.utf8)) }
}

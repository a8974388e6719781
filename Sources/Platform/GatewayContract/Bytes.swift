import Cryptography
package import Kernel

/// Bytes that travel as base64url without padding (RFC 4648 §5).
package struct Bytes: Sendable, Hashable {
    package let value: [UInt8]

    package init(_ value: [UInt8]) {
        self.value = value
    }

    /// The bytes of a base64url text, or nil if it is not the one text that encodes them.
    package init?(base64URL text: some StringProtocol) {
        guard let value = Base64URL.decode(String(text)) else { return nil }
        self.value = value
    }

    package var base64URL: String { Base64URL.encode(value) }

    /// A schema for byte strings of such lengths.
    package static func schema(_ count: ClosedRange<Int>) -> Schema<Bytes> {
        let characters = (count.lowerBound * 4 + 2) / 3...(count.upperBound * 4 + 2) / 3
        return .parsed(
            characters, pattern: "^[A-Za-z0-9_-]*$", "must be base64url without padding",
            parse: { text in Bytes(base64URL: text).flatMap { count.contains($0.value.count) ? $0 : nil } },
            text: \.base64URL)
    }
}

package import Kernel

/// Bytes that travel as base64url without padding (RFC 4648 §5).
package struct Bytes: Sendable, Hashable {
    package let value: [UInt8]

    package init(_ value: [UInt8]) {
        self.value = value
    }

    /// The bytes of a base64url text, or nil if it is not the one text that encodes them.
    package init?(base64URL text: some StringProtocol) {
        guard let value = Base64URL.decode(text.utf8) else { return nil }
        self.value = value
    }

    package var base64URL: String { Base64URL.text(value) }

    /// A schema for byte strings of such lengths.
    package static func schema(_ count: ClosedRange<Int>) -> Schema<Bytes> {
        let characters = (count.lowerBound * 4 + 2) / 3...(count.upperBound * 4 + 2) / 3
        return .parsed(
            characters, pattern: "^[A-Za-z0-9_-]*$", "must be base64url without padding",
            parse: { text in Bytes(base64URL: text).flatMap { count.contains($0.value.count) ? $0 : nil } },
            text: \.base64URL)
    }
}

enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (buffer, bits) = (UInt32(0), 0)
        for byte in bytes {
            (buffer, bits) = (buffer << 8 | UInt32(byte), bits + 8)
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Refuses bits that encode nothing: a token has one text form, or a list of used ones could be walked around.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for digit in text {
            let value = values[Int(digit)]
            guard value < 64 else { return nil }
            (buffer, bits) = (buffer << 6 | UInt32(value), bits + 6)
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard bits < 6, buffer & ((1 << bits) - 1) == 0 else { return nil }
        return bytes
    }
}

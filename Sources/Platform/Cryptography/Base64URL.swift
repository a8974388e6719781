/// Base 64 with the URL alphabet and without padding (RFC 4648 §5).
///
/// Exactly one text decodes to given bytes: stray bits in the last character are refused, or a changed character of a
/// signature could go unnoticed.
package enum Base64URL {
    private static let alphabet = Base64Alphabet("-_")

    package static func encode(_ bytes: some Collection<UInt8>) -> String { alphabet.encode(bytes) }
    package static func decode(_ text: String) -> [UInt8]? { alphabet.decode(text.utf8) }
}

/// Base 64 with the classic alphabet and padding (RFC 4648 §4); padding may be missing when decoding.
package enum Base64 {
    private static let alphabet = Base64Alphabet("+/")

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let text = alphabet.encode(bytes)
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    package static func decode(_ text: String) -> [UInt8]? {
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding == 0 || text.utf8.count % 4 == 0 && padding <= 2 else { return nil }
        return alphabet.decode(text.utf8.dropLast(padding))
    }
}

/// Lower-case base 16.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

private struct Base64Alphabet {
    private let digits: [UInt8]
    private let values: [UInt8]

    init(_ lastTwo: String) {
        digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(lastTwo)".utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 2)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(buffer >> UInt32(bits) & 63)])
            }
            buffer &= 0xFF
        }
        if bits > 0 { text.append(digits[Int(buffer << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for digit in text {
            let value = values[Int(digit)]
            guard value < 64 else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= 1 << UInt32(bits) - 1
            }
        }
        return buffer == 0 ? bytes : nil
    }
}

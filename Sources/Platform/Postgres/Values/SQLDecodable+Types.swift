package import FoundationEssentials
package import Kernel

extension SQLDecodable where Self: RawRepresentable, RawValue == String {
    package init?(sql text: UnsafeRawBufferPointer) {
        self.init(rawValue: String(decoding: text, as: UTF8.self))
    }
}

extension String: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        self = String(decoding: text, as: UTF8.self)
    }
}

extension Int: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? UnsafeRawBufferPointer(rebasing: text[1...]) : text
        guard 1...19 ~= digits.count else { return nil }
        var value = 0
        for digit in digits {
            guard 48...57 ~= digit else { return nil }
            // Counted downwards, because the smallest number has no positive twin.
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, alsoOverflowed) = product.subtractingReportingOverflow(Int(digit - 48))
            guard !overflowed, !alsoOverflowed else { return nil }
            value = sum
        }
        guard isNegative || value != .min else { return nil }
        self = isNegative ? value : -value
    }
}

extension Double: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        self.init(String(decoding: text, as: UTF8.self))
    }
}

extension Bool: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard text.count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") else { return nil }
        self = text[0] == UInt8(ascii: "t")
    }
}

extension UUID: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let uuid = UUIDText.parse(text) else { return nil }
        self = uuid
    }
}

extension ID: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let uuid = UUIDText.parse(text) else { return nil }
        self.init(uuid)
    }
}

extension Date: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let microseconds = TimestampText.parse(text) else { return nil }
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

extension JSON: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let json = try? JSONParser.parse(Array(text)) else { return nil }
        self = json
    }
}

extension UInt8: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let value = Int(sql: text), let octet = UInt8(exactly: value) else { return nil }
        self = octet
    }

    /// `bytea`, which PostgreSQL writes as `\x` and hexadecimal digits.
    package static func decode(array text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
            return nil
        }
        var isHex = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2 - 1) { buffer, count in
            for index in stride(from: 2, to: text.count, by: 2) {
                guard let high = Hex.value(text[index]), let low = Hex.value(text[index + 1]) else {
                    isHex = false
                    return
                }
                buffer[count] = high << 4 | low
                count += 1
            }
        }
        return isHex ? bytes : nil
    }
}

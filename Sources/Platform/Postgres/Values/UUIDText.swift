import FoundationEssentials

/// The 36 characters of a UUID, without Foundation's parser: it is on the path of every row.
enum UUIDText {
    static func parse(_ text: UnsafeRawBufferPointer) -> UUID? {
        guard text.count == 36, text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else {
            return nil
        }
        var isHex: UInt8 = 0
        func number(_ start: Int, _ width: Int) -> UInt64 {
            var number: UInt64 = 0
            for index in start..<start + width {
                let digit = Hex.values[Int(text[index])]
                isHex |= digit
                number = number << 4 | UInt64(digit & 15)
            }
            return number
        }
        let high = number(0, 8) << 32 | number(9, 4) << 16 | number(14, 4)
        let low = number(19, 4) << 48 | number(24, 12)
        guard isHex < 16 else { return nil }
        return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            UUID(uuid: $0.loadUnaligned(as: uuid_t.self))
        }
    }

    private static let dash = UInt8(ascii: "-")

    static func append(_ uuid: UUID, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid.uuid) { octets in
            for (index, octet) in octets.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 { bytes.append(UInt8(ascii: "-")) }
                Hex.append(octet, to: &bytes)
            }
        }
    }
}

/// Hexadecimal digits of UUIDs and byte strings.
enum Hex {
    /// The value of each digit, 255 for what is none.
    static let values: InlineArray<256, UInt8> = {
        var values = InlineArray<256, UInt8>(repeating: 255)
        for digit in 0..<UInt8.max {
            if let value = value(digit) { values[Int(digit)] = value }
        }
        return values
    }()

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        case 65...70: digit - 55
        default: nil
        }
    }

    static func append(_ octet: UInt8, to bytes: inout [UInt8]) {
        let digit = { (value: UInt8) in value < 10 ? 48 + value : 87 + value }
        bytes.append(digit(octet >> 4))
        bytes.append(digit(octet & 15))
    }
}

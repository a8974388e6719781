import FoundationEssentials

/// The 36 characters of a UUID, without Foundation's parser: it is on the path of every row.
enum UUIDText {
    static func parse(_ text: UnsafeRawBufferPointer) -> UUID? {
        guard text.count == 36 else { return nil }
        var number: UInt128 = 0
        for (index, byte) in text.enumerated() {
            switch (index, byte) {
            case (8, UInt8(ascii: "-")), (13, UInt8(ascii: "-")), (18, UInt8(ascii: "-")), (23, UInt8(ascii: "-")):
                continue
            case (8, _), (13, _), (18, _), (23, _): return nil
            default:
                guard let digit = Hex.value(byte) else { return nil }
                number = number << 4 | UInt128(digit)
            }
        }
        return withUnsafeBytes(of: number.bigEndian) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

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

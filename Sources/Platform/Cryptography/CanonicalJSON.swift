package import Kernel

/// The JSON canonicalization scheme (RFC 8785): one document, one text, so that it can be hashed and signed.
package enum CanonicalJSON {
    /// What has no canonical form.
    package enum Failure: Error, Equatable {
        /// Not a number of IEEE 754 double precision, or an integer that others would round.
        case number
        /// An object with the same name twice.
        case repeatedName(String)
    }

    package static func bytes(_ json: JSON) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        try write(json, to: &bytes)
        return bytes
    }

    /// The document in these bytes, if they are its canonical form to the last one.
    package static func parse(_ bytes: [UInt8]) -> JSON? {
        guard let json = try? JSONParser.parse(bytes), let canonical = try? Self.bytes(json), canonical == bytes else {
            return nil
        }
        return json
    }

    private static let largestInteger: Int64 = 1 << 53 - 1

    private static func write(_ json: JSON, to bytes: inout [UInt8]) throws(Failure) {
        switch json {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value):
            let text = String(value)
            // Beyond, a double may still have exactly this text, and be read again as an integer.
            guard -largestInteger...largestInteger ~= value || CanonicalNumber.text(Double(value)) == text
            else { throw .number }
            bytes.append(contentsOf: text.utf8)
        case .double(let value):
            guard value.isFinite else { throw .number }
            bytes.append(contentsOf: CanonicalNumber.text(value).utf8)
        case .string(let text): write(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try write(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members): try write(members, to: &bytes)
        }
    }

    private static func write(_ members: [JSON.Member], to bytes: inout [UInt8]) throws(Failure) {
        // By UTF-16 code units, not by code points: an emoji sorts before U+FB33.
        let sorted = members.map { (key: Array($0.name.utf16), member: $0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        bytes.append(UInt8(ascii: "{"))
        for (index, entry) in sorted.enumerated() {
            if index > 0 {
                guard sorted[index - 1].key != entry.key else { throw .repeatedName(entry.member.name) }
                bytes.append(UInt8(ascii: ","))
            }
            write(entry.member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            try write(entry.member.value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0..<0x20: bytes.append(contentsOf: "\\u00\(Hex.encode([byte]))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// ECMAScript's Number::toString (ECMA-262 §6.1.6.1.20), which RFC 8785 §3.2.2.3 prescribes.
///
/// Swift's own description has the same shortest digits but puts point and exponent elsewhere.
enum CanonicalNumber {
    static func text(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let count = digits.utf8.count
        switch point {
        case count...21 where count <= 21:
            return sign + digits + String(repeating: "0", count: point - count)
        case 1...21:
            return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
        case -5...0:
            return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)"
        default:
            let exponent = point - 1
            let fraction = count == 1 ? "" : ".\(digits.dropFirst())"
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
        }
    }

    /// The shortest digits that give the number back, and where the point lies: 0.digits × 10^point.
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let all = whole + fraction
        let leading = all.prefix { $0 == "0" }.count
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let significant = all.dropFirst(leading)
        let trailing = significant.reversed().prefix { $0 == "0" }.count
        return (String(significant.dropLast(trailing)), whole.count + exponent - leading)
    }
}

/// The body of a form (`application/x-www-form-urlencoded`), which is also what stands behind a question mark.
package enum FormText {
    /// The fields as they stand in it.
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// The address with more parameters.
    package static func adding(_ fields: [(name: String, value: String)], to url: String) -> String {
        url + (url.contains("?") ? "&" : "?") + encode(fields)
    }

    /// The value of a field that stands exactly once, of signs that need no escape, as a token has.
    package static func value(of name: String, in form: [UInt8]) -> String? {
        let found = fields(name, in: form)
        guard found.count == 1, let value = found.first?.dropFirst(name.utf8.count + 1), !value.isEmpty,
            value.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "+") })
        else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// The value of a field that stands exactly once, as a browser sends it; nil for what is not UTF-8.
    package static func decoded(_ name: String, in form: [UInt8]) -> String? {
        let found = fields(name, in: form)
        guard found.count == 1, var rest = found.first?.dropFirst(name.utf8.count + 1) else { return nil }
        func digit() -> UInt8? {
            switch rest.popFirst() {
            case let byte? where 0x30...0x39 ~= byte: byte - 0x30
            case let byte? where 0x61...0x66 ~= byte | 0x20: (byte | 0x20) - 0x61 + 10
            default: nil
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rest.count)
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = digit(), let low = digit() else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The fields of a name among the first ones; whoever sends more sends none.
    private static func fields(_ name: String, in form: [UInt8]) -> [ArraySlice<UInt8>] {
        let most = 32
        let pairs = form.split(separator: UInt8(ascii: "&"), maxSplits: most, omittingEmptySubsequences: false)
        guard pairs.count <= most else { return [] }
        let start = Array((name + "=").utf8)
        return pairs.filter { $0.starts(with: start) }
    }

    /// With every sign escaped that may mean something.
    package static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

/// Texts that people typed, made safe for a filter. No distinguished name is ever put together from them: one is used
/// only as a server returned it.
package enum LDAPText {
    /// For a value in a search filter (RFC 4515 §3). Everything that is not plain is escaped byte by byte.
    package static func filterValue(_ text: String) -> String { filterValue(Array(text.utf8)) }

    /// The same for bytes, such as the `objectGUID` of Active Directory.
    package static func filterValue(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { text, byte in
            if isPlain(byte) { text.unicodeScalars.append(Unicode.Scalar(byte)) } else { text += escaped(byte) }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "@"):
            true
        default: false
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let pair = [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        return "\\" + String(decoding: pair, as: UTF8.self)
    }
}

/// A search filter with a place for what somebody types: `(&(objectClass=person)(uid={login}))`.
package struct LDAPFilter: Sendable, Hashable {
    package let template: String
    private let place: String

    /// Nil unless the parentheses are balanced and the place is in it.
    package init?(_ template: String, place: String) {
        var depth = 0
        for (index, byte) in template.utf8.enumerated() {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            // One filter, with nothing before, between or behind.
            guard depth > 0 || (depth == 0 && index == template.utf8.count - 1) else { return nil }
        }
        guard depth == 0, template.hasPrefix("("), template.contains("={\(place)})"), !template.utf8.contains(0) else {
            return nil
        }
        self.template = template
        self.place = place
    }

    package func filled(with text: String) -> String {
        template.replacing("{\(place)}", with: LDAPText.filterValue(text))
    }
}

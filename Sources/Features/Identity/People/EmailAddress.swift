package import Kernel
package import Postgres

/// A mail address, checked only for what would break a header or a list; whether it works, mail tells.
package struct EmailAddress: Sendable, Hashable {
    package let text: String

    package init?(_ text: String) {
        let bytes = text.utf8
        guard 3...254 ~= bytes.count, bytes.allSatisfy(Self.isPlain),
            let place = bytes.firstIndex(of: UInt8(ascii: "@")),
            1...64 ~= bytes.distance(from: bytes.startIndex, to: place)
        else { return nil }
        let host = bytes[bytes.index(after: place)...]
        guard !host.isEmpty, !host.contains(UInt8(ascii: "@")) else { return nil }
        self.text = text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "\\"), UInt8(ascii: ","),
            UInt8(ascii: "\""):
            false
        default: 0x21...0x7E ~= byte
        }
    }
}

extension EmailAddress: WireValue {
    package static let schema: Schema<Self> = .parsed(
        3...254,
        pattern: #"^[^\u0000-\u0020\u007f-\uffff()<>\[\]:;\\,"@]{1,64}@[^\u0000-\u0020\u007f-\uffff()<>\[\]:;\\,"@]+$"#,
        "must be a mail address", parse: Self.init, text: \.text)
}

extension EmailAddress: SQLBindable {
    package var bind: SQLValue { .text(text) }
}

import HTTPAPI
package import Kernel
package import Postgres

/// A number as it is called from anywhere (E.164): a plus sign, the country, and no more than fifteen digits.
package struct PhoneNumber: Sendable, Hashable {
    package let text: String

    /// Blanks, dashes, dots and brackets are how people write numbers, and nothing more.
    package init?(_ raw: String) {
        let text = String(raw.filter { !" -.()".contains($0) })
        guard let first = text.utf8.first, first == UInt8(ascii: "+"), 8...16 ~= text.utf8.count,
            text.utf8.dropFirst().allSatisfy({ 0x30...0x39 ~= $0 }), text.utf8.dropFirst().first != UInt8(ascii: "0")
        else { return nil }
        self.text = text
    }

    var digits: String { String(text.dropFirst()) }

    /// As it is written at home in mainland China, and with the country everywhere else.
    var local: String { text.hasPrefix("+86") ? String(text.dropFirst(3)) : digits }

    /// Enough of it for its owner to know it.
    var masked: String { "\(text.prefix(3))****\(text.suffix(2))" }
}

extension PhoneNumber: WireValue {
    package static let schema: Schema<Self> = .parsed(
        8...24, pattern: "^[+][0-9 ().-]+$", "must be a number with its country, such as +8613800000000",
        parse: Self.init, text: \.text)
}

extension PhoneNumber: SQLBindable {
    package var bind: SQLValue { .text(text) }
}

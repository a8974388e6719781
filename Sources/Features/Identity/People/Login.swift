package import Kernel
package import Postgres

/// A name to sign in with. It is folded to lower case, and plain: no spaces, no look-alike letters, and no plus sign,
/// which separates the parts of `tenant+user+account+asset`.
package struct Login: Sendable, Hashable {
    package let text: String

    package init?(_ raw: String) {
        let text = raw.lowercased()
        guard 1...64 ~= raw.utf8.count, raw.utf8.count == text.utf8.count, let first = text.utf8.first,
            Self.isWord(first), text.utf8.allSatisfy({ Self.isWord($0) || ".-_@".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}

extension Login: WireValue {
    package static let schema: Schema<Self> = .parsed(
        1...64, pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]*$",
        "must be letters, digits, dots, dashes, underscores or @, and begin with a letter or a digit",
        parse: Self.init, text: \.text)
}

extension Login: SQLBindable {
    package var bind: SQLValue { .text(text) }
}

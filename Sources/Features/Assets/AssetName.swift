package import Kernel
package import Postgres

/// What people call an asset: a host-name-like word, since it is part of `tenant+user+account+asset` on command lines.
package struct AssetName: WireValue, SQLBindable, Hashable, Comparable {
    package let text: String

    /// A name of 1 to 63 letters, digits, dots, dashes and underscores that starts with a letter or a digit.
    package init(parsing text: String) throws(Invalid) {
        guard Self.isName(text) else { throw Invalid(Self.expectation) }
        self.text = text
    }

    package var bind: SQLValue { .text(text) }

    package static func < (left: AssetName, right: AssetName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package static let schema: Schema<Self> = Schema<String>.string(
        1...63, pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", expectation, matches: isName
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be letters, digits, dots, dashes or underscores, such as web-1.example.com"

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isAlphanumeric, text.utf8.count <= 63 else { return false }
        return text.utf8.allSatisfy { $0.isAlphanumeric || ".-_".utf8.contains($0) }
    }
}

extension UInt8 {
    /// An ASCII letter or digit.
    var isAlphanumeric: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}

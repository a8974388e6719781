package import Kernel
package import Postgres

/// The login name of an account on an asset, as the target's own login prompt would take it.
package struct AccountName: WireValue, SQLBindable, Hashable, Comparable {
    package let text: String

    /// 1 to 64 visible characters; no plus sign, which separates the parts of `user+account+asset`, no `@` in front.
    package init(parsing text: String) throws(Invalid) {
        guard Self.isName(text) else { throw Invalid(Self.expectation) }
        self.text = text
    }

    package var bind: SQLValue { .text(text) }

    package static func < (left: AccountName, right: AccountName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package static let schema: Schema<Self> = Schema<String>.string(
        1...64, pattern: #"^[^\u0000- +@:\u007f][^\u0000- +:\u007f]*$"#, expectation, matches: isName
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be a login name without spaces, plus signs and colons, such as deploy"

    private static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.unicodeScalars.count), text.utf8.first != UInt8(ascii: "@") else { return false }
        return text.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: ":")
        }
    }
}

package import Kernel
package import Postgres

/// The login name of an account on an asset, as the target's own login prompt would take it.
package struct AccountName: WireValue, SQLBindable, Hashable, Comparable {
    package let text: String

    /// 1 to 64 visible characters; no plus sign, which separates the parts of `user+account+asset`, no `@` in front,
    /// which is for words such as `@all`.
    package init(parsing text: String) throws(Invalid) {
        guard Self.isName(text) else { throw Invalid(Self.expectation) }
        self.text = text
    }

    package var bind: SQLValue { .text(text) }

    package static func < (left: AccountName, right: AccountName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package static let schema: Schema<Self> = Schema<String>.string(
        1...64, pattern: "^(?!@)[^+:\(unseenPattern)]+$", expectation, matches: isName
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be a login name without spaces, plus signs and colons, such as deploy"

    private static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.unicodeScalars.count), text.utf8.first != UInt8(ascii: "@") else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar != "+" && scalar != ":" && !unseen.contains { $0.contains(scalar.value) }
        }
    }

    /// White space, controls, and what turns or hides the characters around it: a name must be what it looks like.
    private static let unseen: [ClosedRange<UInt32>] = [
        0x00...0x20, 0x7F...0xA0, 0xAD...0xAD, 0x61C...0x61C, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200F,
        0x2028...0x202F, 0x205F...0x206F, 0x3000...0x3000, 0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFFF0...0xFFFB,
    ]

    private static let unseenPattern = unseen.map { range in
        func escaped(_ value: UInt32) -> String {
            let digits = String(value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\(escaped(range.lowerBound))-\(escaped(range.upperBound))"
    }.joined()
}

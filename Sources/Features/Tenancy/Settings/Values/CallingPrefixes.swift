import HTTPAPI
package import Kernel

/// How telephone numbers begin, one beginning a line: a plus sign, the country, and more of the number if it must be.
package struct CallingPrefixes: WireValue, Hashable {
    package static let most = 50

    package let text: String

    package init(parsing text: String) throws(Invalid) {
        let words = text.split { $0.isWhitespace || $0 == "," }.map(String.init)
        guard 1...Self.most ~= words.count, words.allSatisfy(Self.isPrefix) else {
            throw Invalid("must be 1 to \(Self.most) beginnings of numbers such as +86, one a line")
        }
        self.text = words.joined(separator: "\n")
    }

    /// A number is given with its country, as `+8613800000000`.
    package func contain(_ number: String) -> Bool {
        text.split(separator: "\n").contains { number.hasPrefix($0) }
    }

    private static func isPrefix(_ word: String) -> Bool {
        let digits = word.utf8.dropFirst()
        return word.utf8.first == UInt8(ascii: "+") && 1...7 ~= digits.count && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy { 0x30...0x39 ~= $0 }
    }

    package static let schema: Schema<Self> = Schema<String>.lines(2...1000).map(Self.init(parsing:), \.text)
}

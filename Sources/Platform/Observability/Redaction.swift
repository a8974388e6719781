/// Keeps secrets out of log lines: by the name of what is logged, and by what a text looks like.
///
/// This is the last net. Code that knows it holds a secret wraps it in a type without a description.
package enum Redaction {
    package static let replacement = "<redacted>"

    private static let names: [StaticString] = [
        "password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "credential", "privatekey",
        "apikey", "otp", "recoverycode",
    ]

    /// Whether a value of this name is never shown.
    package static func hides(_ name: String) -> Bool {
        let plain = name.utf8.filter { $0 != dash && $0 != underscore }
        return names.contains { plain.holds($0) }
    }

    /// The text without bearer tokens and without the passwords of URLs.
    package static func clean(_ text: String) -> String {
        guard text.utf8.contains(at) || text.utf8.holds("bearer ") else { return text }
        return withoutPasswords(withoutBearers(text))
    }

    private static func withoutBearers(_ text: String) -> String {
        let lower = text.lowercased()
        // Lowercasing may change the length outside of ASCII; then all that follows is in doubt and goes.
        guard lower.utf8.count == text.utf8.count else { return lower.contains("bearer ") ? replacement : text }
        let haystack = Array(lower.utf8)
        let source = Array(text.utf8)
        let needle = Array("bearer ".utf8)
        var result: [UInt8] = []
        var index = 0
        while index < source.count {
            guard haystack[index...].starts(with: needle) else {
                result.append(source[index])
                index += 1
                continue
            }
            result += source[index..<index + needle.count] + Array(replacement.utf8)
            index += needle.count
            while index < source.count, 0x21...0x7E ~= source[index], source[index] != quote { index += 1 }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `scheme://user:password@host` loses the password.
    private static func withoutPasswords(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let scheme = rest.range(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { !"/?# \"'".contains($0) }
            if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
                result += "\(rest[..<colon]):\(replacement)"
                rest = rest[at...]
            }
        }
        return result + rest
    }

    private static let at = UInt8(ascii: "@")
    private static let quote = UInt8(ascii: "\"")
    private static let dash = UInt8(ascii: "-")
    private static let underscore = UInt8(ascii: "_")
}

extension Collection<UInt8> {
    /// Whether a lowercase ASCII word is in here, in whatever case. Every value of every log line is looked at, so this
    /// makes no string and no table.
    fileprivate func holds(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            var start = startIndex
            var left = count
            while left >= word.count {
                if self[start].lowercased == word[0],
                    self[start...].prefix(word.count).elementsEqual(word, by: { $0.lowercased == $1 })
                {
                    return true
                }
                start = index(after: start)
                left -= 1
            }
            return false
        }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self }
}

extension Substring {
    /// The first place of a short text; Foundation's search is not needed for this.
    fileprivate func range(of text: String) -> Range<Index>? {
        let needle = Array(text.utf8)
        var start = startIndex
        while start < endIndex {
            if utf8[start...].starts(with: needle) { return start..<utf8.index(start, offsetBy: needle.count) }
            start = utf8.index(after: start)
        }
        return nil
    }
}

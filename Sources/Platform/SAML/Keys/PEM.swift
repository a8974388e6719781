import FoundationEssentials

/// Base64 with white space in it, as XML and PEM have it; strict otherwise.
enum Base64Text {
    static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        let plain = text.utf8.filter { $0 > 0x20 || ($0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D) }
        guard !plain.isEmpty, let data = Data(base64Encoded: Data(plain)) else { return nil }
        return Array(data)
    }

    static func encoded(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }
}

/// Text armour around bytes (RFC 7468).
enum PEM {
    static func armoured(_ bytes: [UInt8], _ label: StaticString) -> String {
        var rest = Base64Text.encoded(bytes)[...]
        var lines: [Substring] = []
        while !rest.isEmpty {
            lines.append(rest.prefix(64))
            rest = rest.dropFirst(64)
        }
        return "-----BEGIN \(label)-----\n\(lines.joined(separator: "\n"))\n-----END \(label)-----\n"
    }

    /// What is in the first armour of this label; without any armour, the text is taken for the base64 alone.
    static func bytes(_ text: String, _ label: StaticString) -> [UInt8]? {
        guard text.contains("-----BEGIN") else { return Base64Text.decoded(text) }
        guard let start = text.range(of: "-----BEGIN \(label)-----"),
            let end = text.range(of: "-----END \(label)-----", in: start.upperBound..<text.endIndex)
        else { return nil }
        return Base64Text.decoded(text[start.upperBound..<end.lowerBound])
    }
}

extension String {
    fileprivate func range(of text: String, in range: Range<Index>? = nil) -> Range<Index>? {
        self[range ?? startIndex..<endIndex].firstRange(of: text)
    }
}

import Kernel

/// The name of an attribute, perhaps of a part of one: `[urn:]attribute[.part]`.
struct SCIMName: Sendable, Equatable {
    let urn: String?
    let attribute: String
    let part: String?

    private static let longest = 200

    /// Nil for what is no name (RFC 7644, 3.10).
    init?(_ text: String) {
        guard 1...Self.longest ~= text.utf8.count else { return nil }
        var rest = text[...]
        var urn: String?
        if text.lowercased().hasPrefix("urn:") {
            // A URN has dots and colons of its own; the attribute stands behind its last colon.
            guard let colon = rest.lastIndex(of: ":") else { return nil }
            urn = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        }
        let words = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard 1...2 ~= words.count, words.allSatisfy({ Self.isName($0) }) else { return nil }
        self.urn = urn
        attribute = String(words[0])
        part = words.count == 2 ? String(words[1]) : nil
    }

    private static func isName(_ word: Substring) -> Bool {
        let bytes = word.utf8.first == UInt8(ascii: "$") ? word.utf8.dropFirst() : word.utf8[...]
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x5F }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || 0x41...0x5A ~= byte }
}

/// What an operation of a PATCH is about: an attribute, of which perhaps some values, and of these perhaps a part
/// (RFC 7644, 3.5.2).
struct SCIMPath: Sendable, Equatable {
    let name: SCIMName
    let filter: SCIMFilter?
    /// Of the values that the filter finds.
    let part: String?

    /// Throws for what is no path, with `invalidPath`.
    init(parsing text: String) throws(SCIMFault) {
        self = try SCIMFilterParser.path(text)
    }

    init(name: SCIMName, filter: SCIMFilter? = nil, part: String? = nil) {
        self.name = name
        self.filter = filter
        self.part = part
    }
}

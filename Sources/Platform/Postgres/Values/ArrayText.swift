/// PostgreSQL's text form of a one-dimensional array: `{a,"b \"c\"",NULL}`.
enum ArrayText {
    /// Hands on the elements, nil for NULL, until `take` says no; false then, or if it is not such a text.
    ///
    /// An element is seen where it stands; only one with a backslash in it is copied.
    static func read(_ text: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer?) -> Bool) -> Bool {
        guard text.count >= 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return false }
        var at = 1
        let end = text.count - 1
        guard at < end else { return true }
        while true {
            let isQuoted = text[at] == quote
            if isQuoted { at += 1 }
            let start = at
            guard let stop = isQuoted ? endOfQuoted(text, &at, end) : endOfPlain(text, &at, end) else { return false }
            let element = UnsafeRawBufferPointer(rebasing: text[start..<stop])
            let isTaken =
                if element.contains(backslash) {
                    unescaped(element).withUnsafeBytes(take)
                } else {
                    take(!isQuoted && element.elementsEqual("NULL".utf8) ? nil : element)
                }
            guard isTaken else { return false }
            if at == end { return true }
            guard text[at] == UInt8(ascii: ","), at + 1 < end else { return false }
            at += 1
        }
    }

    /// Moves behind the closing quote, and says where it is.
    private static func endOfQuoted(_ text: UnsafeRawBufferPointer, _ at: inout Int, _ end: Int) -> Int? {
        while at < end {
            switch text[at] {
            case quote:
                at += 1
                return at - 1
            case backslash: at += 2
            default: at += 1
            }
        }
        return nil
    }

    /// Moves to the comma or brace behind an element without quotes.
    private static func endOfPlain(_ text: UnsafeRawBufferPointer, _ at: inout Int, _ end: Int) -> Int? {
        while at < end, text[at] != UInt8(ascii: ",") {
            guard text[at] != quote, text[at] != UInt8(ascii: "{") else { return nil }
            at += text[at] == backslash ? 2 : 1
        }
        return at <= end ? at : nil
    }

    private static func unescaped(_ element: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(element.count)
        var isEscaped = false
        for byte in element {
            if byte == backslash, !isEscaped {
                isEscaped = true
            } else {
                bytes.append(byte)
                isEscaped = false
            }
        }
        return bytes
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}

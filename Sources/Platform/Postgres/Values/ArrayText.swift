/// PostgreSQL's text form of a one-dimensional array: `{a,"b \"c\"",NULL}`.
enum ArrayText {
    /// The elements, nil for NULL; nil if it is not such a text.
    static func parse(_ text: UnsafeRawBufferPointer) -> [[UInt8]?]? {
        guard text.count >= 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
        var elements: [[UInt8]?] = []
        var at = 1
        let end = text.count - 1
        guard at < end else { return [] }
        while true {
            var element: [UInt8] = []
            let isQuoted = text[at] == UInt8(ascii: "\"")
            if isQuoted { at += 1 }
            loop: while true {
                guard at < end else {
                    if isQuoted { return nil }
                    break
                }
                switch text[at] {
                case UInt8(ascii: "\""):
                    guard isQuoted else { return nil }
                    at += 1
                    break loop
                case UInt8(ascii: "\\"):
                    guard at + 1 < end else { return nil }
                    element.append(text[at + 1])
                    at += 2
                case UInt8(ascii: ",") where !isQuoted: break loop
                case UInt8(ascii: "{") where !isQuoted: return nil
                default:
                    element.append(text[at])
                    at += 1
                }
            }
            elements.append(!isQuoted && element.elementsEqual("NULL".utf8) ? nil : element)
            if at == end { return elements }
            guard text[at] == UInt8(ascii: ","), at + 1 < end else { return nil }
            at += 1
        }
    }
}

/// One pass over the bytes before the library parses them: how many, how deep, how wide, and none of what a message
/// never needs. It is no parser: what it takes for well-formed the library may still refuse.
struct XMLScan {
    private let bytes: ArraySlice<UInt8>
    private let limits: XMLLimits
    private var place: Int
    private var nodes = 0
    private var depth = 0

    private init(_ bytes: ArraySlice<UInt8>, _ limits: XMLLimits) {
        self.bytes = bytes
        self.limits = limits
        place = bytes.startIndex
    }

    /// The bytes to parse: those given, without a byte order mark.
    static func check(_ bytes: [UInt8], _ limits: XMLLimits) throws(XMLError) -> ArraySlice<UInt8> {
        guard bytes.count <= limits.bytes else { throw .tooLarge }
        guard UTF8Text.isValid(bytes), !bytes.contains(0) else { throw .encoding }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var scan = XMLScan(content, limits)
        try scan.declaration()
        try scan.content()
        return content
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`, if it is there.
    private mutating func declaration() throws(XMLError) {
        guard follows("<?xml"), place + 5 < bytes.endIndex, Self.isBlank(bytes[place + 5]) else { return }
        guard let end = index(after: "?>", from: place), end - place < 256 else { throw .malformed }
        let text = String(decoding: bytes[place..<end], as: UTF8.self).lowercased()
        if text.contains("encoding") {
            let said = text.split { $0 == "\"" || $0 == "'" }
            guard let key = said.firstIndex(where: { $0.contains("encoding") }), key + 1 < said.count,
                ["utf-8", "us-ascii"].contains(said[key + 1])
            else { throw .encoding }
        }
        place = end
    }

    private mutating func content() throws(XMLError) {
        while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            place = open
            if follows("</") {
                depth -= 1
                try skip(to: ">")
            } else if follows("<!--") {
                try count()
                place += 4
                try skip(to: "-->")
            } else if follows("<![CDATA[") {
                try count()
                try skip(to: "]]>")
            } else if follows("<!") {
                throw .documentType
            } else if follows("<?") {
                throw .processingInstruction
            } else {
                try count()
                try tag()
            }
        }
    }

    /// A start tag. Only `=` outside of quotes belongs to an attribute.
    private mutating func tag() throws(XMLError) {
        var attributes = 0
        var quote: UInt8?
        var previous: UInt8 = 0
        for index in bytes[place...].indices.dropFirst() {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "=") {
                attributes += 1
                guard attributes <= limits.attributes else { throw .tooLarge }
            } else if byte == UInt8(ascii: ">") {
                if previous != UInt8(ascii: "/") { depth += 1 }
                guard depth <= limits.depth else { throw .tooLarge }
                place = index + 1
                return
            }
            previous = byte
        }
        throw .malformed
    }

    private mutating func count() throws(XMLError) {
        nodes += 1
        guard nodes <= limits.nodes else { throw .tooLarge }
    }

    private mutating func skip(to end: StaticString) throws(XMLError) {
        guard let next = index(after: end, from: place) else { throw .malformed }
        place = next
    }

    private func follows(_ text: StaticString) -> Bool { Self.matches(text, bytes, at: place) }

    private func index(after text: StaticString, from start: Int) -> Int? {
        var index = start
        while index < bytes.endIndex {
            if Self.matches(text, bytes, at: index) { return index + text.utf8CodeUnitCount }
            index += 1
        }
        return nil
    }

    private static func matches(_ text: StaticString, _ bytes: ArraySlice<UInt8>, at place: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.endIndex else { return false }
        return text.withUTF8Buffer { pattern in (0..<count).allSatisfy { bytes[place + $0] == pattern[$0] } }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}

enum UTF8Text {
    static func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}

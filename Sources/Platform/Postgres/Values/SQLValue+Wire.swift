import FoundationEssentials

extension SQLValue {
    /// Appends what PostgreSQL reads; throws for a value that it could not keep as it is.
    func appendText(to bytes: inout [UInt8]) throws(DatabaseError) {
        switch self {
        case .null: break
        case .text(let text), .json(let text):
            var text = text
            let start = bytes.count
            text.withUTF8 { bytes.append(contentsOf: $0) }
            // A text bind is a C string: what follows a NUL would be lost without a word.
            guard !bytes[start...].contains(0) else {
                throw DatabaseError(sqlState: "22021", message: "a text contains the character U+0000")
            }
        case .int(let value): bytes.append(contentsOf: String(value).utf8)
        case .double(let value): bytes.append(contentsOf: value.description.utf8)
        case .bool(let value): bytes.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .uuid(let uuid): UUIDText.append(uuid, to: &bytes)
        case .timestamp(let microseconds):
            guard TimestampText.append(microseconds, to: &bytes) else {
                throw DatabaseError(sqlState: "22008", message: "a time is not between the years 1 and 9999")
            }
        case .bytes(let octets):
            bytes.append(contentsOf: #"\x"#.utf8)
            for octet in octets { Hex.append(octet, to: &bytes) }
        case .array(let elements): try Self.append(elements, to: &bytes)
        }
    }

    private static func append(_ elements: [SQLValue], to bytes: inout [UInt8]) throws(DatabaseError) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch element {
            case .null: bytes.append(contentsOf: "NULL".utf8)
            case .text, .json, .bytes, .timestamp:
                bytes.append(UInt8(ascii: "\""))
                let start = bytes.count
                try element.appendText(to: &bytes)
                if bytes[start...].contains(where: isMarked) { mark(&bytes, from: start) }
                bytes.append(UInt8(ascii: "\""))
            case .int, .double, .bool, .uuid, .array: try element.appendText(to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func isMarked(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    private static func mark(_ bytes: inout [UInt8], from start: Int) {
        let text = Array(bytes[start...])
        bytes.removeSubrange(start...)
        for byte in text {
            if isMarked(byte) { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
    }
}

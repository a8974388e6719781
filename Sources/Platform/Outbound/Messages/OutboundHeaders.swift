/// Header fields in their order; names are compared without case.
package struct OutboundHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of a name; setting replaces all of them, `nil` removes them.
    package subscript(name: String) -> String? {
        get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            if let newValue { append(name, newValue) }
        }
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

extension OutboundHeaders: CustomStringConvertible {
    /// The names only: values may be secrets.
    package var description: String { fields.map(\.name).joined(separator: ", ") }
}

extension OutboundHeaders.Field {
    /// Whether the name is a token and the value stays on its line (RFC 9110 §5): nothing in them can end the field.
    var isWellFormed: Bool {
        !name.isEmpty && name.utf8.count <= 128 && name.utf8.allSatisfy(Self.isTokenByte)
            && value.utf8.count <= 16384 && value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    /// Fields that belong to the connection or to the message's framing: whoever sets them could smuggle a request.
    var isReserved: Bool {
        let name = name.lowercased()
        return name.hasPrefix("proxy-") || Self.reserved.contains(name)
    }

    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

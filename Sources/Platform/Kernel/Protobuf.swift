/// What was against the rules of protocol buffers.
package struct ProtobufFault: Error, Sendable, Equatable {
    package init() {}
}

/// The wire format of protocol buffers, as far as messages have numbers and bytes: fields one after the other. What it reads
/// is bounded by the bytes that it is given, and it copies nothing.
package struct ProtobufReader: Sendable {
    package enum Value: Sendable, Equatable {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
        /// Of a fixed width, which no message here has: passed over.
        case fixed(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next field, and nil at the end.
    package mutating func next() throws(ProtobufFault) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try number()
        guard key <= UInt64(UInt32.max), key >> 3 > 0 else { throw ProtobufFault() }
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: return (field, .number(try number()))
        case 1: return (field, .fixed(try take(8)))
        case 2:
            guard let count = Int(exactly: try number()) else { throw ProtobufFault() }
            return (field, .bytes(try take(count)))
        case 5: return (field, .fixed(try take(4)))
        // Groups, which nobody uses any more.
        default: throw ProtobufFault()
        }
    }

    private mutating func number() throws(ProtobufFault) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<10 {
            guard let byte = rest.popFirst() else { throw ProtobufFault() }
            guard place < 9 || byte <= 1 else { throw ProtobufFault() }
            value |= UInt64(byte & 0x7F) << (7 * UInt64(place))
            if byte & 0x80 == 0 { return value }
        }
        throw ProtobufFault()
    }

    private mutating func take(_ count: Int) throws(ProtobufFault) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw ProtobufFault() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

/// Writes the same.
package struct ProtobufWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func put(_ field: Int, _ number: UInt64) {
        write(UInt64(field) << 3)
        write(number)
    }

    package mutating func put(_ field: Int, _ content: some Collection<UInt8>) {
        write(UInt64(field) << 3 | 2)
        write(UInt64(content.count))
        bytes += content
    }

    private mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

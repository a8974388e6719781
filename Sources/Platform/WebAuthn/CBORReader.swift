/// Reads CBOR (RFC 8949) as authenticators write it, and nothing else: definite lengths, no tags, four levels and a few
/// more. What it accepts is small enough for the C library that reads it again.
struct CBORReader {
    static let deepest = 8

    private let bytes: [UInt8]
    private(set) var at: Int
    private let end: Int

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        at = start
        end = bytes.count
    }

    var isAtEnd: Bool { at == end }

    mutating func mapCount() throws(WebAuthnRefusal) -> Int { try count(of: 5, each: 2) }

    mutating func arrayCount() throws(WebAuthnRefusal) -> Int { try count(of: 4, each: 1) }

    mutating func text() throws(WebAuthnRefusal) -> String {
        guard let text = String(validating: bytes[try string(of: 3)], as: UTF8.self) else { throw .malformed }
        return text
    }

    /// Where a byte string lies.
    mutating func byteString() throws(WebAuthnRefusal) -> Range<Int> { try string(of: 2) }

    /// A whole number; nil for anything else, which is passed over.
    mutating func integer() throws(WebAuthnRefusal) -> Int? {
        let (before, head) = (at, try head())
        guard head.major <= 1 else {
            at = before
            try skip()
            return nil
        }
        guard let number = Int(exactly: head.argument) else { throw .malformed }
        return head.major == 0 ? number : -1 - number
    }

    /// Passes over one item with everything in it.
    mutating func skip(depth: Int = 0) throws(WebAuthnRefusal) {
        guard depth < Self.deepest else { throw .malformed }
        let head = try head()
        switch head.major {
        case 0, 1, 7: return
        case 2, 3: _ = try advance(by: head.argument)
        case 4, 5:
            let items = try items(head, each: head.major == 5 ? 2 : 1)
            for _ in 0..<items { try skip(depth: depth + 1) }
        default: throw .malformed
        }
    }

    private mutating func count(of major: UInt8, each: Int) throws(WebAuthnRefusal) -> Int {
        let head = try head()
        guard head.major == major else { throw .malformed }
        return try items(head, each: each) / each
    }

    /// Every item takes a byte at least: a count that promises more than is left is a lie.
    private func items(_ head: (major: UInt8, argument: UInt64), each: Int) throws(WebAuthnRefusal) -> Int {
        guard let count = Int(exactly: head.argument), count <= (end - at) / each else { throw .malformed }
        return count * each
    }

    private mutating func string(of major: UInt8) throws(WebAuthnRefusal) -> Range<Int> {
        let head = try head()
        guard head.major == major else { throw .malformed }
        return try advance(by: head.argument)
    }

    private mutating func advance(by count: UInt64) throws(WebAuthnRefusal) -> Range<Int> {
        guard let count = Int(exactly: count), count <= end - at else { throw .malformed }
        defer { at += count }
        return at..<(at + count)
    }

    private mutating func head() throws(WebAuthnRefusal) -> (major: UInt8, argument: UInt64) {
        let first = bytes[try advance(by: 1).lowerBound]
        let (major, info) = (first >> 5, first & 31)
        switch info {
        case 0..<24: return (major, UInt64(info))
        case 24..<28:
            let range = try advance(by: 1 << UInt64(info - 24))
            return (major, bytes[range].reduce(0) { $0 << 8 | UInt64($1) })
        // Lengths that are not known at the start, and what nobody has given a meaning.
        default: throw .malformed
        }
    }
}

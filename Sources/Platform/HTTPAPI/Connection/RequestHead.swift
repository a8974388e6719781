/// Reads as much of a request's head as its framing depends on, and nothing leniently (RFC 9112).
enum RequestHead {
    enum Framing: Equatable { case none, length(Int), chunked }

    struct Refusal: Error, Equatable {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    private static let mostFields = 100
    private static let longestTarget = 8 << 10

    /// The length of the head with its empty line, if that has come.
    static func length(in bytes: UnsafeRawBufferPointer, after searched: Int, atMost limit: Int) -> Int? {
        let end = min(bytes.count, limit)
        var index = max(3, searched)
        while index < end {
            if bytes[index] == lf, bytes[index - 1] == cr, bytes[index - 2] == lf, bytes[index - 3] == cr {
                return index + 1
            }
            index += 1
        }
        return nil
    }

    /// What follows the head, or why it is refused.
    static func framing(of head: UnsafeRawBufferPointer) -> Result<Framing, Refusal> {
        do throws(Refusal) {
            return .success(try parse(head))
        } catch {
            return .failure(error)
        }
    }

    private static func parse(_ head: UnsafeRawBufferPointer) throws(Refusal) -> Framing {
        var start = 0
        let first = try line(head, &start)
        let isOld = try requestLine(first)
        var hosts = 0
        var length: Int?
        var isChunked = false
        var fields = 0
        while true {
            let field = try line(head, &start)
            if field.isEmpty { break }
            fields += 1
            guard fields <= mostFields else { throw Refusal("there are more than \(mostFields) header fields") }
            let (name, value) = try split(field)
            if matches(name, "host") {
                hosts += 1
            } else if matches(name, "content-length") {
                guard length == nil, let number = decimal(value) else {
                    throw Refusal("Content-Length must be there once, as a plain number")
                }
                length = number
            } else if matches(name, "transfer-encoding") {
                guard !isChunked, matches(value, "chunked"), !isOld else {
                    throw Refusal("the only transfer encoding is chunked, once, in HTTP/1.1")
                }
                isChunked = true
            } else if matches(name, "upgrade") {
                throw Refusal("there is no other protocol to upgrade to")
            }
        }
        guard start == head.count else { throw Refusal("the head does not end where it should") }
        guard hosts == 1 else { throw Refusal("there must be exactly one Host") }
        guard !isChunked || length == nil else {
            throw Refusal("Content-Length and Transfer-Encoding exclude each other")
        }
        if isChunked { return .chunked }
        return length.map(Framing.length) ?? .none
    }

    /// Whether it is HTTP/1.0.
    private static func requestLine(_ line: Slice<UnsafeRawBufferPointer>) throws(Refusal) -> Bool {
        let refusal = Refusal("the request line must be a method, a path and HTTP/1.1, with single spaces")
        guard let methodEnd = line.firstIndex(of: space) else { throw refusal }
        let method = line[..<methodEnd]
        guard 1...20 ~= method.count, method.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }),
            !method.elementsEqual("CONNECT".utf8)
        else { throw refusal }
        let rest = line[line.index(after: methodEnd)...]
        guard let targetEnd = rest.firstIndex(of: space) else { throw refusal }
        let target = rest[..<targetEnd]
        guard target.count <= longestTarget else { throw Refusal("the path is longer than 8 KiB") }
        guard target.first == slash || target.elementsEqual("*".utf8), target.allSatisfy({ 0x21...0x7E ~= $0 }),
            !target.contains(UInt8(ascii: "#"))
        else { throw refusal }
        let version = rest[rest.index(after: targetEnd)...]
        if version.elementsEqual("HTTP/1.1".utf8) { return false }
        if version.elementsEqual("HTTP/1.0".utf8) { return true }
        throw refusal
    }

    /// The next line without its end; `start` moves behind it.
    private static func line(
        _ head: UnsafeRawBufferPointer, _ start: inout Int
    ) throws(Refusal) -> Slice<UnsafeRawBufferPointer> {
        var end = start
        while end < head.count, head[end] != cr, head[end] != lf { end += 1 }
        guard end + 1 < head.count, head[end] == cr, head[end + 1] == lf else {
            throw Refusal("a line of the head must end with CR LF")
        }
        defer { start = end + 2 }
        return Slice(base: head, bounds: start..<end)
    }

    private static func split(
        _ field: Slice<UnsafeRawBufferPointer>
    ) throws(Refusal) -> (name: Slice<UnsafeRawBufferPointer>, value: Slice<UnsafeRawBufferPointer>) {
        guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { throw Refusal("a header field has no colon") }
        let name = field[..<colon]
        guard !name.isEmpty, name.allSatisfy(isToken) else { throw Refusal("a header field has no proper name") }
        var value = field[field.index(after: colon)...]
        while let byte = value.first, byte == space || byte == tab { value.removeFirst() }
        while let byte = value.last, byte == space || byte == tab { value.removeLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == tab }) else {
            throw Refusal("a header field contains a control character")
        }
        return (name, value)
    }

    private static func matches(_ bytes: Slice<UnsafeRawBufferPointer>, _ lowercase: StaticString) -> Bool {
        guard bytes.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            zip(bytes, expected).allSatisfy { byte, letter in
                byte == letter || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte && byte | 0x20 == letter
            }
        }
    }

    private static func decimal(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard 1...15 ~= bytes.count else { return nil }
        var number = 0
        for byte in bytes {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"), UInt8(ascii: "`"),
            UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")
    private static let slash = UInt8(ascii: "/")
}

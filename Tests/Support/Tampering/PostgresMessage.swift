/// A message of PostgreSQL's protocol, in either direction: a letter, a length, and what it says.
struct PostgresMessage {
    let letter: UInt8
    let body: [UInt8]

    init(_ letter: Character, _ body: [UInt8] = []) {
        self.letter = letter.asciiValue ?? 0
        self.body = body
    }

    /// Takes the first message out of what has arrived, if it is whole.
    init?(from bytes: inout [UInt8]) {
        guard bytes.count >= 5 else { return nil }
        let length = bytes[1...4].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count > length else { return nil }
        letter = bytes[0]
        body = Array(bytes[5..<(length + 1)])
        bytes.removeFirst(length + 1)
    }

    var bytes: [UInt8] {
        let length = UInt32(body.count + 4)
        return [letter] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + body
    }

    func `is`(_ letter: Character) -> Bool { self.letter == letter.asciiValue }

    var fields: Fields { Fields(rest: body[...]) }

    /// Reads what a body is made of, in order; what is missing reads as nothing.
    struct Fields {
        fileprivate(set) var rest: ArraySlice<UInt8>

        mutating func text() -> String {
            let text = rest.prefix { $0 != 0 }
            rest = rest.dropFirst(text.count + 1)
            return String(decoding: text, as: UTF8.self)
        }

        mutating func integer(_ width: Int) -> Int {
            defer { rest = rest.dropFirst(width) }
            let number = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            return width == 4 ? Int(Int32(truncatingIfNeeded: number)) : number
        }

        mutating func bytes(_ count: Int) -> [UInt8] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    /// Parse, Bind and Execute of a statement without a name and without parameters.
    static func statement(_ text: String) -> [PostgresMessage] {
        [
            PostgresMessage("P", [0] + text.utf8 + [0, 0, 0]),
            PostgresMessage("B", [0, 0, 0, 0, 0, 0, 0, 0]),
            PostgresMessage("E", [0, 0, 0, 0, 0]),
        ]
    }
}

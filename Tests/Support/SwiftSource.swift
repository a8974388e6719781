/// What a Swift file says in string literals and what it says in code, told apart.
///
/// Enough of Swift's lexical grammar for tests that look at sources: comments, nested comments, plain, raw and
/// multi-line strings, and interpolations with strings inside.
package struct SwiftSource: Sendable {
    /// A part of a literal: text, or the source of an interpolation without `\(` and `)`.
    package enum Part: Equatable, Sendable {
        case text(String)
        case interpolation(String)
    }
    package struct Literal: Sendable {
        package let line: Int
        package let parts: [Part]
    }

    /// The code with comments and the text of literals taken out; lines keep their numbers.
    package let code: String
    package let literals: [Literal]

    package init(_ text: String) {
        var lexer = Lexer(bytes: Array(text.utf8))
        lexer.run()
        code = String(decoding: lexer.code, as: UTF8.self)
        literals = lexer.literals
    }
}

/// Works on bytes: the tests of a debug build read every file of the product.
private struct Lexer {
    let bytes: [UInt8]
    var code: [UInt8] = []
    var literals: [SwiftSource.Literal] = []
    private var at = 0
    private var line = 1

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")
    private static let open = UInt8(ascii: "(")
    private static let close = UInt8(ascii: ")")

    init(bytes: [UInt8]) {
        self.bytes = bytes
        code.reserveCapacity(bytes.count)
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        at + offset < bytes.count ? bytes[at + offset] : 0
    }

    private func has(_ byte: UInt8, times count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { self.byte(offset + $0) == byte }
    }

    private mutating func take() -> UInt8 {
        let byte = bytes[at]
        at += 1
        if byte == Self.newline {
            line += 1
            code.append(byte)
        }
        return byte
    }

    mutating func run() {
        while at < bytes.count { step() }
    }

    private mutating func step() {
        switch byte() {
        case Self.slash where byte(1) == Self.slash:
            while at < bytes.count, bytes[at] != Self.newline { at += 1 }
        case Self.slash where byte(1) == Self.star: skipComment()
        case Self.quote, Self.hash:
            if let hashes = literalStart() { literal(hashes) } else { fallthrough }
        default:
            let byte = take()
            if byte != Self.newline { code.append(byte) }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if byte() == Self.slash, byte(1) == Self.star {
                depth += 1
                at += 2
            } else if byte() == Self.star, byte(1) == Self.slash {
                depth -= 1
                at += 2
            } else {
                _ = take()
            }
        } while depth > 0 && at < bytes.count
    }

    /// How many `#` stand in front of a quotation mark that is here.
    private func literalStart() -> Int? {
        var hashes = 0
        while byte(hashes) == Self.hash { hashes += 1 }
        return byte(hashes) == Self.quote ? hashes : nil
    }

    private mutating func literal(_ hashes: Int) {
        let start = line
        at += hashes
        let marks = has(Self.quote, times: 3, at: 0) ? 3 : 1
        at += marks
        var parts: [SwiftSource.Part] = []
        var text: [UInt8] = []
        code.append(contentsOf: [Self.quote, Self.quote])
        while at < bytes.count,
            !(byte() == Self.quote && has(Self.quote, times: marks, at: 0) && has(Self.hash, times: hashes, at: marks))
        {
            guard byte() == Self.backslash, has(Self.hash, times: hashes, at: 1) else {
                text.append(take())
                continue
            }
            at += 1 + hashes
            if byte() == Self.open {
                if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
                text = []
                parts.append(.interpolation(interpolation()))
            } else if at < bytes.count {
                let escaped = take()
                if escaped != Self.newline { text.append(escaped == UInt8(ascii: "n") ? Self.newline : escaped) }
            }
        }
        at = min(at + marks + hashes, bytes.count)
        if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
        literals.append(SwiftSource.Literal(line: start, parts: parts))
    }

    /// Takes `( … )` with whatever is nested in it.
    private mutating func interpolation() -> String {
        let start = at
        var depth = 0
        repeat {
            if byte() == Self.open { depth += 1 }
            if byte() == Self.close { depth -= 1 }
            if depth > 0, byte() == Self.quote || byte() == Self.hash, let hashes = literalStart() {
                literal(hashes)
            } else {
                _ = take()
            }
        } while depth > 0 && at < bytes.count
        let inside = bytes[(start + 1)..<max(start + 1, at - 1)]
        code.append(UInt8(ascii: " "))
        code.append(contentsOf: inside)
        code.append(UInt8(ascii: " "))
        return String(decoding: inside, as: UTF8.self)
    }
}

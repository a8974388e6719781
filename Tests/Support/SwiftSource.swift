/// What a Swift file says in string literals and what it says in code, told apart.
///
/// Enough of Swift's lexical grammar for tests that look at sources: comments, nested comments, plain, raw and
/// multi-line strings, and interpolations with strings inside.
package struct SwiftSource {
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
    package private(set) var code = ""
    package private(set) var literals: [Literal] = []
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var line = 1

    package init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        while at < scalars.count { step() }
    }

    private func has(_ text: String, _ offset: Int = 0) -> Bool {
        var index = at + offset
        for scalar in text.unicodeScalars {
            guard index < scalars.count, scalars[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    private mutating func take() -> Unicode.Scalar {
        let scalar = scalars[at]
        at += 1
        if scalar == "\n" {
            line += 1
            code.unicodeScalars.append("\n")
        }
        return scalar
    }

    private mutating func step() {
        if has("//") {
            while at < scalars.count, scalars[at] != "\n" { at += 1 }
        } else if has("/*") {
            skipComment()
        } else if let hashes = literalStart() {
            literal(hashes)
        } else {
            let scalar = take()
            if scalar != "\n" { code.unicodeScalars.append(scalar) }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if has("/*") {
                depth += 1
                at += 2
            } else if has("*/") {
                depth -= 1
                at += 2
            } else {
                _ = take()
            }
        } while depth > 0 && at < scalars.count
    }

    /// How many `#` stand in front of a quotation mark that is here.
    private func literalStart() -> Int? {
        var hashes = 0
        while has("#", hashes) { hashes += 1 }
        return has("\"", hashes) ? hashes : nil
    }

    private mutating func literal(_ hashes: Int) {
        let start = line
        at += hashes
        let marks = has("\"\"\"") ? "\"\"\"" : "\""
        at += marks.count
        let fence = String(repeating: "#", count: hashes)
        let end = marks + fence
        var parts: [Part] = []
        var text = ""
        code += "\"\""
        while at < scalars.count, !has(end) {
            if has("\\" + fence) {
                at += 1 + hashes
                if has("(") {
                    if !text.isEmpty { parts.append(.text(text)) }
                    text = ""
                    parts.append(.interpolation(interpolation()))
                } else if at < scalars.count {
                    let escaped = take()
                    if escaped != "\n" { text.unicodeScalars.append(escaped == "n" ? "\n" : escaped) }
                }
            } else {
                text.unicodeScalars.append(take())
            }
        }
        at = min(at + end.count, scalars.count)
        if !text.isEmpty { parts.append(.text(text)) }
        literals.append(Literal(line: start, parts: parts))
    }

    /// Takes `( … )` with whatever is nested in it.
    private mutating func interpolation() -> String {
        let start = at
        var depth = 0
        repeat {
            if has("(") { depth += 1 }
            if has(")") { depth -= 1 }
            if let hashes = literalStart(), depth > 0 {
                literal(hashes)
            } else {
                _ = take()
            }
        } while depth > 0 && at < scalars.count
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[(start + 1)..<max(start + 1, at - 1)])
        code += " \(text) "
        return text
    }
}

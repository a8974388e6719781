/// The SQL statements that are written in the sources: every literal that begins like one.
///
/// So no store has to register what it asks, and none can be forgotten.
package struct SQLStatement: Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    /// The text as the server gets it, with `$1`, `$2`, … for values; nil if a fragment in the middle is not known here.
    package let text: String?

    package var description: String { "\(file):\(line)" }

    /// All statements of the product.
    package static var all: [SQLStatement] {
        ProductSource.all.flatMap { file in
            file.swift.literals.compactMap { SQLStatement(file.path, $0) }
        }
    }

    package init?(_ file: String, _ literal: SwiftSource.Literal) {
        guard case .text(let start)? = literal.parts.first, Self.looksLikeStatement(start) else { return nil }
        self.file = file
        line = literal.line
        var text = ""
        var binds = 0
        for (index, part) in literal.parts.enumerated() {
            switch part {
            case .text(let piece): text += piece
            case .interpolation(let source) where Self.isFragment(source):
                // At the end it only narrows and orders, so the statement is complete without it.
                let isLast = literal.parts[(index + 1)...].allSatisfy { part in
                    if case .text(let piece) = part { piece.allSatisfy(\.isWhitespace) } else { false }
                }
                guard isLast else {
                    self.text = nil
                    return
                }
            case .interpolation:
                binds += 1
                text += "$\(binds)"
            }
        }
        self.text = text
    }

    private static func isFragment(_ source: String) -> Bool {
        source.hasPrefix("fragment:") || source == "page" || source.hasSuffix(".page")
    }

    private static func looksLikeStatement(_ text: String) -> Bool {
        let words = text.split(whereSeparator: \.isWhitespace).prefix(4).map(String.init)
        guard let first = words.first, words.count > 1 || text.last?.isWhitespace == true else { return false }
        return switch first {
        case "select": true
        case "insert": words.count > 1 && words[1] == "into"
        case "delete": words.count > 1 && words[1] == "from"
        case "update": words.dropFirst().contains("set")
        case "with": words.dropFirst().first == "recursive" || words.dropFirst().contains("as")
        default: false
        }
    }
}

import TestSupport

/// A Swift file of the product.
struct SourceFile: Sendable {
    /// `Sources/Platform/Kernel/ID.swift`
    let path: String
    let text: String
    /// Without comments and literals.
    let code: String
    let literals: [SwiftSource.Literal]

    /// `Platform`
    var layer: String { String(path.split(separator: "/")[1]) }
    /// `Kernel`
    var module: String { String(path.split(separator: "/")[2]) }
    var lineCount: Int { text.split(separator: "\n", omittingEmptySubsequences: false).count }

    var imports: [String] {
        code.split(separator: "\n").filter { $0.contains("import ") }.compactMap { line in
            line.firstMatch(
                of:
                    /^\s*(?:@\w+\s+)*(?:(?:package|internal|private|fileprivate|public)\s+)?import\s+(?:(?:struct|enum|class|func|protocol|var|let|typealias)\s+)?(\w+)/
            ).map { String($0.1) }
        }
    }

    static let all: [SourceFile] = ProductSource.all.map { source in
        SourceFile(path: source.path, text: source.text, code: source.swift.code, literals: source.swift.literals)
    }

    /// The lines on which a pattern is found, as `path:line`.
    func lines(matching pattern: some RegexComponent) -> [String] {
        // Most files have no hit, and the whole is searched faster than its lines.
        guard code.contains(pattern) else { return [] }
        return code.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            line.contains(pattern) ? "\(path):\(number + 1)" : nil
        }
    }
}

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
        code.split(separator: "\n").compactMap { line in
            line.firstMatch(
                of:
                    /^\s*(?:@\w+\s+)*(?:(?:package|internal|private|fileprivate|public)\s+)?import\s+(?:(?:struct|enum|class|func|protocol|var|let|typealias)\s+)?(\w+)/
            ).map { String($0.1) }
        }
    }

    static let all: [SourceFile] = Repository.files(below: "Sources", ending: ".swift").map { path in
        let text = (try? Repository.text(path)) ?? ""
        let source = SwiftSource(text)
        return SourceFile(path: path, text: text, code: source.code, literals: source.literals)
    }

    /// The lines on which a pattern is found, as `path:line`.
    func lines(matching pattern: some RegexComponent) -> [String] {
        code.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            line.contains(pattern) ? "\(path):\(number + 1)" : nil
        }
    }
}

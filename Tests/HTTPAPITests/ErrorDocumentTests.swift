import Foundation
import HTTPAPI
import Testing

@Suite struct ErrorDocumentTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `every problem that the sources declare is documented with its status, and no other`() throws {
        let text = try String(contentsOf: root.appending(path: "Docs/errors.md"), encoding: .utf8)
        let files = FileManager.default.enumerator(at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
        var declared: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            let declaration = /ProblemType\(\s*"([a-z-]+)",\s*"[^"]*",\s*status:\s*(\d+)/
            for match in source.matches(of: declaration) {
                declared.insert(String(match.1))
                let row = "| `\(match.1)` | \(match.2) |"
                #expect(text.contains(row), "\(file.lastPathComponent): \(row) … is missing in Docs/errors.md")
            }
        }
        let documented = Completeness.documentedProblems(text)
        #expect(documented.subtracting(declared).isEmpty)
        #expect(declared.isSuperset(of: ProblemType.common.map(\.name)))
    }
}

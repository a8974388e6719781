import Foundation
import HTTPAPI
import Testing

@Suite struct ErrorDocumentTests {
    @Test func `every common problem is documented with its status`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Docs/errors.md"), encoding: .utf8)
        let documented = Completeness.documentedProblems(text)
        for problem in ProblemType.common {
            #expect(documented.contains(problem.name), "\(problem.name)")
            #expect(text.contains("| `\(problem.name)` | \(problem.status) |"), "\(problem.name)")
        }
    }
}

import HTTPTypes
package import Kernel

/// Rules that hold for every operation there is. A test of the whole server asks for findings and wants none.
package enum Completeness {
    /// What is wrong with the operations, in words; `documented` are the problem names that `Docs/errors.md` lists.
    package static func findings(_ operations: [Operation], documented: Set<String>? = nil) -> [String] {
        let problems = Set(operations.flatMap(\.problems) + ProblemType.common)
        var findings = repeated(operations.map(\.name)).map { "two operations are called \($0)" }
        findings += repeated(operations.map { "\($0.method) \($0.path.withoutNames)" }).map {
            "two operations are \($0)"
        }
        findings += repeated(problems.map(\.name)).map { "two different problems are called \($0)" }
        findings += OpenAPI.collisions(operations).map { "two different types are called \($0)" }
        findings += operations.flatMap { Self.findings(of: $0) }
        if let documented {
            findings += problems.map(\.name).filter { !documented.contains($0) }.map { "\($0) is not documented" }
        }
        return findings.sorted()
    }

    /// One line per operation: what it is, who may, and what it leaves behind. Kept as a golden file, so that a review
    /// sees when somebody opens a door.
    package static func table(_ operations: [Operation]) -> String {
        let lines = operations.map { operation -> String in
            let audit = if case .action(let action) = operation.audit { action } else { "-" }
            let stepUp = operation.stepUp == .recent ? "step-up" : "-"
            return [
                operation.method.rawValue, operation.path, operation.permission.code, audit, stepUp,
                operation.rate.rawValue,
            ].joined(separator: " ")
        }
        return lines.sorted().joined(separator: "\n") + "\n"
    }

    /// The names in the table of `Docs/errors.md`: the first cell of each row, in backticks.
    package static func documentedProblems(_ markdown: String) -> Set<String> {
        var names: Set<String> = []
        for line in markdown.split(separator: "\n") where line.hasPrefix("| `") {
            names.insert(String(line.dropFirst(3).prefix { $0 != "`" }))
        }
        return names
    }

    private static func findings(of operation: Operation) -> [String] {
        var findings: [String] = []
        if operation.summary.isEmpty { findings.append("has no summary") }
        if !operation.permission.code.contains(".") { findings.append("has a permission that names no area") }
        switch operation.audit {
        case .action(let action):
            if !action.contains(".") { findings.append("has an audit action that names no kind of thing") }
        case .none(let reason):
            if operation.method != .get, reason == Audit.readingReason {
                findings.append("changes something unaudited")
            }
            if reason.isEmpty { findings.append("does not say why it is not audited") }
        }
        let shapes: [Shape] =
            switch operation.response {
            case .json(let shape), .events(let shape): [shape]
            case .nothing, .file: []
            }
        if shapes.contains(where: \.reachesSecret) { findings.append("answers with a secret") }
        return findings.map { "\(operation.name) \($0)" }
    }

    private static func repeated(_ names: [String]) -> Set<String> {
        var seen: Set<String> = []
        return Set(names.filter { !seen.insert($0).inserted })
    }
}

extension Audit {
    fileprivate static var readingReason: String {
        if case .none(let reason) = Audit.reading { reason } else { "" }
    }
}

extension String {
    /// Two paths that differ only in what they call their parts are the same path.
    fileprivate var withoutNames: String {
        split(separator: "/").map { $0.hasPrefix("{") ? "/{}" : "/\($0)" }.joined()
    }
}

extension Shape {
    /// Whether a value of this shape could show what is only ever sent to us.
    package var reachesSecret: Bool {
        switch self {
        case .scalar, .reference: false
        case .nullable(let shape), .array(let shape, _): shape.reachesSecret
        case .object(let object): object.fields.contains { $0.isWriteOnly || $0.shape.reachesSecret }
        case .union(let union):
            union.variants.contains { $0.shape.fields.contains { $0.isWriteOnly || $0.shape.reachesSecret } }
        }
    }
}

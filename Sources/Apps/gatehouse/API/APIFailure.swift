import Kernel

/// What the server refused, in its own words (RFC 9457).
struct APIFailure: Error, CustomStringConvertible {
    let status: Int
    let origin: String
    let problem: JSON

    init(status: Int, body: [UInt8], origin: String) {
        self.status = status
        self.origin = origin
        problem = (try? JSONParser.parse(body)) ?? [:]
    }

    /// The last part of the problem's type: what programs switch on.
    var kind: String { problem.text("type").split(separator: ":").last.map(String.init) ?? "" }

    var description: String {
        let title = problem.text("title")
        var lines = [title.isEmpty ? "\(origin) answered \(status)." : title.asSentence]
        let detail = problem.text("detail")
        if !detail.isEmpty { lines.append(detail) }
        for error in problem.list("errors") {
            lines.append("  \(error.text("pointer").drop { $0 == "/" }): \(error.text("message"))")
        }
        for reason in problem.list("reasons") { lines.append("  - \(reason.text("message"))") }
        if kind == "unauthenticated" { lines.append("Sign in with: gatehouse login --url \(origin)") }
        if status >= 500, !problem.text("traceId").isEmpty { lines.append("Trace: \(problem.text("traceId"))") }
        return lines.map(\.oneLine).joined(separator: "\n")
    }
}

extension String {
    fileprivate var asSentence: String { hasSuffix(".") ? self : self + "." }
}

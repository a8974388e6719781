import HTTPTypes
import HummingbirdCore
import Kernel
import Logging

/// One line per request: what was asked and how it ended, never a query value, a header or a body.
enum AccessLog {
    static func write(_ visit: Responder.Visit, _ outgoing: Outgoing, _ duration: Duration, to logger: Logger) {
        let (seconds, attoseconds) = duration.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        var metadata: Logger.Metadata = [
            "trace": .string(visit.facts.traceID),
            "method": .string(visit.request.method.rawValue),
            "path": .string(path(visit)),
            "status": .stringConvertible(outgoing.status),
            "us": .stringConvertible(microseconds),
            "client": .string(visit.facts.clientAddress),
            "host": .string(visit.facts.host),
        ]
        if let operation = visit.operation { metadata["operation"] = .string(operation.name) }
        if let tenant = visit.tenant { metadata["tenant"] = .string(tenant.text) }
        if let problem = outgoing.problem { metadata["problem"] = .string(problem.name) }
        if case .bytes(let bytes) = outgoing.body { metadata["bytes"] = .stringConvertible(bytes.count) }
        if let agent = visit.facts.headers[.userAgent] { metadata["agent"] = .string(String(agent.prefix(120))) }
        logger.info("request", metadata: metadata)
    }

    /// A path that needs no sign-in may itself be the credential, as in a decision link; so may one that is called in a
    /// wrong way. What nobody serves is told without its long parts.
    private static func path(_ visit: Responder.Visit) -> String {
        guard let operation = visit.operation else {
            return visit.path.prefix(500).split(separator: "/", omittingEmptySubsequences: false)
                .map { $0.utf8.count > 40 ? $0.prefix(4) + "…" : $0 }.joined(separator: "/")
        }
        return operation.isPublic ? operation.path : String(visit.path.prefix(500))
    }
}

import HTTPAPI
import HTTPTypes
import Kernel
import Postgres

/// Why somebody else than its person ended a browser's session.
enum WebSessionEnd: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
    /// The person signed in elsewhere, and may be signed in only once.
    case elsewhere
    case administrator

    /// What the browser is told.
    var problem: Problem {
        let text =
            switch self {
            case .elsewhere: "You signed in somewhere else, and may be signed in only once."
            case .administrator: "An administrator signed you out."
            }
        return Problem(
            .unauthenticated, text, reasons: [Problem.Reason("session-ended-\(rawValue)", text)],
            headers: [.wwwAuthenticate: "Bearer"])
    }
}

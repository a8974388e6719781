package import HTTPAPI

/// What can be wrong with a session, closed.
package enum SessionError: ProblemRepresentable, Equatable {
    case notFound
    case ended

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .ended: Problem(.sessionEnded, "The session has ended already.")
        }
    }
}

extension ProblemType {
    package static let sessionEnded = ProblemType("session-ended", "The session has ended", status: 409)
}

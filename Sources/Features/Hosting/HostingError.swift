package import HTTPAPI

/// What can be wrong between a worker and the server, closed.
package enum HostingError: ProblemRepresentable, Equatable {
    case notFound
    /// The token is unknown, used or too old; which of them is nobody's business.
    case enrolmentRefused
    case nameTaken
    case assertionRefused
    case rotationRefused
    case wrongState
    case notAdmitted

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .enrolmentRefused:
            Problem(.enrolmentRefused, "The token is not good any more, or the signature does not fit it.")
        case .nameTaken: Problem(.workerNameTaken, "Remove the worker that has the name, or choose another one.")
        case .assertionRefused: Problem(.assertionRefused, "The assertion proves nothing.")
        case .rotationRefused: Problem(.rotationRefused, "Both the old and the new key have to sign.")
        case .wrongState: Problem(.wrongWorkerState)
        case .notAdmitted: Problem(.notFound, "There is no such admission, or it is over.")
        }
    }
}

extension ProblemType {
    package static let enrolmentRefused = ProblemType("enrolment-refused", "The worker is not enrolled", status: 403)
    package static let workerNameTaken = ProblemType("worker-name-taken", "Another worker has this name", status: 409)
    package static let assertionRefused = ProblemType(
        "assertion-refused", "The worker is not known by this", status: 401)
    package static let rotationRefused = ProblemType("rotation-refused", "The keys stay as they are", status: 403)
    package static let wrongWorkerState = ProblemType(
        "wrong-worker-state", "The worker is not in a state for this", status: 409)
}

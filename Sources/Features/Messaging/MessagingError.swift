package import HTTPAPI

/// What can be wrong with a webhook, closed.
package enum MessagingError: ProblemRepresentable {
    case notFound
    case changed
    case nameTaken
    case notDead

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .nameTaken: Problem(.webhookNameTaken, "Another webhook has this name.")
        case .notDead: Problem(.deliveryNotDead, "It was delivered, or is still being tried.")
        }
    }
}

extension ProblemType {
    package static let webhookNameTaken = ProblemType("webhook-name-taken", "The name is taken", status: 409)
    package static let deliveryNotDead = ProblemType("delivery-not-dead", "The delivery did not fail", status: 409)

    package static let messaging: [ProblemType] = [webhookNameTaken, deliveryNotDead]
}

package import HTTPAPI
import Kernel

/// What can be wrong with webhooks and mail, closed.
package enum MessagingError: ProblemRepresentable {
    case notFound
    case changed
    case nameTaken
    case notDead
    case badAddress
    case noMailServer

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .nameTaken: Problem(.webhookNameTaken, "Another webhook has this name.")
        case .notDead: Problem(.deliveryNotDead, "It was delivered, or is still being tried.")
        case .badAddress:
            Problem(
                .invalidFields, errors: [FieldError(pointer: "/to", message: "must be an address that mail reaches")])
        case .noMailServer: Problem(.noMailServer, "Set a mail server and save it first.")
        }
    }
}

extension ProblemType {
    package static let webhookNameTaken = ProblemType("webhook-name-taken", "The name is taken", status: 409)
    package static let deliveryNotDead = ProblemType("delivery-not-dead", "The delivery did not fail", status: 409)

    package static let noMailServer = ProblemType(
        "no-mail-server", "The company has no mail server of its own", status: 409)

    package static let messaging: [ProblemType] = [webhookNameTaken, deliveryNotDead, noMailServer]
}

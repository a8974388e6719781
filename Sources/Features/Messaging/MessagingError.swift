package import HTTPAPI
import Kernel

/// What can be wrong with webhooks and mail, closed.
package enum MessagingError: ProblemRepresentable {
    case notFound
    case changed
    case nameTaken
    case tooMany
    /// It is still being tried.
    case notDead
    case disabled
    case unknownOrganization
    /// Approvers are asked through it, so that it takes more to change where it leads and who signs.
    case asksApprovers
    /// Patterns that no event fits, by their places in the list.
    case unknownEvents([Int])
    /// Everything is sent again only of a span.
    case noSpan
    case badAddress
    case noMailServer

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .nameTaken: Problem(.webhookNameTaken, "Another webhook has this name.")
        case .tooMany:
            Problem(.webhookLimit, "There are \(Messaging.mostWebhooks) already. Delete one that is not needed.")
        case .notDead: Problem(.deliveryNotDead, "It is still being tried.")
        case .disabled: Problem(.webhookDisabled, "Enable the webhook first.")
        case .unknownOrganization:
            Problem(.invalidFields, errors: [FieldError(pointer: "/organization", message: "does not exist")])
        case .asksApprovers:
            Problem(
                .forbidden,
                "An approval flow asks through it: address and secret are changed by those who may change flows.")
        case .unknownEvents(let places):
            Problem(
                .invalidFields,
                errors: places.map { FieldError(pointer: "/eventTypes/\($0)", message: "is no event that there is") })
        case .noSpan:
            Problem(
                .invalidFields,
                errors: [FieldError(pointer: "/from", message: "must say from when, and to until when")])
        case .badAddress:
            Problem(
                .invalidFields, errors: [FieldError(pointer: "/to", message: "must be an address that mail reaches")])
        case .noMailServer: Problem(.noMailServer, "Set a mail server and save it first.")
        }
    }
}

extension ProblemType {
    package static let webhookNameTaken = ProblemType("webhook-name-taken", "The name is taken", status: 409)
    package static let webhookLimit = ProblemType("webhook-limit", "There are too many webhooks", status: 409)
    package static let deliveryNotDead = ProblemType(
        "delivery-not-dead", "The delivery is still being tried", status: 409)
    package static let webhookDisabled = ProblemType("webhook-disabled", "The webhook is disabled", status: 409)

    package static let noMailServer = ProblemType(
        "no-mail-server", "The company has no mail server of its own", status: 409)

    package static let messaging: [ProblemType] = [
        webhookNameTaken, webhookLimit, deliveryNotDead, webhookDisabled, noMailServer,
    ]
}

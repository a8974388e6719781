package import HTTPAPI
import Kernel

/// What can be wrong with channels and callbacks, closed.
package enum MessengerError: ProblemRepresentable {
    case notFound
    case changed
    case nameTaken
    case tooMany
    case unknownProvider
    /// It takes more to say who answers for approvers.
    case beyondOwnPermissions
    /// The call is not the vendor's, or not of now, or not for this company.
    case callbackRefused

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .nameTaken: Problem(.channelNameTaken, "Another channel has this name.")
        case .tooMany:
            Problem(.channelLimit, "There are \(Messengers.mostChannels) already. Delete one that is not needed.")
        case .unknownProvider:
            Problem(.invalidFields, errors: [FieldError(pointer: "/provider", message: "does not exist")])
        case .beyondOwnPermissions:
            Problem(
                .forbidden,
                "A channel says who answers for approvers: it takes the permissions for approval flows and identity "
                    + "providers as well.")
        case .callbackRefused: Problem(.callbackRefused, "Check the secrets of the channel, and the server's clock.")
        }
    }
}

extension ProblemType {
    package static let channelNameTaken = ProblemType("channel-name-taken", "The name is taken", status: 409)
    package static let channelLimit = ProblemType("channel-limit", "There are too many channels", status: 409)
    package static let callbackRefused = ProblemType(
        "callback-refused", "The call cannot be proven to be the messenger's", status: 403)

    package static let messengers: [ProblemType] = [channelNameTaken, channelLimit, callbackRefused]
}

package import HTTPAPI
import HTTPTypes

/// What can be wrong with a grant, closed.
package enum AccessError: ProblemRepresentable {
    case notFound
    case notActive
    case notLater
    case emergency
    case unknownMember
    case trialTooLarge
    case trialsBusy

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .notActive: Problem(.grantNotActive, "It was revoked or has ended already.")
        case .notLater:
            Problem(.grantEndNotLater, "It ends later than that, or has no end. Choose a later moment, or revoke it.")
        case .emergency:
            Problem(.grantIsEmergency, "Its rule says how long it is. Ask for access, or give it anew.")
        case .unknownMember:
            Problem(.unknownGrantMember, "One of the users, groups, assets or nodes does not exist. Choose again.")
        case .trialTooLarge:
            Problem(.accessTrialTooLarge, "Too many grants bear on it. Try fewer changes at a time.")
        case .trialsBusy: Problem(.tooMany, "Others try changes right now.", headers: [.retryAfter: "2"])
        }
    }
}

extension ProblemType {
    package static let grantNotActive = ProblemType("grant-not-active", "The grant is over", status: 409)
    package static let grantEndNotLater = ProblemType(
        "grant-end-not-later", "The grant's end can only be moved to later", status: 409)
    package static let grantIsEmergency = ProblemType(
        "grant-is-emergency", "Emergency access has no other end", status: 409)
    package static let unknownGrantMember = ProblemType(
        "unknown-grant-member", "The grant names something that does not exist", status: 422)
    package static let accessTrialTooLarge = ProblemType(
        "access-trial-too-large", "Too much bears on the changes", status: 422)

    package static let access: [ProblemType] = [
        grantNotActive, grantEndNotLater, grantIsEmergency, unknownGrantMember, accessTrialTooLarge,
    ]
}

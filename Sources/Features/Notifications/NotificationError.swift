package import HTTPAPI
import Kernel

/// What can be wrong with notices, closed.
package enum NotificationError: ProblemRepresentable, Equatable {
    case notFound
    case changed
    case unknownTimeZone
    /// The type never goes by this way, or has to.
    case notPossible(pointer: String, message: String)
    case badTemplate(field: String, message: String)
    case unknownAudience
    case tooMany
    case alreadyOver
    /// Whoever hosts the company announced it.
    case ofProvider
    case unknownTenant

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .unknownTimeZone:
            Problem(
                .invalidFields,
                errors: [FieldError(pointer: "/timeZone", message: "must be a time zone that there is")])
        case .notPossible(let pointer, let message):
            Problem(.invalidFields, errors: [FieldError(pointer: pointer, message: message)])
        case .badTemplate(let field, let message):
            Problem(.invalidFields, errors: [FieldError(pointer: "/\(field)", message: message)])
        case .unknownAudience: Problem(.unknownAudience, "One of the users, groups or roles does not exist.")
        case .tooMany: Problem(.announcementLimit, "Delete announcements that are over first.")
        case .ofProvider:
            Problem(.announcementOfProvider, "The hosting provider announced it, and only the provider changes it.")
        case .unknownTenant:
            Problem(
                .invalidFields, errors: [FieldError(pointer: "/tenants", message: "must be tenants that there are")])
        case .alreadyOver:
            Problem(
                .invalidFields, errors: [FieldError(pointer: "/endsAt", message: "must be in the future")])
        }
    }
}

extension ProblemType {
    package static let unknownAudience = ProblemType("unknown-audience", "There is no such audience", status: 422)
    package static let announcementLimit = ProblemType(
        "announcement-limit", "There are too many announcements", status: 409)

    package static let announcementOfProvider = ProblemType(
        "announcement-of-provider", "The announcement is the hosting provider's", status: 409)

    package static let notifications: [ProblemType] = [unknownAudience, announcementLimit, announcementOfProvider]
}

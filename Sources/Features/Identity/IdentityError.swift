package import HTTPAPI
import HTTPTypes
import Kernel

/// What can be wrong with people and their sign-ins, closed.
package enum IdentityError: ProblemRepresentable, Equatable {
    /// Wrong, unknown, locked, disabled: one answer for all of them.
    case signInRefused
    /// The token of a sign-in is unknown, used, spent or late.
    case signInExpired
    /// The sign-in goes on, the code was not right.
    case codeRefused
    /// The password of somebody who is signed in was not right.
    case passwordRefused
    /// Too many passwords are being checked at once.
    case busy
    /// The account has a step to do that only the portal can ask for.
    case finishInPortal
    case weakPassword(String)
    case unknownRole
    case notFound
    case changed
    case loginTaken
    case nameTaken
    case keyTaken
    case tooMany(String)
    /// Somebody may not hand out, or touch, more than they have themselves.
    case beyondOwnPermissions
    case lastAdministrator
    case notYourself
    /// An organization that a request names is not there, or not for the one who asks.
    case unknownOrganization(String)
    case rootOrganization
    case organizationInsideItself
    case organizationNotEmpty
    case syncUnderWay
    /// Nobody has seen yet what a sync would do.
    case previewFirst

    package var problem: Problem {
        switch self {
        case .signInRefused: Problem(.signInRefused, headers: Self.challenge)
        case .signInExpired: Problem(.signInExpired, "Begin again with login and password.", headers: Self.challenge)
        case .codeRefused: Problem(.codeRefused, "A code works once, and for about a minute.")
        case .passwordRefused: Problem(.passwordRefused)
        case .busy: Problem(.tooMany, "Many people are signing in right now.", headers: [.retryAfter: "2"])
        case .finishInPortal: Problem(.finishInPortal, "Sign in to the portal once and do what it asks for.")
        case .weakPassword(let message): Self.field("password", message)
        case .unknownRole: Self.field("roles", "names a role that does not exist")
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .loginTaken: Problem(.loginTaken)
        case .nameTaken: Problem(.nameTaken)
        case .keyTaken: Problem(.keyTaken)
        case .tooMany(let what): Problem(.limitReached, what)
        case .beyondOwnPermissions: Problem(.forbidden, "It takes every permission that the other person has or gets.")
        case .lastAdministrator: Problem(.lastAdministrator, "Make somebody else administrator first.")
        case .notYourself: Problem(.notYourself, "Ask another administrator.")
        case .unknownOrganization(let field): Self.field(field, "names something that does not exist")
        case .rootOrganization: Problem(.rootOrganization)
        case .organizationInsideItself: Problem(.organizationInsideItself)
        case .syncUnderWay: Problem(.syncUnderWay, "Wait until it is over.")
        case .previewFirst: Problem(.previewFirst, "Start a preview and look at its report.")
        case .organizationNotEmpty: Problem(.organizationNotEmpty, "Move what it has to another one, or merge it.")
        }
    }

    private static func field(_ name: String, _ message: String) -> Problem {
        Problem(.invalidFields, errors: [FieldError(pointer: "/\(name)", message: message)])
    }

    private static let challenge: HTTPFields = [.wwwAuthenticate: "Bearer"]
}

extension ProblemType {
    package static let signInRefused = ProblemType(
        "sign-in-refused", "Login and password do not fit, or the account is locked for a while", status: 401)
    package static let signInExpired = ProblemType("sign-in-expired", "This sign-in is over", status: 401)
    package static let codeRefused = ProblemType("code-refused", "The code is not right", status: 403)
    package static let passwordRefused = ProblemType("password-refused", "The password is not right", status: 403)
    package static let finishInPortal = ProblemType("finish-in-portal", "The account is not set up yet", status: 403)
    package static let loginTaken = ProblemType("login-taken", "Somebody has this login", status: 409)
    package static let nameTaken = ProblemType("name-taken", "This name is taken", status: 409)
    package static let keyTaken = ProblemType("key-taken", "This key is in use", status: 409)
    package static let limitReached = ProblemType("limit-reached", "There are as many as there may be", status: 409)
    package static let lastAdministrator = ProblemType(
        "last-administrator", "Nobody would be left to administer", status: 409)
    package static let rootOrganization = ProblemType(
        "root-organization", "The organization at the top is the company itself", status: 409)
    package static let organizationInsideItself = ProblemType(
        "organization-inside-itself", "An organization cannot lie in itself", status: 409)
    package static let organizationNotEmpty = ProblemType(
        "organization-not-empty", "There is still something in the organization", status: 409)
    package static let syncUnderWay = ProblemType(
        "sync-under-way", "A sync with this provider is under way", status: 409)
    package static let previewFirst = ProblemType("preview-first", "It takes a preview first", status: 409)
    package static let notYourself = ProblemType("not-yourself", "Not to your own account", status: 409)
}

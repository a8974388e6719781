package import FoundationEssentials
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
    /// A passkey's answer does not count; why stands in the trail.
    case passkeyRefused
    /// The tenant takes other makes only.
    case passkeyModelRefused
    /// There is no passkey that is good at this host name.
    case noPasskeyHere
    /// Somebody whom a directory vouches for comes in by it.
    case comesByProvider
    /// Nor does anybody any more: it is switched off.
    case providerOff
    /// A link that the person made themselves lets them in no more, or not for now.
    case ownLinkHeld(KeyHold)
    /// Only a signed-in browser can use passkeys.
    case browserNeeded
    case lastSecondFactor
    case authenticatorPresent
    /// The second factor is a passkey, where only a code can be typed.
    case noCodeToType
    /// There is nothing to type yet: it is on its way to the mailbox.
    case codeSent
    /// Codes by e-mail do not count for this person, or no mail goes there.
    case codeNotSent
    case codeSentLately(seconds: Int)
    /// As many text messages went out as may.
    case codesUsedUp
    /// As many conversations with a person's RADIUS server began as may.
    case roundsUsedUp
    /// The company looks at no faces, or the person has shown none so far.
    case faceUnavailable
    /// What was posted for a face is not the capture component's, or nobody waits for it.
    case faceCheckRefused
    /// The company sends no text messages to numbers that begin so.
    case numberNotAllowed
    /// It was right, and the tenant's rules want something else.
    case factorNotCounted
    /// Too many passwords are being checked at once.
    case busy
    /// An identity provider cannot be asked right now, or says what cannot be.
    case providerUnavailable
    /// Too many sign-ins failed where somebody comes from; the same for whomever they try.
    case addressLocked(seconds: Int)
    /// The account has a step to do that only the portal can ask for.
    case finishInPortal
    /// A rule of the tenant keeps the person out here and now: one answer for all rules.
    case signInDenied
    /// Somebody was asked about the sign-in and said no.
    case signInRejected
    /// Somebody has to agree to the sign-in; what it goes on with, and who is asked until when, if that is news.
    case signInWaits(attempt: String, asked: [String] = [], until: Date? = nil)
    /// A sign-in that somebody wants to give their word about has been decided, or has run out.
    case reviewOver
    /// Rules that would keep out the one who makes them.
    case wouldLockYouOut
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
    /// Somebody may not make or touch a role that allows what they may not do.
    case permissionsNotHeld([String])
    case builtInRole
    /// Logins of some who hold a role that is to be removed.
    case roleHeld([String])
    /// Something names a role that is to be removed.
    case roleNamed
    /// A role of the tenant as a whole is to be held at an organization.
    case tenantRole
    case lastAdministrator
    /// What somebody would have is of two duties.
    case dutiesCross
    /// Administrators cannot be divided as they are.
    case dutiesNotReady
    /// It is so already, or somebody has asked already.
    case dutiesDecided
    /// Nobody does this alone.
    case secondPersonNeeded
    case notYourself
    /// An organization that a request names is not there, or not for the one who asks.
    case unknownOrganization(String)
    case rootOrganization
    case organizationInsideItself
    case organizationNotEmpty
    case syncUnderWay
    /// Nobody has seen yet what a sync would do.
    case previewFirst
    /// The provider has no list of its people.
    case nothingToSync
    /// A directory says how a group is called and who is in it.
    case keptByProvider
    /// The company lets no administrator come in by a link.
    case administratorByLink
    /// A program that signs with a key makes or revives none.
    case keysMakeNoKeys
    /// A binding that was begun is over, or was begun elsewhere.
    case bindingExpired
    /// The provider did not say whose account it is; why stands in the trail.
    case bindingRefused
    /// The account at the provider is somebody's already.
    case accountBound
    /// The person has an account there.
    case alreadyBound
    /// Who the person is comes from a provider.
    case knownByProvider
    /// An identity provider that is to be removed confirms so many people.
    case confirmsPeople(Int)
    /// Somebody has no password here that could be changed, or used in another form.
    case noPasswordHere

    package var problem: Problem {
        switch self {
        case .signInRefused: Problem(.signInRefused, headers: Self.challenge)
        case .signInExpired: Problem(.signInExpired, "Begin again with login and password.", headers: Self.challenge)
        case .codeRefused: Problem(.codeRefused, "A code works once, and for about a minute.")
        case .passwordRefused: Problem(.passwordRefused)
        case .passkeyRefused: Problem(.passkeyRefused, "Try again, or use another way to sign in.")
        case .passkeyModelRefused: Problem(.passkeyModelRefused, "Ask an administrator which ones are taken.")
        case .noPasskeyHere: Problem(.noPasskeyHere, "Use another second factor.")
        case .comesByProvider:
            Problem(.passkeyRefused, "Sign in with your password; the passkey is your second factor then.")
        case .providerOff:
            Problem(
                .passkeyRefused,
                "Your company has switched off the sign-in service that you came by. Ask its administrator.")
        case .ownLinkHeld(.signIn):
            Problem(
                .signInRefused, "Sign in by your company's sign-in service, or with your password.",
                headers: Self.challenge)
        case .ownLinkHeld(.providerOff):
            Problem(
                .signInRefused,
                "Your company has switched off the sign-in service that you came by. Ask its administrator.",
                headers: Self.challenge)
        case .browserNeeded: Problem(.browserNeeded, "Sign in to the portal.")
        case .lastSecondFactor: Problem(.lastSecondFactor, "Add another one first.")
        case .authenticatorPresent: Problem(.authenticatorPresent, "Remove it first.")
        case .noCodeToType:
            Problem(
                .finishInPortal,
                "The second factor is a passkey or a face, which takes a browser: add an authenticator app in the portal."
            )
        case .codeSent: Problem(.codeSent, "Sign in again with the code that was sent to you.")
        case .codeNotSent: Problem(.codeNotSent, "Use another second factor, or ask your administrator.")
        case .factorNotCounted: Problem(.factorNotCounted, "Sign out and in again to set up another one.")
        case .codeSentLately(let seconds):
            Problem(
                .tooMany, "A code was sent less than a minute ago.", headers: [.retryAfter: String(seconds)])
        case .codesUsedUp:
            Problem(.tooMany, "As many text messages were sent as may be.", headers: [.retryAfter: "3600"])
        case .roundsUsedUp:
            Problem(.tooMany, "The RADIUS server was asked as often as may be.", headers: [.retryAfter: "3600"])
        case .faceUnavailable: Problem(.faceUnavailable, "Use another second factor, or ask an administrator.")
        case .faceCheckRefused: Problem(.faceCheckRefused)
        case .numberNotAllowed: Self.field("number", "begins in a way that no messages are sent to")
        case .busy: Problem(.tooMany, "Many people are signing in right now.", headers: [.retryAfter: "2"])
        case .providerUnavailable: Problem(.providerUnavailable)
        case .addressLocked(let seconds):
            Problem(
                .tooMany, "Too many sign-ins failed where you are.", headers: [.retryAfter: String(seconds)])
        case .finishInPortal: Problem(.finishInPortal, "Sign in to the portal once and do what it asks for.")
        case .signInDenied: Problem(.signInDenied, "Ask your company's administrator.")
        case .signInRejected: Problem(.signInRejected)
        case .signInWaits(let attempt, let asked, let until): Self.waits(attempt, asked, until)
        case .reviewOver: Problem(.reviewOver)
        case .wouldLockYouOut:
            Problem(.wouldLockYouOut, "Put a rule in front that lets you in from where you are now.")
        case .weakPassword(let message): Self.field("password", message)
        case .unknownRole: Self.field("roles", "names a role that does not exist")
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .loginTaken: Problem(.loginTaken)
        case .nameTaken: Problem(.nameTaken)
        case .keyTaken: Problem(.keyTaken)
        case .tooMany(let what): Problem(.limitReached, what)
        case .beyondOwnPermissions: Problem(.forbidden, "It takes every permission that the other person has or gets.")
        case .permissionsNotHeld(let codes):
            Problem(
                .forbidden, "It takes every permission of the role: you have no \(codes.joined(separator: ", ")).",
                reasons: codes.map { .init("permission-not-held", $0) })
        case .builtInRole: Problem(.builtInRole, "Make a copy of it and change that.")
        case .roleHeld(let logins):
            Problem(
                .roleInUse,
                "It is held by \(logins.prefix(5).joined(separator: ", "))\(logins.count > 5 ? " and others" : "").")
        case .roleNamed:
            Problem(.roleInUse, "An approval flow, or a rule about sign-ins or of an identity provider, names it.")
        case .tenantRole: Problem(.tenantRole, "Make a role of organizations for it.")
        case .lastAdministrator: Problem(.lastAdministrator, "Make somebody else administrator first.")
        case .dutiesCross: Problem(.dutiesCross, "Take the other one first.")
        case .dutiesNotReady:
            Problem(
                .dutiesNotReady,
                "Each duty takes somebody, nobody has two, and no provider gives any, or links people or handles all.")
        case .dutiesDecided: Problem(.dutiesDecided)
        case .secondPersonNeeded:
            Problem(.secondPersonNeeded, "Ask somebody else; to switch it off, somebody of another duty.")
        case .notYourself: Problem(.notYourself, "Ask another administrator.")
        case .unknownOrganization(let field): Self.field(field, "names something that does not exist")
        case .rootOrganization: Problem(.rootOrganization)
        case .organizationInsideItself: Problem(.organizationInsideItself)
        case .syncUnderWay: Problem(.syncUnderWay, "Wait until it is over.")
        case .previewFirst: Problem(.previewFirst, "Start a preview and look at its report.")
        case .nothingToSync: Problem(.nothingToSync)
        case .keptByProvider: Problem(.keptByProvider, "Change it in the directory, and run the sync.")
        case .noPasswordHere: Problem(.noPasswordHere, "They come in by an invitation or an identity provider.")
        case .administratorByLink:
            Problem(.administratorByLink, "Your company's settings can allow it (sign-in-links.administrators).")
        case .keysMakeNoKeys: Problem(.forbidden, "An access key makes no access keys; sign in to the portal.")
        case .bindingExpired: Problem(.bindingExpired, "Begin again from your profile.")
        case .bindingRefused: Problem(.bindingRefused, "Try again, or ask an administrator.")
        case .accountBound: Problem(.accountBound, "Undo it there first, or ask an administrator.")
        case .alreadyBound: Problem(.alreadyBound, "Undo that first.")
        case .knownByProvider: Problem(.knownByProvider, "Sign in the way your company has for you.")
        case .confirmsPeople(let count):
            Problem(
                .confirmsPeople,
                "\(count == 1 ? "1 person confirms" : "\(count) people confirm") there; change that first.")
        case .organizationNotEmpty: Problem(.organizationNotEmpty, "Move what it has to another one, or merge it.")
        }
    }

    private static func field(_ name: String, _ message: String) -> Problem {
        Problem(.invalidFields, errors: [FieldError(pointer: "/\(name)", message: message)])
    }

    private static func waits(_ attempt: String, _ asked: [String], _ until: Date?) -> Problem {
        var members = [JSON.Member("attempt", .string(attempt))]
        if let until {
            members.append(JSON.Member("asked", .array(asked.map(JSON.string))))
            members.append(JSON.Member("until", .string(Timestamp.text(until))))
        }
        return Problem(
            .signInWaits, "Wait for their word with the attempt; it is good for ten minutes.", members: members)
    }

    private static let challenge: HTTPFields = [.wwwAuthenticate: "Bearer"]
}

extension ProblemType {
    package static let signInRefused = ProblemType(
        "sign-in-refused", "Login and password do not fit, or the account is locked for a while", status: 401)
    package static let signInExpired = ProblemType("sign-in-expired", "This sign-in is over", status: 401)
    package static let codeRefused = ProblemType("code-refused", "The code is not right", status: 403)
    package static let passwordRefused = ProblemType("password-refused", "The password is not right", status: 403)
    package static let passkeyRefused = ProblemType("passkey-refused", "The passkey was not accepted", status: 403)
    package static let passkeyModelRefused = ProblemType(
        "passkey-model-refused", "Passkeys of this make are not accepted", status: 403)
    package static let noPasskeyHere = ProblemType(
        "no-passkey-here", "There is no passkey for this host name", status: 409)
    package static let browserNeeded = ProblemType(
        "browser-needed", "This takes a browser that is signed in", status: 403)
    package static let lastSecondFactor = ProblemType(
        "last-second-factor", "It is the only second factor", status: 409)
    package static let authenticatorPresent = ProblemType(
        "authenticator-present", "There is an authenticator already", status: 409)
    package static let providerUnavailable = ProblemType(
        "provider-unavailable", "The identity provider cannot be reached", status: 503)
    package static let finishInPortal = ProblemType("finish-in-portal", "The account is not set up yet", status: 403)
    package static let codeSent = ProblemType("code-sent", "A code was sent", status: 403)
    package static let factorNotCounted = ProblemType(
        "factor-not-counted", "This second factor does not count here", status: 403)
    package static let faceUnavailable = ProblemType(
        "face-unavailable", "Faces cannot be shown here", status: 409)
    package static let faceCheckRefused = ProblemType(
        "face-check-refused", "Nothing that was asked for", status: 403)
    package static let codeNotSent = ProblemType("code-not-sent", "No code can be sent", status: 409)
    package static let signInDenied = ProblemType(
        "sign-in-denied", "Signing in is not allowed here and now", status: 403)
    package static let signInRejected = ProblemType("sign-in-rejected", "Nobody agreed to this sign-in", status: 403)
    package static let signInWaits = ProblemType(
        "sign-in-waits", "Somebody has to agree to this sign-in first", status: 403)
    package static let reviewOver = ProblemType("review-over", "This sign-in waits no longer", status: 409)
    package static let wouldLockYouOut = ProblemType(
        "would-lock-you-out", "These rules would keep you out yourself", status: 409)
    package static let loginTaken = ProblemType("login-taken", "Somebody has this login", status: 409)
    package static let nameTaken = ProblemType("name-taken", "This name is taken", status: 409)
    package static let keyTaken = ProblemType("key-taken", "This key is in use", status: 409)
    package static let limitReached = ProblemType("limit-reached", "There are as many as there may be", status: 409)
    package static let lastAdministrator = ProblemType(
        "last-administrator", "Nobody would be left to administer", status: 409)
    package static let dutiesCross = ProblemType(
        "duties-cross", "Nobody has two of the three duties here", status: 409)
    package static let dutiesNotReady = ProblemType(
        "duties-not-ready", "The administrators cannot be divided yet", status: 409)
    package static let dutiesDecided = ProblemType(
        "duties-decided", "It is so already, or has been asked for", status: 409)
    package static let secondPersonNeeded = ProblemType(
        "second-person-needed", "It takes a second person", status: 409)
    package static let builtInRole = ProblemType("built-in-role", "Built-in roles stay as they are", status: 409)
    package static let roleInUse = ProblemType(
        "role-in-use", "Somebody holds the role, or something names it", status: 409)
    package static let tenantRole = ProblemType(
        "tenant-role", "The role is held for the company as a whole only", status: 409)
    package static let rootOrganization = ProblemType(
        "root-organization", "The organization at the top is the company itself", status: 409)
    package static let organizationInsideItself = ProblemType(
        "organization-inside-itself", "An organization cannot lie in itself", status: 409)
    package static let organizationNotEmpty = ProblemType(
        "organization-not-empty", "There is still something in the organization", status: 409)
    package static let syncUnderWay = ProblemType(
        "sync-under-way", "A sync with this provider is under way", status: 409)
    package static let previewFirst = ProblemType("preview-first", "It takes a preview first", status: 409)
    package static let keptByProvider = ProblemType(
        "kept-by-provider", "An identity provider keeps this group", status: 409)
    package static let nothingToSync = ProblemType(
        "nothing-to-sync", "The provider has no list of its people", status: 409)
    package static let noPasswordHere = ProblemType(
        "no-password-here", "There is no password here", status: 409)
    package static let bindingExpired = ProblemType(
        "binding-expired", "What was begun is over, or was begun in another browser", status: 409)
    package static let bindingRefused = ProblemType(
        "binding-refused", "The identity provider did not say whose account it is", status: 403)
    package static let accountBound = ProblemType(
        "account-bound", "This account is bound to somebody already", status: 409)
    package static let alreadyBound = ProblemType(
        "already-bound", "You have an account at this identity provider already", status: 409)
    package static let knownByProvider = ProblemType(
        "known-by-provider", "An identity provider of the company says who you are", status: 409)
    package static let confirmsPeople = ProblemType(
        "confirms-people", "People confirm there who they are", status: 409)
    package static let administratorByLink = ProblemType(
        "administrator-by-link", "No administrator comes in by a link", status: 409)
    package static let notYourself = ProblemType("not-yourself", "Not to your own account", status: 409)
}

package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A company that signs itself up, as the provider sees it.
package struct SignUp: WireValue, Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// The mail has not been answered.
        case unconfirmed
        /// Somebody of the provider has to agree.
        case waiting
        case approved
        case rejected
    }

    package let id: SignUpID
    package let company: String
    package let slug: TenantSlug
    package let person: String
    package let email: String
    package let language: String
    package let state: State
    package let createdAt: Date
    package let confirmedAt: Date?
    package let decidedAt: Date?
    package let decidedBy: String?
    package let reason: String?
    package let tenant: TenantID?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("company", \.company, .text(1...200))
        Field("slug", \.slug)
        Field("person", \.person, .text(1...200))
        Field("email", \.email, .text(3...254))
        Field("language", \.language, .text(2...16))
        Field("state", \.state)
        Field("createdAt", \.createdAt)
        Field("confirmedAt", \.confirmedAt)
        Field("decidedAt", \.decidedAt)
        Field("decidedBy", \.decidedBy, .text(1...200))
        Field("reason", \.reason, .text(1...500))
        Field("tenant", \.tenant, note: "The tenant that came of it.")
    }

    package static let listing = Listing<SignUp>(
        key: Column("id", "sign_up_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("state", "state", \.state), Column("company", "company", \.company, .text(1...200)),
            Column("createdAt", "created_at", \.createdAt),
        ])
}

/// The body by which a visitor signs a company up.
package struct SignUpRequest: WireValue {
    package let company: TenantName
    package let slug: TenantSlug
    package let person: TenantName
    package let email: String
    package let language: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("company", \.company)
        Field("slug", \.slug, note: "The first part of the company's host name.")
        Field("person", \.person, note: "Who administers it first.")
        Field("email", \.email, .text(3...254))
        Field("language", \.language, Schema<String>.text(2...16).otherwise("en"))
    }
}

/// The body that confirms a mail address.
package struct ConfirmSignUpRequest: WireValue {
    let token: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...100))
    }
}

/// The body that turns a company away.
package struct RejectSignUpRequest: WireValue {
    let reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, .text(1...500), note: "Mailed to whoever asked.")
    }
}

/// What a visitor is told first.
package struct SignUpFace: WireValue, Sendable {
    let mode: SignUpSettings.Mode
    let baseDomain: String
    let trialDays: Int
    let contact: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("mode", \.mode)
        Field("baseDomain", \.baseDomain, .text(1...200))
        Field("trialDays", \.trialDays, .int(1...365))
        Field("contact", \.contact, .text(1...200))
    }
}

/// The same for everybody who asked: what comes next is in the mail.
package struct SignUpReceived: WireValue, Sendable {
    let mailedTo: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("mailedTo", \.mailedTo, .text(3...254))
    }
}

/// What came of a confirmed address.
package struct SignUpOutcome: WireValue, Sendable {
    let state: SignUp.State
    let company: String
    let invitationUrl: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("state", \.state, note: "approved or waiting.")
        Field("company", \.company, .text(1...200))
        Field("invitationUrl", \.invitationUrl, .text(1...500), note: "Where the first administrator goes on.")
    }
}

/// What can be wrong with signing up, closed.
package enum SignUpError: ProblemRepresentable, Equatable {
    case closed
    /// The link is unknown, used or late.
    case over
    case decided
    case notFound
    case badAddress

    package var problem: Problem {
        switch self {
        case .closed: Problem(.signUpClosed, "Ask the provider to create a company for you.")
        case .over: Problem(.signUpOver, "Sign up again to get a new link.")
        case .decided: Problem(.signUpDecided)
        case .notFound: Problem(.notFound)
        case .badAddress:
            Problem(
                .invalidFields, errors: [FieldError(pointer: "/email", message: "must be an address that mail reaches")]
            )
        }
    }
}

extension ProblemType {
    package static let signUpClosed = ProblemType("sign-up-closed", "Nobody can sign up here", status: 403)
    package static let signUpOver = ProblemType("sign-up-over", "This link was used or has run out", status: 404)
    package static let signUpDecided = ProblemType("sign-up-decided", "It was decided the other way", status: 409)
}

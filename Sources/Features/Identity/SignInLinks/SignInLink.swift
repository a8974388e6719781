package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A link by which another system of the company's sends somebody to a sign-in, as administrators see it.
package struct SignInLink: WireValue {
    package static let longestLife: TimeInterval = 15 * 60
    /// How many a person may have open at a time.
    package static let mostOpen = 10
    /// For how long a link that is over can still be looked at.
    static let kept: TimeInterval = 30 * 24 * 60 * 60

    /// By what the other system proved who it is.
    package enum Means: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        case accessKey = "access-key"
        case token
        case browser

        init(_ proof: Proof) {
            self = proof.key != nil ? .accessKey : proof.token != nil ? .token : .browser
        }
    }

    package let id: SignInLinkID
    package let user: UserID
    package let login: String
    package let name: String
    package let landing: String?
    package let createdBy: UserID
    package let createdByName: String
    package let through: Means
    package let createdAt: Date
    package let expiresAt: Date
    package let usedAt: Date?
    package let usedFrom: String?
    package let revokedAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("user", \.user, note: "Whom it lets begin a sign-in.")
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("landing", \.landing, .text(1...500), note: "The page that it leads to.")
        Field("createdBy", \.createdBy, note: "As whom it was asked for.")
        Field("createdByName", \.createdByName, .text(1...200))
        Field("through", \.through)
        Field("createdAt", \.createdAt)
        Field("expiresAt", \.expiresAt)
        Field("usedAt", \.usedAt)
        Field("usedFrom", \.usedFrom, .text(0...100))
        Field("revokedAt", \.revokedAt)
    }

    package static let listing = Listing<SignInLink>(
        key: Column("id", "l.sign_in_link_id", \.id), order: .descending("createdAt"),
        sortable: ["createdAt", "login", "name"],
        columns: [
            Column("createdAt", "l.created_at", \.createdAt), Column("user", "l.user_id", \.user),
            Column("login", "u.login", \.login, .text(1...64)), Column("name", "u.name", \.name, .text(1...200)),
        ])
}

/// The body that asks for a link.
package struct IssueSignInLink: WireValue {
    package let user: UserID?
    package let login: Login?
    package let seconds: Int
    package let landing: LandingPath?

    package init(user: UserID?, login: Login?, seconds: Int, landing: LandingPath?) throws(Invalid) {
        guard (user == nil) != (login == nil) else {
            throw Invalid("is required, or login; and not both", field: "user")
        }
        self.user = user
        self.login = login
        self.seconds = seconds
        self.landing = landing
    }

    package static let schema: Schema<Self> = .record({
        (user: UserID?, login: Login?, seconds: Int, landing: LandingPath?) throws(Invalid) in
        try IssueSignInLink(user: user, login: login, seconds: seconds, landing: landing)
    }) {
        Field("user", \.user, note: "For whom; or by login.")
        Field("login", \.login)
        Field(
            "seconds", \.seconds, Schema<Int>.int(30...Int(SignInLink.longestLife)).otherwise(300),
            note: "How long it is good.")
        Field("landing", \.landing, note: "The page of the portal to land on; the first one if absent.")
    }
}

/// A new link; it is shown once.
package struct IssuedSignInLink: WireValue {
    package let id: SignInLinkID
    package let url: String
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field(
            "url", \.url, .text(1...2000),
            note: "For one use in the person's browser. What is secret stands behind the #, and reaches no log.")
        Field("expiresAt", \.expiresAt)
    }
}

/// What a link carries behind its `#`.
package struct SignInLinkRequest: WireValue {
    package let token: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
    }
}

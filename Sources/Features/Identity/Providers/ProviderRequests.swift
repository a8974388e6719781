package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// The body that adds a provider.
package struct CreateIdentityProvider: WireValue {
    package let name: String
    package let position: Int
    package let enabled: Bool
    package let domains: [MailDomain]
    package let createsUsers: Bool
    package let linksUsers: Bool
    package let bindsUsers: Bool
    package let rules: [ProviderRule]
    package let settings: ProviderSettings
    package let secret: Secret?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("position", \.position, Schema<Int>.int(1...1000).otherwise(100), note: "The lowest is asked first.")
        Field("enabled", \.enabled, Bool.schema.otherwise(true))
        Field("domains", \.domains, Schema<[MailDomain]>.array(of: MailDomain.schema, 0...50).otherwise([]))
        Field(
            "createsUsers", \.createsUsers, Bool.schema.otherwise(false),
            note: "Whether somebody who is unknown here is taken in at the first sign-in.")
        Field(
            "linksUsers", \.linksUsers, Bool.schema.otherwise(false),
            note: "Whether somebody here with the same login is taken for the same person.")
        Field(
            "bindsUsers", \.bindsUsers, Bool.schema.otherwise(false),
            note: "Whether people may bind an account there to theirs by themselves; for OAuth 2 and messengers.")
        Field(
            "rules", \.rules,
            Schema<[ProviderRule]>.array(of: ProviderRule.schema, 0...IdentityProvider.mostRules).otherwise([]))
        Field("settings", \.settings)
        Field(
            "secret", \.secret,
            note:
                "The password of bindDn, the secret shared with RADIUS servers, or the client's secret. For SAML there "
                + "is none: a key is made.")
    }
}

/// The body that changes a provider. Settings are replaced as a whole; without a new secret the old one stays, as long
/// as it goes to the same place.
package struct ChangeIdentityProvider: WireValue {
    /// Whether nobody comes in by it who did not, nobody gets what they did not get, and nothing goes elsewhere. Of rules that
    /// place people the next one counts without the first, and without any a role is given at the top.
    func narrows(_ old: IdentityProvider) -> Bool {
        func isTaken(_ change: Change<Bool>, _ old: Bool) -> Bool { old || change.applied(to: old) == false }
        guard case .keep = settings, case .keep = secret, case .keep = name, case .keep = position else { return false }
        let new = rules.applied(to: old.rules)
        return domains.applied(to: old.domains) == old.domains && isTaken(enabled, old.enabled)
            && isTaken(createsUsers, old.createsUsers) && isTaken(linksUsers, old.linksUsers)
            && isTaken(bindsUsers, old.bindsUsers) && Set(new).isSubset(of: old.rules)
            && (new.isEmpty || new.filter(\.isPlace) == old.rules.filter(\.isPlace))
    }

    package let name: Change<String>
    package let position: Change<Int>
    package let enabled: Change<Bool>
    package let domains: Change<[MailDomain]>
    package let createsUsers: Change<Bool>
    package let linksUsers: Change<Bool>
    package let bindsUsers: Change<Bool>
    package let rules: Change<[ProviderRule]>
    package let settings: Change<ProviderSettings>
    package let secret: Change<Secret>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("position", \.position, .int(1...1000))
        Field("enabled", \.enabled)
        Field("domains", \.domains, Schema<[MailDomain]>.array(of: MailDomain.schema, 0...50))
        Field("createsUsers", \.createsUsers)
        Field("linksUsers", \.linksUsers)
        Field("bindsUsers", \.bindsUsers)
        Field(
            "rules", \.rules, Schema<[ProviderRule]>.array(of: ProviderRule.schema, 0...IdentityProvider.mostRules))
        Field("settings", \.settings)
        Field("secret", \.secret)
    }
}

/// The body that tries a provider out. A provider that takes the browser is asked what it says about itself.
package struct TestIdentityProvider: WireValue {
    package let login: String?
    package let password: Secret?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login, .text(1...200), note: "Needed where a login is asked for.")
        Field("password", \.password, note: "Without one, everything but the password is tried.")
    }
}

/// How a sign-in would go, step by step. Nothing is changed by it.
package struct ProviderTest: WireValue {
    package let steps: [ProviderStep]
    package let profile: ProviderProfile?
    package let outcome: Outcome
    /// Which rules would be the person's.
    package var rules: [ProviderRule] = []

    package enum Outcome: String, Sendable, CaseIterable, WireValue {
        /// Somebody who has come in this way before, who would be linked, who would be created.
        case known, linked, created
        /// The provider has a question first.
        case asked
        /// Nobody would come in.
        case refused
        /// Nobody was asked about, and the provider is ready.
        case reached
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("steps", \.steps, count: 0...50)
        Field("profile", \.profile)
        Field("outcome", \.outcome)
        Field("rules", \.rules, count: 0...IdentityProvider.mostRules, note: "Those that would be the person's.")
    }
}

/// A person here and who they are at a provider.
package struct IdentityLink: WireValue {
    package let user: UserID
    package let login: String
    package let name: String
    package let subject: String
    package let createdAt: Date
    package let lastSignInAt: Date?
    package let boundByUser: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("subject", \.subject, .text(1...500), note: "What the provider knows the person by, for ever.")
        Field("createdAt", \.createdAt)
        Field("lastSignInAt", \.lastSignInAt)
        Field("boundByUser", \.boundByUser, note: "Whether the person made the link, who can undo it.")
    }

    package static let listing = Listing<IdentityLink>(
        key: Column("user", "l.user_id", \.user), order: .ascending("login"), sortable: ["login", "createdAt"],
        columns: [
            Column("login", "u.login", \.login, .text(1...64)), Column("createdAt", "l.created_at", \.createdAt),
        ])
}

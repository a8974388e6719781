package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// Where people prove who they are besides, or in place of, a password of their own here.
package struct IdentityProvider: Versioned, Sendable {
    package static let most = 20
    package static let mostRules = 200

    package var id: IdentityProviderID
    package var name: String
    package var position: Int
    package var enabled: Bool
    package var domains: [MailDomain]
    package var createsUsers: Bool
    package var linksUsers: Bool
    package var bindsUsers: Bool
    package var rules: [ProviderRule]
    package var settings: ProviderSettings
    package var hasSecret: Bool
    package var createdAt: Date
    package var version: Int
}

extension IdentityProvider: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("position", \.position, .int(1...1000))
        Field("enabled", \.enabled)
        Field("domains", \.domains, count: 0...50)
        Field("createsUsers", \.createsUsers)
        Field("linksUsers", \.linksUsers)
        Field("bindsUsers", \.bindsUsers)
        Field("rules", \.rules, count: 0...Self.mostRules)
        Field("settings", \.settings)
        Field("hasSecret", \.hasSecret, note: "Whether it has a secret, which is never shown.")
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<IdentityProvider>(
        key: Column("id", "p.identity_provider_id", \.id), order: .ascending("position"),
        sortable: ["position", "name", "createdAt"],
        columns: [
            Column("position", "p.position", \.position, .int(1...1000)),
            Column("name", "p.name", \.name, .text(1...100)),
            Column("createdAt", "p.created_at", \.createdAt),
        ])
}

/// How a provider is spoken to: one kind each, with what that kind needs. Another kind is a case here, a folder beside
/// this file, and a word in the table's check.
package enum ProviderSettings: Sendable {
    case ldap(LDAPSettings)
    case radius(RADIUSSettings)
    case oidc(OIDCSettings)
    case saml(SAMLSettings)
    case cas(CASSettings)
    case oauth2(OAuth2Settings)
    case messenger(MessengerSettings)

    var kind: String {
        switch self {
        case .ldap: "ldap"
        case .radius: "radius"
        case .oidc: "oidc"
        case .saml: "saml"
        case .cas: "cas"
        case .oauth2: "oauth2"
        case .messenger: "messenger"
        }
    }

    /// Whether these settings are of no use without a secret.
    var needsSecret: Bool {
        switch self {
        case .ldap(let settings): settings.bindDn != nil
        case .radius: true
        case .oidc(let settings): settings.clientAuthentication != .none
        case .cas: false
        case .oauth2(let settings): settings.clientAuthentication != .none
        case .saml, .messenger: true
        }
    }

    /// Whether the secret is a key that is made here, and nobody gives.
    var makesSecret: Bool { if case .saml = self { true } else { false } }

    /// Whether it takes the browser; otherwise it takes a login and a password.
    var takesBrowsers: Bool {
        switch self {
        case .ldap, .radius: false
        case .oidc, .saml, .cas, .oauth2, .messenger: true
        }
    }

    /// Whether people may bind an account there to theirs, if its administrators let them.
    var canBeBound: Bool {
        switch self {
        case .ldap, .radius, .oidc, .saml, .cas: false
        case .oauth2, .messenger: true
        }
    }

    /// Whether it says who somebody is; otherwise it confirms who was proven by others.
    var provesPeople: Bool {
        if case .radius(let settings) = self { settings.use == .passwords } else { true }
    }

    /// Whether an answer to a question of the provider stands for the second factor.
    var questionIsSecondFactor: Bool {
        if case .radius(let settings) = self { settings.challengeIsSecondFactor } else { false }
    }

    func isSame(as other: ProviderSettings) -> Bool {
        Self.schema.bytes(of: self) == Self.schema.bytes(of: other)
    }

    /// Whether somebody else may answer for the people who confirm there than with the other settings.
    func confirmsOtherwise(than other: ProviderSettings) -> Bool {
        guard case .radius(let new) = self, case .radius(let old) = other else { return !mayKeepSecret(of: other) }
        return !mayKeepSecret(of: other) || new.use != old.use || new.domain != old.domain
    }

    /// Whether a secret that was given for other settings may be used with these: never at another place, to which
    /// whoever changes the settings could have it sent.
    func mayKeepSecret(of other: ProviderSettings) -> Bool {
        switch (self, other) {
        case (.ldap(let new), .ldap(let old)): new.isSamePlace(as: old)
        case (.radius(let new), .radius(let old)): new.isSamePlace(as: old)
        case (.oidc(let new), .oidc(let old)): new.isSamePlace(as: old)
        case (.oauth2(let new), .oauth2(let old)): new.isSamePlace(as: old)
        case (.messenger(let new), .messenger(let old)): new.isSamePlace(as: old)
        // A private key goes nowhere.
        case (.saml, .saml): true
        default: false
        }
    }
}

extension ProviderSettings: WireValue {
    package static let schema: Schema<Self> = .union(
        "kind",
        Variant("ldap", ProviderSettings.ldap) { if case .ldap(let settings) = $0 { settings } else { nil } },
        Variant("radius", ProviderSettings.radius) { if case .radius(let settings) = $0 { settings } else { nil } },
        Variant("oidc", ProviderSettings.oidc) { if case .oidc(let settings) = $0 { settings } else { nil } },
        Variant("saml", ProviderSettings.saml) { if case .saml(let settings) = $0 { settings } else { nil } },
        Variant("cas", ProviderSettings.cas) { if case .cas(let settings) = $0 { settings } else { nil } },
        Variant("oauth2", ProviderSettings.oauth2) { if case .oauth2(let settings) = $0 { settings } else { nil } },
        Variant("messenger", ProviderSettings.messenger) {
            if case .messenger(let settings) = $0 { settings } else { nil }
        })
}

/// A mail domain, in lower case. People whose login ends in it belong to the providers that name it.
package struct MailDomain: Sendable, Hashable {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let isDomain =
            labels.count > 1 && text.utf8.count <= 253
            && labels.allSatisfy { label in
                1...63 ~= label.utf8.count && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") }
            }
        guard isDomain else { throw Invalid("must be a domain such as example.com") }
        self.text = text.lowercased()
    }
}

extension MailDomain: WireValue {
    package static let schema: Schema<Self> = Schema<String>.text(3...253).map(Self.init(parsing:), \.text)
}

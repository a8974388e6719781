import FoundationEssentials
import Kernel
import Outbound

/// Slack speaks OpenID Connect, without PKCE: the nonce says that the code belongs to who left.
enum Slack {
    /// One that knows the settings' team only.
    static func prover(
        _ settings: MessengerSettings, secret: String, provider: IdentityProviderID, web: ProviderWeb,
        opened: Set<HostPort>, wants: MessengerWants, at now: Date, in scope: TenantScope
    ) throws -> OIDCProver {
        let claims = OIDCClaims(subject: user, login: user, name: "name", email: "email", groups: "groups")
        let openID = try OIDCSettings(
            issuer: settings.signInUrl ?? "https://slack.com", clientId: settings.clientId,
            clientAuthentication: .post, scopes: ["openid", "email", "profile"], claims: claims, userinfo: false,
            algorithms: [.rs256], clockSkewSeconds: 60, verifiesEmail: settings.verifiesEmail)
        return OIDCProver(
            settings: openID, secret: secret, provider: provider, web: web, opened: opened, now: now, scope: scope,
            knowsPKCE: false, more: [(name: "team", value: settings.organization)]
        ) { claims in
            try settings.profile(of: try person(in: claims), MessengerFacts(claims: claims), naming: wants.attributes)
        }
    }

    private static let user = "https://slack.com/user_id"
    private static let team = "https://slack.com/team_id"

    static func person(in claims: JSON) throws(ProviderFault) -> MessengerPerson {
        let id = try claims.required(user, .claims)
        let isVerified: Bool? =
            switch claims["email_verified"] {
            case nil, .null?: nil
            case .bool(let said)?: said
            case .string(let said)?: said == "true"
            default: false
            }
        return MessengerPerson(
            organization: try claims.required(team, .membership), id: id, login: id.lowercased(),
            name: claims.word("name"), email: claims.word("email"), isVerified: isVerified)
    }
}

package import Kernel
import Outbound

/// A provider that speaks OAuth 2 and no OpenID Connect: it hands out a token for a code, and says who somebody is to
/// whoever shows it.
package struct OAuth2Settings: Sendable {
    package let authorizationUrl: String
    package let tokenUrl: String
    package let userinfoUrl: String
    package let clientId: String
    package let clientAuthentication: OIDCClientAuthentication
    package let scopes: [String]
    package let claims: OIDCClaims
    package let verifiesEmail: Bool

    package init(
        authorizationUrl: String, tokenUrl: String, userinfoUrl: String, clientId: String,
        clientAuthentication: OIDCClientAuthentication, scopes: [String], claims: OIDCClaims, verifiesEmail: Bool
    ) throws(Invalid) {
        let places = [
            ("authorizationUrl", authorizationUrl), ("tokenUrl", tokenUrl), ("userinfoUrl", userinfoUrl),
        ]
        for (field, text) in places where (try? OutboundURL(text)) == nil || text.contains("#") {
            throw Invalid("must be an https address without #", field: field)
        }
        self.authorizationUrl = authorizationUrl
        self.tokenUrl = tokenUrl
        self.userinfoUrl = userinfoUrl
        self.clientId = clientId
        self.clientAuthentication = clientAuthentication
        self.scopes = scopes
        self.claims = claims
        self.verifiesEmail = verifiesEmail
    }

    /// Whether a secret for the one is heard by nobody else with the other, and whoever was somebody there still is.
    func isSamePlace(as other: OAuth2Settings) -> Bool {
        authorizationUrl == other.authorizationUrl && tokenUrl == other.tokenUrl && userinfoUrl == other.userinfoUrl
            && clientId == other.clientId && claims.subject == other.claims.subject
    }
}

extension OAuth2Settings: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            authorizationUrl: String, tokenUrl: String, userinfoUrl: String, clientId: String,
            clientAuthentication: OIDCClientAuthentication, scopes: [String], claims: OIDCClaims,
            verifiesEmail: Bool
        ) throws(Invalid) in
        try OAuth2Settings(
            authorizationUrl: authorizationUrl, tokenUrl: tokenUrl, userinfoUrl: userinfoUrl, clientId: clientId,
            clientAuthentication: clientAuthentication, scopes: scopes, claims: claims,
            verifiesEmail: verifiesEmail)
    }) {
        Field("authorizationUrl", \.authorizationUrl, .text(8...500), note: "Where the browser goes.")
        Field("tokenUrl", \.tokenUrl, .text(8...500), note: "Where a code is exchanged for a token.")
        Field("userinfoUrl", \.userinfoUrl, .text(8...500), note: "What says who somebody is, as a JSON object.")
        Field("clientId", \.clientId, .text(1...500))
        Field(
            "clientAuthentication", \.clientAuthentication, OIDCClientAuthentication.schema.otherwise(.basic),
            note: "How the secret is shown; none for a client without one.")
        Field("scopes", \.scopes, Schema<[String]>.array(of: OIDCSettings.scope, 0...20).otherwise([]))
        Field("claims", \.claims, OIDCClaims.schema.otherwise(.standard))
        VerifiedAddresses.field(\.verifiesEmail)
    }
}

import Cryptography
import JOSE
package import Kernel
import Outbound

/// A provider that speaks OpenID Connect, by the authorization code with PKCE.
package struct OIDCSettings: Sendable {
    package let issuer: String
    package let clientId: String
    package let clientAuthentication: OIDCClientAuthentication
    package let scopes: [String]
    package let claims: OIDCClaims
    package let userinfo: Bool
    package let algorithms: [OIDCAlgorithm]
    package let clockSkewSeconds: Int
    package let verifiesEmail: Bool
    package let signsOutBy: OIDCLeaving

    package init(
        issuer: String, clientId: String, clientAuthentication: OIDCClientAuthentication, scopes: [String],
        claims: OIDCClaims, userinfo: Bool, algorithms: [OIDCAlgorithm], clockSkewSeconds: Int,
        verifiesEmail: Bool, signsOutBy: OIDCLeaving = .address
    ) throws(Invalid) {
        guard (try? OutboundURL(issuer)) != nil, !issuer.contains("?"), !issuer.contains("#") else {
            throw Invalid("must be an https address without ? and #, as the provider writes it", field: "issuer")
        }
        guard scopes.contains("openid") else { throw Invalid("must contain openid", field: "scopes") }
        self.issuer = issuer
        self.clientId = clientId
        self.clientAuthentication = clientAuthentication
        self.scopes = scopes
        self.claims = claims
        self.userinfo = userinfo
        self.algorithms = algorithms
        self.clockSkewSeconds = clockSkewSeconds
        self.verifiesEmail = verifiesEmail
        self.signsOutBy = signsOutBy
    }

    var allowed: Set<SignatureAlgorithm> { Set(algorithms.map(\.signature)) }

    /// Where the provider says how it is spoken to.
    var discovery: String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// Whether a secret for the one is heard by nobody else with the other: the issuer's metadata says where it goes.
    func isSamePlace(as other: OIDCSettings) -> Bool { issuer == other.issuer && clientId == other.clientId }
}

extension OIDCSettings: WireValue {
    /// A name of OAuth's alphabet (RFC 6749 §3.3).
    static let scope: Schema<String> = .string(
        1...100, pattern: #"^[!#-\[\]-~]+$"#, "must be one word"
    ) { text in
        text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    package static let schema: Schema<Self> = .record({
        (
            issuer: String, clientId: String, clientAuthentication: OIDCClientAuthentication, scopes: [String],
            claims: OIDCClaims, userinfo: Bool, algorithms: [OIDCAlgorithm], clockSkewSeconds: Int,
            verifiesEmail: Bool, signsOutBy: OIDCLeaving
        ) throws(Invalid) in
        try OIDCSettings(
            issuer: issuer, clientId: clientId, clientAuthentication: clientAuthentication, scopes: scopes,
            claims: claims, userinfo: userinfo, algorithms: algorithms, clockSkewSeconds: clockSkewSeconds,
            verifiesEmail: verifiesEmail, signsOutBy: signsOutBy)
    }) {
        Field("issuer", \.issuer, .text(8...500), note: "Exactly as the provider writes it in its tokens.")
        Field("clientId", \.clientId, .text(1...500))
        Field(
            "clientAuthentication", \.clientAuthentication, OIDCClientAuthentication.schema.otherwise(.basic),
            note: "How the secret is shown; none for a client without one.")
        Field(
            "scopes", \.scopes,
            Schema<[String]>.array(of: scope, 1...20).otherwise(["openid", "profile", "email"]))
        Field("claims", \.claims, OIDCClaims.schema.otherwise(.standard))
        Field(
            "userinfo", \.userinfo, Bool.schema.otherwise(true),
            note: "Whether claims that the ID token lacks are asked for.")
        Field(
            "algorithms", \.algorithms,
            Schema<[OIDCAlgorithm]>.array(of: OIDCAlgorithm.schema, 1...3).otherwise(OIDCAlgorithm.allCases))
        Field(
            "clockSkewSeconds", \.clockSkewSeconds, Schema<Int>.int(0...300).otherwise(60),
            note: "By how much the provider's clock may be wrong.")
        VerifiedAddresses.field(\.verifiesEmail)
        Field(
            "signsOutBy", \.signsOutBy, OIDCLeaving.schema.otherwise(.address),
            note: "How somebody who signs out goes to the provider: by an address, or with the ID token in a form."
        )
    }
}

/// How a browser goes to the provider to sign out there too.
package enum OIDCLeaving: String, Sendable, CaseIterable, WireValue {
    /// By an address, in which no token stands: the provider asks whether it is meant.
    case address
    /// By a form with the ID token in it. The provider's cookie has to come along from another site's page.
    case form
}

/// How a client shows its secret at the token endpoint.
package enum OIDCClientAuthentication: String, Sendable, CaseIterable, WireValue {
    case basic, post, none
}

/// The signatures that count, in the words of the wire.
package enum OIDCAlgorithm: String, Sendable, CaseIterable, WireValue {
    case rs256 = "RS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"

    var signature: SignatureAlgorithm {
        switch self {
        case .rs256: .rs256
        case .es256: .es256
        case .edDSA: .edDSA
        }
    }
}

/// Which claims say what. A name with dots may lead into objects, as in `realm_access.roles`.
package struct OIDCClaims: Sendable, Hashable {
    package let subject: String
    package let login: String
    package let name: String
    package let email: String
    package let groups: String

    package static let standard = OIDCClaims(
        subject: "sub", login: "preferred_username", name: "name", email: "email", groups: "groups")

    /// Somebody by their claims. An address counts only if the provider says that it is theirs, or its administrators say so
    /// of all of them: otherwise whoever may write one into their profile could become somebody by it. `strictly` has it
    /// hold for a login as well that is an address, whatever its claim is called.
    func profile(
        in claims: JSON, verifiesEmail: Bool, strictly: Bool, naming: [String] = []
    ) throws(ProviderFault) -> ProviderProfile {
        func text(_ path: String) -> String? {
            switch Self.find(path, in: claims) {
            case .string(let text) where !text.isEmpty: text
            case .int(let number): "\(number)"
            default: nil
            }
        }
        guard let subject = text(self.subject), subject.unicodeScalars.count <= 500 else {
            throw ProviderFault(step: .claims, text: "there is no \(self.subject)", isLie: true)
        }
        guard let login = text(self.login), login.unicodeScalars.count <= 500 else {
            throw ProviderFault(step: .claims, text: "there is no \(self.login)", isLie: true)
        }
        let isVerified = VerifiedAddresses.isVerified(in: claims, unlessSaid: verifiesEmail)
        let email = isVerified ? text(self.email) : nil
        let isAddress = self.login == "email" || self.login == self.email || strictly && login.contains("@")
        let isLoginKnown = !isAddress || isVerified && (verifiesEmail || !strictly || login == email)
        return ProviderProfile(
            // Who is known by the subject comes in all the same: a login that is nobody's decides nothing.
            subject: subject, login: isLoginKnown ? login : "",
            name: text(name).map { String($0.unicodeScalars.prefix(500)) },
            email: email.map { String($0.unicodeScalars.prefix(500)) },
            groups: Self.words(Self.find(groups, in: claims)),
            attributes: ProviderAttribute.named(naming) { name in
                // An address that is nobody's for certain opens nothing.
                isVerified || name != "email" && name != self.email ? Self.values(Self.find(name, in: claims)) : []
            })
    }

    /// A claim, dots leading into objects.
    static func find(_ path: String, in claims: JSON) -> JSON? {
        if let value = claims[path] { return value }
        return path.split(separator: ".").reduce(Optional(claims)) { $0?[String($1)] }
    }

    /// Words, numbers and yes or no, one or several.
    static func values(_ value: JSON?) -> [String] {
        switch value {
        case .array(let items): items.prefix(ProviderAttribute.mostValues).compactMap(Self.value)
        case let one?: Self.value(one).map { [$0] } ?? []
        case nil: []
        }
    }

    private static func value(_ value: JSON) -> String? {
        switch value {
        case .string(let word): word
        case .int(let number): "\(number)"
        case .bool(let isTrue): isTrue ? "true" : "false"
        default: nil
        }
    }

    private static func words(_ value: JSON?) -> [String] {
        let words: [String] =
            switch value {
            case .string(let word): [word]
            case .array(let items): items.compactMap(\.text)
            default: []
            }
        return Array(words.filter { 1...1000 ~= $0.unicodeScalars.count }.prefix(2000))
    }
}

extension OIDCClaims: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("subject", \.subject, .text(1...200), note: "What never changes and never comes again.")
        Field("login", \.login, .text(1...200))
        Field("name", \.name, .text(1...200))
        Field("email", \.email, .text(1...200))
        Field("groups", \.groups, .text(1...200))
    }
}

/// Whether an address that a provider names is known to be its person's.
enum VerifiedAddresses {
    static func isVerified(in claims: JSON, unlessSaid all: Bool) -> Bool {
        switch claims["email_verified"] {
        case .bool(true)?, .string("true")?: true
        case nil, .null?: all
        default: false
        }
    }

    static func field<Settings>(_ path: @escaping @Sendable (Settings) -> Bool) -> Field<Settings, Bool> {
        Field(
            "verifiesEmail", path, Bool.schema.otherwise(false),
            note: "Whether every mail address that it names is its person's, though it does not say so.")
    }
}

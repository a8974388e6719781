package import Kernel

/// A provider that a sign-in page offers, and whose mail domains lead to it.
package struct OfferedProvider: WireValue, Equatable {
    package let id: IdentityProviderID
    package let name: String
    package let kind: String
    package let domains: [MailDomain]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("kind", \.kind, .text(1...20))
        Field("domains", \.domains, count: 0...50, note: "Whose login ends in one of these signs in there.")
    }
}

/// The body that begins a sign-in at a provider.
package struct BeginBrowserSignIn: WireValue {
    package let provider: IdentityProviderID
    package let returnTo: ReturnPath?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("provider", \.provider)
        Field("returnTo", \.returnTo, note: "Where in the portal the person wants to be afterwards.")
    }
}

/// Where the browser goes.
package struct BrowserDeparture: WireValue {
    package let url: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("url", \.url, .text(1...16_000), note: "The provider's address; it is good for ten minutes and one try.")
    }
}

/// The body with which a browser comes back: what the provider wrote into the address.
package struct FinishBrowserSignIn: WireValue {
    package let provider: IdentityProviderID
    package let state: String
    package let code: String?
    package let error: String?
    package let issuer: String?

    var answer: BrowserAnswer { BrowserAnswer(code: code, error: error, issuer: issuer) }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("provider", \.provider, note: "The one whose path the browser came back to.")
        Field("state", \.state, .text(1...200))
        Field("code", \.code, .text(1...4000))
        Field("error", \.error, .text(1...500))
        Field("issuer", \.issuer, .text(1...1000), note: "The parameter `iss` of RFC 9207.")
    }
}

/// Where the sign-in stands, and where the person wants to be when it is done.
package struct BrowserSignInReply: WireValue {
    package let step: SignInStep
    package let token: String?
    package let factors: [SecondFactorKind]?
    package let rememberDays: Int?
    package let returnTo: ReturnPath?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("step", \.step)
        Field("token", \.token, .text(1...200), note: "For the next step; null when the sign-in is done.")
        Field(
            "factors", \.factors, .array(of: SecondFactorKind.schema, 0...SecondFactorKind.allCases.count),
            note: "What the person has for the second factor, or can set up as one, when that is the next step.")
        Field(
            "rememberDays", \.rememberDays, .int(1...90),
            note: "For how many days the browser can be remembered, if it can, when a second factor is the next step.")
        Field("returnTo", \.returnTo)
    }
}

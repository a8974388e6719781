import HTTPAPI
package import Kernel
package import Tenancy

/// Login and password. The login is plain text here: one that cannot exist is refused like one that does not.
package struct PasswordRequest: WireValue {
    package let login: String
    package let password: Secret

    package init(login: String, password: Secret) {
        self.login = login
        self.password = password
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login, .text(1...200))
        Field("password", \.password)
    }
}

/// A sign-in's token and a code for it.
package struct CodeRequest: WireValue {
    package let token: String
    package let code: String
    package let remember: Bool

    package init(token: String, code: String, remember: Bool = false) {
        self.token = token
        self.code = code
        self.remember = remember
    }

    package static let schema: Schema<Self> = .record(Self.init(token:code:remember:)) {
        Field("token", \.token, .text(1...200))
        Field("code", \.code, .text(1...40))
        Field(
            "remember", \.remember, Bool.schema.otherwise(false),
            note: "Not to be asked again in this browser, for as many days as the company allows; for a second factor.")
    }
}

/// A sign-in's token and the answer to a provider's question.
package struct AnswerRequest: WireValue {
    package let token: String
    package let answer: Secret

    package init(token: String, answer: Secret) {
        self.token = token
        self.answer = answer
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("answer", \.answer)
    }
}

/// A sign-in's token alone.
package struct SignInTokenRequest: WireValue {
    package let token: String

    package init(token: String) {
        self.token = token
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
    }
}

/// A sign-in's or an invitation's token, and the new password.
package struct NewPasswordRequest: WireValue {
    package let token: String
    package let password: Secret

    package init(token: String, password: Secret) {
        self.token = token
        self.password = password
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("password", \.password)
    }
}

/// Everything at once, for a program that asks its user on a terminal.
package struct DirectSignInRequest: WireValue {
    package let login: String
    package let password: Secret
    package let code: String
    /// What an answer that somebody has to agree first handed out: this goes on with that.
    package let attempt: String?

    package init(login: String, password: Secret, code: String, attempt: String? = nil) {
        self.login = login
        self.password = password
        self.code = code
        self.attempt = attempt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login, .text(1...200))
        Field("password", \.password)
        Field(
            "code", \.code, .text(0...40),
            note: """
                From the authenticator or the mailbox; recovery codes do not count here. Empty has one mailed to whoever \
                confirms by e-mail.
                """)
        Field("attempt", \.attempt, .text(1...200), note: attemptNote)
    }

    fileprivate static let attemptNote =
        "What came with the answer sign-in-waits; without it, somebody has to agree to another sign-in."
}

/// What came with the answer that somebody has to agree first.
package struct DirectAttempt: WireValue {
    package let attempt: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("attempt", \.attempt, .text(1...200), note: "What came with the answer sign-in-waits.")
    }
}

/// The answer to a provider's question, and a code where one is asked for too.
package struct DirectAnswerRequest: WireValue {
    package let token: String
    package let answer: Secret
    package let code: String
    package let attempt: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("answer", \.answer)
        Field(
            "code", \.code, Schema<String>.text(0...40).otherwise(""), note: "From the authenticator, if it is needed.")
        Field("attempt", \.attempt, .text(1...200), note: DirectSignInRequest.attemptNote)
    }
}

/// Where a sign-in stands.
package struct SignInReply: WireValue, Equatable {
    package let step: SignInStep
    package let token: String?
    package let recoveryCodes: [String]?
    package let prompt: String?
    package let factors: [SecondFactorKind]?
    package let rememberDays: Int?
    /// What it waits for; no part of the answer.
    var review: WaitingReview?

    package init(
        step: SignInStep, token: String? = nil, recoveryCodes: [String]? = nil, prompt: String? = nil,
        factors: [SecondFactorKind]? = nil, rememberDays: Int? = nil
    ) {
        self.rememberDays = rememberDays
        self.step = step
        self.token = token
        self.recoveryCodes = recoveryCodes
        self.prompt = prompt
        self.factors = factors
    }

    /// A step that waits, with what the account has for it.
    init(_ step: SignInStep, token: String, _ account: AccountStanding, _ rememberDays: Int) {
        let factors: Set<SecondFactorKind>? =
            switch step {
            case .secondFactor: account.asked
            case .enrol: account.enrollable
            default: nil
            }
        let mayRemember = step == .secondFactor && rememberDays > 0 && account.demand.mayRemember
        self.init(
            step: step, token: token, factors: factors?.sorted, rememberDays: mayRemember ? rememberDays : nil)
    }

    func showing(_ codes: [RecoveryCode]) -> SignInReply {
        SignInReply(
            step: step, token: token, recoveryCodes: codes.map(\.text), prompt: prompt, factors: factors,
            rememberDays: rememberDays)
    }

    package static let schema: Schema<Self> = .record(Self.init(step:token:recoveryCodes:prompt:factors:rememberDays:))
    {
        Field("step", \.step)
        Field("token", \.token, .text(1...200), note: "For the next step; null when the sign-in is done.")
        Field(
            "recoveryCodes", \.recoveryCodes, .array(of: .text(1...40), 0...RecoveryCode.count),
            note: "Shown once, after enrolment.")
        Field("prompt", \.prompt, .text(0...400), note: "What a provider asks, in its own words; empty if it has none.")
        Field(
            "factors", \.factors, .array(of: SecondFactorKind.schema, 0...SecondFactorKind.allCases.count),
            note: "What the person has for the second factor, or can set up as one, when that is the next step.")
        Field(
            "rememberDays", \.rememberDays, .int(1...90),
            note: "For how many days the browser can be remembered, if it can, when a second factor is the next step.")
    }
}

extension SignInStep: WireValue {}

/// What an authenticator app needs.
package struct SecondFactorEnrolment: WireValue {
    package let secret: String
    package let uri: String
    package let qr: String

    package init(secret: String, uri: String, qr: String) {
        self.secret = secret
        self.uri = uri
        self.qr = qr
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("secret", \.secret, .text(16...64), note: "To type by hand.")
        Field("uri", \.uri, .text(1...2000))
        Field("qr", \.qr, .lines(1...200_000), note: "The uri as an SVG document.")
    }
}

/// A token for a program, shown once; or a provider's question that has to be answered first.
package struct DirectSignInReply: WireValue {
    package let token: String?
    package let challenge: DirectChallenge?

    package init(token: String) {
        self.init(token: token, challenge: nil)
    }

    package init(asking challenge: DirectChallenge) {
        self.init(token: nil, challenge: challenge)
    }

    private init(token: String?, challenge: DirectChallenge?) {
        self.token = token
        self.challenge = challenge
    }

    package static let schema: Schema<Self> = .record(Self.init(token:challenge:)) {
        Field("token", \.token, .text(1...200))
        Field("challenge", \.challenge)
    }
}

/// What a provider asks of somebody at a terminal.
package struct DirectChallenge: WireValue, Equatable {
    package let token: String
    package let prompt: String
    package let codeNeeded: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200), note: "Comes back with the answer.")
        Field("prompt", \.prompt, .text(0...400), note: "In the provider's own words; empty if it has none.")
        Field(
            "codeNeeded", \.codeNeeded, note: "Whether a code of the authenticator is asked for besides, a fresh one.")
    }
}

/// What a sign-in page shows before anybody has signed in.
package struct TenantFace: WireValue {
    package let name: String
    package let slug: String
    package let language: String
    /// Why nobody can come in, if that is so.
    package let closure: TenantClosure?
    /// Whom to ask then.
    package let contact: String?
    package let logo: String?
    package let color: BrandColor?
    package let signInText: String?
    package let providers: [OfferedProvider]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...200))
        Field("slug", \.slug, .text(1...40))
        Field("language", \.language, .text(2...16))
        Field("closure", \.closure, TenantClosure.schema, note: "Why nobody can come in; null for an open company.")
        Field("contact", \.contact, .text(1...200), note: "How the provider is reached, of a company that is closed.")
        Field("logo", \.logo, .text(1...64), note: "Changes with the logo; null if there is none.")
        Field("color", \.color)
        Field("signInText", \.signInText, .lines(1...500))
        Field(
            "providers", \.providers, count: 0...IdentityProvider.most,
            note: "Where people can also sign in, with their browser; in this order.")
    }
}

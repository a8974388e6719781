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

    package init(token: String, code: String) {
        self.token = token
        self.code = code
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("code", \.code, .text(1...40))
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

    package init(login: String, password: Secret, code: String) {
        self.login = login
        self.password = password
        self.code = code
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login, .text(1...200))
        Field("password", \.password)
        Field("code", \.code, .text(1...40), note: "From the authenticator; recovery codes do not count here.")
    }
}

/// Where a sign-in stands.
package struct SignInReply: WireValue, Equatable {
    package let step: SignInStep
    package let token: String?
    package let recoveryCodes: [String]?

    package init(step: SignInStep, token: String? = nil, recoveryCodes: [String]? = nil) {
        self.step = step
        self.token = token
        self.recoveryCodes = recoveryCodes
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("step", \.step)
        Field("token", \.token, .text(1...200), note: "For the next step; null when the sign-in is done.")
        Field(
            "recoveryCodes", \.recoveryCodes, .array(of: .text(1...40), 0...RecoveryCode.count),
            note: "Shown once, after enrolment.")
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

/// A token for a program, shown once.
package struct DirectSignInReply: WireValue {
    package let token: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
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

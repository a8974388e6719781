package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// Oneself: who, where, and what one may do.
package struct Profile: WireValue {
    package let user: ProfileUser
    package let tenant: ProfileTenant
    package let permissions: [String]
    package let secondFactorAt: Date?
    package let roles: [RoleReference]
    package let mustEnrol: Bool
    /// What there is to confirm with.
    package let factors: [SecondFactorKind]
    /// Whether codes by e-mail can become one more.
    package let mayAddEmail: Bool
    /// The same of codes as text messages.
    package let mayAddSms: Bool
    /// The same of a face.
    package let mayAddFace: Bool
    /// Enough of the number that those go to for its owner to know it.
    package let number: String?
    /// What a new password has to be; nil for somebody of the hosting provider, who has none here.
    package let newPassword: PasswordDemand?
    /// Until when somebody of the hosting provider is here; nil for the company's own people.
    package let supportUntil: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("tenant", \.tenant)
        Field("permissions", \.permissions, .array(of: .text(1...100), 0...1000))
        Field("secondFactorAt", \.secondFactorAt, note: "When this session or token last saw a second factor.")
        Field("roles", \.roles, count: 0...100)
        Field("mustEnrol", \.mustEnrol, note: "Whether there is no second factor yet.")
        Field("factors", \.factors, count: 0...SecondFactorKind.allCases.count)
        Field("mayAddEmail", \.mayAddEmail, note: "Whether codes by e-mail can become one more.")
        Field("mayAddSms", \.mayAddSms, note: "Whether codes as text messages can become one more.")
        Field("mayAddFace", \.mayAddFace, note: "Whether faces count, so that one's own can be enrolled.")
        Field("number", \.number, .text(1...24), note: "Enough of the number where they go for its owner to know it.")
        Field("newPassword", \.newPassword, note: "What a new password of one's own has to be.")
        Field(
            "supportUntil", \.supportUntil,
            note: "Set for somebody of the hosting provider, whom the company let in until then.")
    }
}

/// One's own account.
package struct ProfileUser: Versioned, WireValue {
    package let id: UserID
    package let login: String
    package let name: String
    package let email: String?
    package let language: String?
    package let version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("email", \.email, .text(1...254))
        Field("language", \.language, .text(2...16))
        Field("version", \.version, .int(1...Int(Int32.max)), note: "For If-Match when it is changed.")
    }
}

/// One's company.
package struct ProfileTenant: WireValue {
    package let name: String
    package let slug: String
    package let language: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...200))
        Field("slug", \.slug, .text(1...40))
        Field("language", \.language, .text(2...16), note: "For whoever has chosen none, where this person belongs.")
    }
}

/// The body that changes one's own account.
package struct ChangeProfileRequest: WireValue {
    package let name: Change<PersonName>
    package let language: Change<String?>

    package init(name: Change<PersonName> = .keep, language: Change<String?> = .keep) {
        self.name = name
        self.language = language
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field(
            "language", \.language,
            .string(2...16, pattern: "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "must be such as en or zh-Hans") { text in
                isTag(text)
            })
    }

    private static func isTag(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, 2...3 ~= first.utf8.count, first.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            return false
        }
        return parts.dropFirst().allSatisfy {
            2...8 ~= $0.utf8.count && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }
}

/// The body that changes one's own password.
package struct ChangePasswordRequest: WireValue {
    package let current: Secret
    package let password: Secret

    package init(current: Secret, password: Secret) {
        self.current = current
        self.password = password
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("current", \.current)
        Field("password", \.password)
    }
}

/// A code of the authenticator, or one that was sent.
package struct StepUpRequest: WireValue {
    package let code: String

    package init(code: String) {
        self.code = code
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, .text(6...10))
    }
}

package import FoundationEssentials
import HTTPAPI
package import Kernel

/// A person's name: one line that is more than blanks.
package struct PersonName: Sendable, Hashable {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        let words = text.split(separator: " ")
        guard !words.isEmpty else { throw Invalid("must not be blank") }
        self.text = words.joined(separator: " ")
    }
}

extension PersonName: WireValue {
    package static let schema: Schema<Self> = Schema<String>.text(1...200).map(Self.init(parsing:), \.text)
}

/// The body that creates a user.
package struct CreateUserRequest: WireValue {
    package let login: Login
    package let name: PersonName
    package let email: EmailAddress?
    package let roles: [RoleName]
    package let password: Secret?
    package let expiresAt: Date?

    package init(
        login: Login, name: PersonName, email: EmailAddress? = nil, roles: [RoleName] = [.builtIn(.user)],
        password: Secret? = nil, expiresAt: Date? = nil
    ) {
        self.login = login
        self.name = name
        self.email = email
        self.roles = roles
        self.password = password
        self.expiresAt = expiresAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login)
        Field("name", \.name)
        Field("email", \.email)
        Field("roles", \.roles, .array(of: RoleName.schema, 0...20).otherwise([.builtIn(.user)]))
        Field(
            "password", \.password,
            note: "To be changed at the first sign-in; without one, the answer has an invitation.")
        Field("expiresAt", \.expiresAt, note: "From when on the user is disabled.")
    }
}

/// A new user, and the link by which they come in if they got no password.
package struct CreatedUser: WireValue {
    package let user: User
    package let invitationUrl: String?
    package let mailedTo: String?

    package init(user: User, invitationUrl: String?, mailedTo: String? = nil) {
        self.user = user
        self.invitationUrl = invitationUrl
        self.mailedTo = mailedTo
    }

    private init(
        id: UserID, login: String, name: String, email: String?, state: User.State, roles: [RoleReference],
        locked: Bool, secondFactor: Bool, mustChangePassword: Bool, expiresAt: Date?, lastSignInAt: Date?,
        createdAt: Date, version: Int, invitationUrl: String?, mailedTo: String?
    ) {
        self.invitationUrl = invitationUrl
        self.mailedTo = mailedTo
        user = User(
            id: id, login: login, name: name, email: email, state: state, roles: roles, locked: locked,
            secondFactor: secondFactor, mustChangePassword: mustChangePassword, expiresAt: expiresAt,
            lastSignInAt: lastSignInAt, createdAt: createdAt, version: version)
    }

    package static let schema: Schema<Self> = .record(
        Self.init(
            id:login:name:email:state:roles:locked:secondFactor:mustChangePassword:expiresAt:lastSignInAt:createdAt:
            version:invitationUrl:mailedTo:)
    ) {
        Field("id", \.user.id)
        Field("login", \.user.login, .text(1...64))
        Field("name", \.user.name, .text(1...200))
        Field("email", \.user.email, .text(1...254))
        Field("state", \.user.state)
        Field("roles", \.user.roles, count: 0...100)
        Field("locked", \.user.locked)
        Field("secondFactor", \.user.secondFactor)
        Field("mustChangePassword", \.user.mustChangePassword)
        Field("expiresAt", \.user.expiresAt)
        Field("lastSignInAt", \.user.lastSignInAt)
        Field("createdAt", \.user.createdAt)
        Field("version", \.user.version, .int(1...Int(Int32.max)))
        Field("invitationUrl", \.invitationUrl, .text(1...500), note: "Shown once, good for three days.")
        Field(
            "mailedTo", \.mailedTo, .text(1...254), note: "Where the invitation was mailed to, in place of being shown."
        )
    }
}

/// The body that changes a user.
package struct ChangeUserRequest: WireValue {
    package let login: Change<Login>
    package let name: Change<PersonName>
    package let email: Change<EmailAddress?>
    package let roles: Change<[RoleName]>
    package let expiresAt: Change<Date?>
    package let manager: Change<UserID?>

    package init(
        login: Change<Login> = .keep, name: Change<PersonName> = .keep, email: Change<EmailAddress?> = .keep,
        roles: Change<[RoleName]> = .keep, expiresAt: Change<Date?> = .keep,
        manager: Change<UserID?> = .keep
    ) {
        self.login = login
        self.name = name
        self.email = email
        self.roles = roles
        self.expiresAt = expiresAt
        self.manager = manager
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login)
        Field("name", \.name)
        Field("email", \.email)
        Field("roles", \.roles, .array(of: RoleName.schema, 0...20))
        Field("expiresAt", \.expiresAt, note: "From when on the user is disabled; null for never.")
        Field("manager", \.manager, UserID.schema, note: "Null for nobody.")
    }
}

/// The link of an invitation.
package struct Invitation: WireValue {
    package let url: String

    package init(url: String) {
        self.url = url
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("url", \.url, .text(1...500), note: "Shown once, good for three days.")
    }
}

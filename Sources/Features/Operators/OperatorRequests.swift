package import Identity
package import Kernel

/// The body that takes somebody in.
package struct AddOperatorRequest: WireValue {
    package let login: Login
    package let name: PersonName
    package let email: EmailAddress?
    package let roles: [ProviderRole]

    package init(login: Login, name: PersonName, email: EmailAddress? = nil, roles: [ProviderRole]) {
        self.login = login
        self.name = name
        self.email = email
        self.roles = roles
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login)
        Field("name", \.name)
        Field("email", \.email)
        Field("roles", \.roles, count: 1...3)
    }
}

/// A new operator, and the link by which that person comes in.
package struct AddedOperator: WireValue {
    package let `operator`: ProviderOperator
    package let invitationUrl: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("operator", \.`operator`)
        Field("invitationUrl", \.invitationUrl, .text(1...500), note: "Shown once, good for three days.")
    }
}

/// The body that changes an operator.
package struct ChangeOperatorRequest: WireValue {
    package let name: Change<PersonName>
    package let email: Change<EmailAddress?>
    package let roles: Change<[ProviderRole]>

    package init(
        name: Change<PersonName> = .keep, email: Change<EmailAddress?> = .keep, roles: Change<[ProviderRole]> = .keep
    ) {
        self.name = name
        self.email = email
        self.roles = roles
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("email", \.email)
        Field("roles", \.roles, .array(of: ProviderRole.schema, 1...3))
    }
}

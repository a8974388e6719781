package import Kernel

/// Who people are: the control plane plugs identity in. People who may not sign in are in none of its answers.
package struct CardPeople: Sendable {
    /// Who somebody is at a sign-in provider that is in use.
    package var subjects: @Sendable ([UserID], IdentityProviderID, TenantScope) async throws -> [UserID: String]
    /// Whom a sign-in provider that is in use knows by this subject.
    package var user: @Sendable (String, IdentityProviderID, TenantScope) async throws -> UserID?
    /// What they are called, and in which language they are spoken to.
    package var people: @Sendable ([UserID], TenantScope) async throws -> [UserID: CardPerson]

    package init(
        subjects: @escaping @Sendable ([UserID], IdentityProviderID, TenantScope) async throws -> [UserID: String],
        user: @escaping @Sendable (String, IdentityProviderID, TenantScope) async throws -> UserID?,
        people: @escaping @Sendable ([UserID], TenantScope) async throws -> [UserID: CardPerson]
    ) {
        self.subjects = subjects
        self.user = user
        self.people = people
    }
}

/// Somebody who is shown cards.
package struct CardPerson: Sendable, Hashable {
    package let name: String
    package let email: String?
    /// Such as `zh-CN`.
    package let language: String

    package init(name: String, email: String?, language: String) {
        self.name = name
        self.email = email
        self.language = language
    }
}

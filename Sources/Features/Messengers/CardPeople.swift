package import Kernel

/// Who people are: the control plane plugs identity in. People who may not sign in are in none of its answers.
package struct CardPeople: Sendable {
    /// Who somebody is at a sign-in provider, by links that count.
    package var subjects: @Sendable ([UserID], CardLink, TenantScope) async throws -> [UserID: String]
    /// Whom a sign-in provider knows by this subject, by a link that counts.
    package var user: @Sendable (String, CardLink, TenantScope) async throws -> UserID?
    /// What they are called, and in which language they are spoken to.
    package var people: @Sendable ([UserID], TenantScope) async throws -> [UserID: CardPerson]
    /// All who have this mail address, whatever its case.
    package var having: @Sendable (String, TenantScope) async throws -> [UserID]
    /// Whether a sign-in provider is of this vendor and company.
    package var isThere: @Sendable (IdentityProviderID, ChannelVendor, String, TenantScope) async throws -> Bool

    package init(
        subjects: @escaping @Sendable ([UserID], CardLink, TenantScope) async throws -> [UserID: String],
        user: @escaping @Sendable (String, CardLink, TenantScope) async throws -> UserID?,
        people: @escaping @Sendable ([UserID], TenantScope) async throws -> [UserID: CardPerson],
        having: @escaping @Sendable (String, TenantScope) async throws -> [UserID],
        isThere: @escaping @Sendable (IdentityProviderID, ChannelVendor, String, TenantScope) async throws -> Bool
    ) {
        self.subjects = subjects
        self.user = user
        self.people = people
        self.having = having
        self.isThere = isThere
    }
}

/// Which links say who somebody is: those at a messenger that is in use as a sign-in provider.
package struct CardLink: Sendable, Hashable {
    package let provider: IdentityProviderID
    /// Whether those count that the provider made by what its directory says. Otherwise only those do that people have made
    /// themselves, signed in and with a second factor that was fresh.
    package let trustsDirectory: Bool

    package init(provider: IdentityProviderID, trustsDirectory: Bool) {
        self.provider = provider
        self.trustsDirectory = trustsDirectory
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

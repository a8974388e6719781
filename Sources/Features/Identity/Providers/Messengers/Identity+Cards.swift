package import Kernel
import Postgres
import Tenancy

/// Somebody whom messages are for.
package struct Addressee: Sendable, Hashable {
    package let name: String
    package let email: String?
    package let language: String
}

// What cards in messengers need to know of people. Whoever may not sign in is nobody here.
extension Identity {
    /// Who these people are at a messenger that is in use as a provider, by links that count there: those that people made
    /// themselves, and if its directory is trusted those that it made.
    package func subjects(
        of people: [UserID], at provider: IdentityProviderID, trustingDirectory: Bool, in scope: TenantScope
    ) async throws -> [UserID: String] {
        let rows = try await database.query(
            """
            select l.user_id, l.subject from identity_links l \(fragment: Self.counting(trustingDirectory))
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) and l.user_id = any(\(people))
            """, in: scope
        ) { (user: try $0.next(UserID.self), subject: try $0.next(String.self)) }
        return Dictionary(rows.map { ($0.user, $0.subject) }) { first, _ in first }
    }

    /// Whom such a provider knows by this subject, by a link that counts.
    package func person(
        known subject: String, to provider: IdentityProviderID, trustingDirectory: Bool, in scope: TenantScope
    ) async throws -> UserID? {
        try await database.first(
            """
            select l.user_id from identity_links l \(fragment: Self.counting(trustingDirectory))
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) and l.subject = \(subject)
            """, in: scope
        ) { try $0.next() }
    }

    /// Of links `l` those that count, of people who may sign in.
    private static func counting(_ trustingDirectory: Bool) -> SQL {
        """
        join identity_providers p
          on p.tenant_id = l.tenant_id and p.identity_provider_id = l.identity_provider_id and p.enabled
            and p.kind = 'messenger' and (p.binds_users and l.bound_by_user
              or \(trustingDirectory) and not l.bound_by_user)
        join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id and u.state = 'active'
          and (u.expires_at is null or u.expires_at > now())
        """
    }

    /// Whether a provider is this company's at this messenger.
    package func isMessenger(
        _ provider: IdentityProviderID, of vendor: MessengerVendor, company: String, in scope: TenantScope
    ) async throws -> Bool {
        try await database.first(
            """
            select 1 from identity_providers p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.kind = 'messenger'
              and p.settings ->> 'vendor' = \(vendor.rawValue) and p.settings ->> 'organization' = \(company)
            """, in: scope
        ) { try $0.next(Int.self) } != nil
    }

    /// All who have this mail address, whatever its case, or have shown that it is theirs.
    package func people(having email: String, in scope: TenantScope) async throws -> [UserID] {
        try await database.query(
            """
            select distinct a.user_id from user_addresses a
            where a.tenant_id = \(scope.tenant) and a.address = lower(\(email)::text)
            """, in: scope
        ) { try $0.next() }
    }

    /// What people are called, where mail reaches them, and in which language.
    package func addressees(_ people: [UserID], in scope: TenantScope) async throws -> [UserID: Addressee] {
        let rows = try await database.query(
            """
            select u.user_id, u.name, u.email,
              coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language)
            from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = any(\(people)) and u.state = 'active'
              and (u.expires_at is null or u.expires_at > now())
            """, in: scope
        ) {
            (
                user: try $0.next(UserID.self),
                person: Addressee(name: try $0.next(), email: try $0.next(), language: try $0.next())
            )
        }
        return Dictionary(rows.map { ($0.user, $0.person) }) { first, _ in first }
    }
}

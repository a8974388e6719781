import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows that say who a person is at a provider, and what its rules gave them.
enum IdentityLinkStore {
    static func list(
        of provider: IdentityProviderID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [IdentityLink] {
        try await database.query(
            """
            select l.user_id, u.login, u.name, l.subject, l.created_at, l.last_sign_in_at, l.bound_by_user
            from identity_links l
            join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) \(page)
            """, in: scope
        ) {
            IdentityLink(
                user: try $0.next(), login: try $0.next(), name: try $0.next(), subject: try $0.next(),
                createdAt: try $0.next(), lastSignInAt: try $0.next(), boundByUser: try $0.next())
        }
    }

    static func user(
        of subject: String, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> UserID? {
        try await tx.first(
            """
            select user_id from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and subject = \(subject)
            """
        ) { try $0.next() }
    }

    /// Whose link this is, and whether they made it themselves.
    static func link(
        of subject: String, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (user: UserID, isBound: Bool)? {
        try await tx.first(
            """
            select user_id, bound_by_user from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and subject = \(subject)
            """
        ) { (user: try $0.next(UserID.self), isBound: try $0.next(Bool.self)) }
    }

    /// Whether a provider that is in use knows the person; a link that they made themselves is nobody's word.
    static func isVouchedFor(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from identity_links l
              join identity_providers p
                on p.tenant_id = l.tenant_id and p.identity_provider_id = l.identity_provider_id and p.enabled
              where l.tenant_id = \(scope.tenant) and l.user_id = \(user) and not l.bound_by_user)
              or exists (
              select from provisioned_users l
              join identity_providers p
                on p.tenant_id = l.tenant_id and p.identity_provider_id = l.identity_provider_id and p.enabled
              join provisionings s
                on s.tenant_id = l.tenant_id and s.identity_provider_id = l.identity_provider_id and s.enabled
              where l.tenant_id = \(scope.tenant) and l.user_id = \(user) and l.removed_at is null)
            """
        ) { try $0.next() } ?? false
    }

    /// Whether the provider itself has said who the person is there; what they bound themselves it has not.
    static func isKnown(
        _ user: UserID, to provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (select from identity_links
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
                and not bound_by_user)
            """
        ) { try $0.next() } ?? false
    }

    static func isLinked(
        _ user: UserID, to provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (select from identity_links
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user))
            """
        ) { try $0.next() } ?? false
    }

    static func insert(
        _ subject: String, of user: UserID, at provider: IdentityProviderID, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at)
            values (\(scope.tenant), \(provider), \(user), \(subject), \(now))
            """)
    }

    static func touch(
        _ user: UserID, at provider: IdentityProviderID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update identity_links set last_sign_in_at = \(now)
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
            """)
    }

    /// False if there was none.
    static func remove(
        _ user: UserID, from provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            delete from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
            """)
        return rows == 1
    }

    // MARK: what people made themselves

    static func bind(
        _ subject: String, as account: String, of user: UserID, at provider: IdentityProviderID, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into identity_links
              (tenant_id, identity_provider_id, user_id, subject, created_at, bound_by_user, account)
            values (\(scope.tenant), \(provider), \(user), \(subject), \(now), true, \(account))
            """)
    }

    /// Undoes a link that the person made, with all that it opened; the name there, or nil if there is no such link.
    static func unbind(
        _ user: UserID, from provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
              and bound_by_user
            returning account
            """
        ) { try $0.next() }
    }

    static func isBound(
        _ user: UserID, to provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (select from identity_links where tenant_id = \(scope.tenant)
              and identity_provider_id = \(provider) and user_id = \(user) and bound_by_user)
            """
        ) { try $0.next() } ?? false
    }

    /// Undoes all of them at a provider, and what waits to be one.
    static func removeBound(
        at provider: IdentityProviderID, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await endBound(at: provider, now: now, in: scope, tx)
        let people = try await tx.query(
            """
            delete from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and bound_by_user
            returning user_id
            """
        ) { try $0.next(UserID.self) }
        try await IdentityEvent.identityUnbound.publish(people, at: now, in: scope, tx) {
            ($0.text, ["provider": .string(provider.text)])
        }
    }

    /// Undoes all that people made themselves, with what it opened: whoever was in their place may have made it.
    static func forgetBound(_ users: [UserID], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from identity_bindings where tenant_id = \(scope.tenant) and user_id = any(\(users))")
        let links = try await tx.query(
            """
            delete from identity_links
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and bound_by_user
            returning user_id, identity_provider_id
            """
        ) { (user: try $0.next(UserID.self), provider: try $0.next(IdentityProviderID.self)) }
        try await IdentityEvent.identityUnbound.publish(links, at: now, in: scope, tx) {
            ($0.user.text, ["provider": .string($0.provider.text)])
        }
    }

    /// Ends what such links opened, here and on assets, and leaves the links.
    static func endBound(
        at provider: IdentityProviderID, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let people = try await tx.query(
            """
            delete from web_sessions where tenant_id = \(scope.tenant) and bound_provider_id = \(provider)
            returning user_id
            """
        ) { try $0.next(UserID.self) }
        try await IdentityEvent.signedOutByProvider.publish(Array(Set(people)), at: now, in: scope, tx) {
            ($0.text, [:])
        }
        try await tx.execute(
            "delete from api_tokens where tenant_id = \(scope.tenant) and bound_provider_id = \(provider)")
        try await tx.execute(
            "delete from access_keys where tenant_id = \(scope.tenant) and bound_provider_id = \(provider)")
        try await tx.execute(
            "delete from ssh_keys where tenant_id = \(scope.tenant) and bound_provider_id = \(provider)")
        try await tx.execute(
            "delete from sign_ins where tenant_id = \(scope.tenant) and bound_provider_id = \(provider)")
        try await tx.execute(
            "delete from identity_bindings where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)")
    }

    /// The same for whom a provider knows, as its word begins to count or counts again.
    static func endBound(
        ofPeopleAt provider: IdentityProviderID, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let people = try await tx.query(
            """
            select distinct b.user_id from identity_links b
            join identity_providers p on p.tenant_id = b.tenant_id and p.identity_provider_id = \(provider) and p.enabled
            where b.tenant_id = \(scope.tenant) and b.bound_by_user and (exists (
                select from identity_links l
                where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) and l.user_id = b.user_id
                  and not l.bound_by_user)
              or exists (
                select from provisioned_users l
                join provisionings s
                  on s.tenant_id = l.tenant_id and s.identity_provider_id = l.identity_provider_id and s.enabled
                where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) and l.user_id = b.user_id
                  and l.removed_at is null))
            """
        ) { try $0.next(UserID.self) }
        try await endBound(of: people, now: now, in: scope, tx)
    }

    /// The same for people for whom a provider's word begins or ends: what they made themselves lets them in no more, or let
    /// them in while nobody spoke for them.
    static func endBound(of users: [UserID], now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let people = try await tx.query(
            """
            delete from web_sessions
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and bound_provider_id is not null
            returning user_id
            """
        ) { try $0.next(UserID.self) }
        try await IdentityEvent.signedOutByProvider.publish(Array(Set(people)), at: now, in: scope, tx) {
            ($0.text, [:])
        }
        try await tx.execute(
            """
            delete from sign_ins
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and bound_provider_id is not null
            """)
        try await tx.execute(
            """
            delete from api_tokens
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and bound_provider_id is not null
            """)
        try await tx.execute(
            """
            delete from access_keys
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and bound_provider_id is not null
            """)
        try await tx.execute(
            """
            delete from ssh_keys
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and bound_provider_id is not null
            """)
    }

    /// Keeps name and address as the provider has them; true if something was different.
    static func setProfile(
        name: String?, email: String?, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            update users set name = coalesce(\(name), name), email = coalesce(\(email), email), version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
              and (name is distinct from coalesce(\(name), name) or email is distinct from coalesce(\(email), email))
            """)
        return rows == 1
    }

    /// What an administrator decides about somebody is not a sync's to undo, nor a provisioning's.
    static func forgetLeaving(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provisioned_users set left_at = null
            where tenant_id = \(scope.tenant) and user_id = \(user) and left_at is not null
            """)
        try await tx.execute(
            """
            update identity_links set left_at = null
            where tenant_id = \(scope.tenant) and user_id = \(user) and left_at is not null
            """)
    }

    // MARK: what rules gave

    /// Whether a person has roles that the provider's rules gave.
    static func hasRoles(
        _ user: UserID, by provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select true from identity_given_roles
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user) limit 1
            """
        ) { try $0.next() } ?? false
    }

    /// Whether whoever is this subject there has some.
    static func hasRoles(
        _ subject: String, by provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select true from identity_links l
            join identity_given_roles g on g.tenant_id = l.tenant_id and g.identity_provider_id = l.identity_provider_id
              and g.user_id = l.user_id
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) and l.subject = \(subject) limit 1
            """
        ) { try $0.next() } ?? false
    }

    /// Whether anybody has anything that the provider's rules gave.
    static func givesAnything(
        _ provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (select from identity_given_roles
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider))
              or exists (select from identity_given_groups
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider))
              or exists (select from identity_given_places
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider))
            """
        ) { try $0.next() } ?? true
    }
}

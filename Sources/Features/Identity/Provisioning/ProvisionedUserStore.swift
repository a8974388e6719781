import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of people as programs know them. A program sees those of its provider, and nobody else.
enum ProvisionedUserStore {
    private static let columns: SQL = """
        u.user_id, u.login, u.name, u.email, u.state, u.expires_at, p.user_name, p.external_id, p.profile, p.left_at,
          p.created_at, p.changed_at, p.version, u.version
        from provisioned_users p
        join users u on u.tenant_id = p.tenant_id and u.user_id = p.user_id
        """

    private static func user(_ row: inout Row) throws -> ProvisionedUser {
        let (id, login, name): (UserID, String, String) = (try row.next(), try row.next(), try row.next())
        let (email, state): (String?, User.State) = (try row.next(), try row.next())
        return ProvisionedUser(
            id: id, login: login, name: name, email: email, state: state, expiresAt: try row.next(),
            userName: try row.next(), externalId: try row.next(), profile: try row.next(), leftAt: try row.next(),
            createdAt: try row.next(), changedAt: try row.next(),
            versions: (said: try row.next(), user: try row.next()))
    }

    static func find(
        _ id: UserID, of provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> ProvisionedUser? {
        try await database.first(
            """
            select \(fragment: columns)
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.user_id = \(id)
              and p.removed_at is null
            """, in: scope, user)
    }

    /// Holds the person until the transaction ends.
    static func lock(
        _ id: UserID, of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> ProvisionedUser? {
        try await tx.first(
            """
            select \(fragment: columns)
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.user_id = \(id)
              and p.removed_at is null for no key update
            """, user)
    }

    /// What of people must be so that a filter can hold: asked of the database, while the rest is held against documents.
    struct Narrowing {
        var id: UserID?
        var userName: String?
        var externalId: String?
    }

    static func count(
        of provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> Int {
        try await database.first(
            """
            select count(*) from provisioned_users
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and removed_at is null
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    /// Whom the provider has disabled, taken away since or not.
    static func leavers(
        of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        try await tx.first(
            """
            select count(*) from (
              select from provisioned_users
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and left_at is not null
              limit \(ProvisionedUser.mostLeavers)) l
            """
        ) { try $0.next() } ?? 0
    }

    /// How many there are to look through, as far as anybody wants to know.
    static func count(
        _ narrowing: Narrowing, upTo most: Int, of provider: IdentityProviderID, in scope: TenantScope,
        _ database: Database
    ) async throws -> Int {
        // At most one of each.
        if narrowing.id != nil || narrowing.userName != nil || narrowing.externalId != nil { return 1 }
        return try await database.first(
            """
            select count(*) from (
              select from provisioned_users
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and removed_at is null
              limit \(most)) p
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    /// In the order in which they came.
    static func list(
        _ narrowing: Narrowing, after: UserID? = nil, offset: Int = 0, limit: Int, of provider: IdentityProviderID,
        in scope: TenantScope,
        _ database: Database
    ) async throws -> [ProvisionedUser] {
        try await database.query(
            """
            select u.user_id, u.login, u.name, u.email, u.state, u.expires_at, p.user_name, p.external_id, p.profile,
              p.left_at, p.created_at, p.changed_at, p.version, u.version
            from provisioned_users p
            join users u on u.tenant_id = p.tenant_id and u.user_id = p.user_id
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.removed_at is null
              and (\(after)::uuid is null or p.user_id > \(after))
              and (\(narrowing.id)::uuid is null or p.user_id = \(narrowing.id))
              and (\(narrowing.userName)::text is null or p.user_name = \(narrowing.userName))
              and (\(narrowing.externalId)::text is null or p.external_id = \(narrowing.externalId))
            order by p.user_id offset \(offset) limit \(limit)
            """, in: scope, user)
    }

    /// Whether somebody of the provider's has the user name or the external id, except for one.
    static func isTaken(
        userName: Login, externalId: String?, except user: UserID?, of provider: IdentityProviderID,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from provisioned_users
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and removed_at is null
                and user_id is distinct from \(user)::uuid
                and (user_name = \(userName) or external_id = \(externalId)))
            """
        ) { try $0.next() } ?? false
    }

    /// Whom the provider's program calls so, if it does now.
    static func user(
        called userName: Login, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> UserID? {
        try await tx.first(
            """
            select p.user_id from provisioned_users p
            join provisionings s on s.tenant_id = p.tenant_id and s.identity_provider_id = p.identity_provider_id
              and s.enabled
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.user_name = \(userName)
              and p.removed_at is null
            """
        ) { try $0.next() }
    }

    /// Whether a program of the provider had the person disabled and has taken them away since: then they are its own to
    /// bring back. Nobody else's account is.
    static func isGone(
        _ user: UserID, from provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from provisioned_users
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
                and removed_at is not null and left_at is not null)
            """
        ) { try $0.next() } ?? false
    }

    static func insert(
        _ person: ProvisionedPerson, of user: UserID, facts: String?, at provider: IdentityProviderID, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await naming {
            try await tx.execute(
                """
                insert into provisioned_users (tenant_id, identity_provider_id, user_id, user_name, external_id, profile,
                  facts, created_at, changed_at)
                values (\(scope.tenant), \(provider), \(user), \(person.userName), \(person.externalId),
                  \(person.profile), \(facts)::text::jsonb, \(now), \(now))
                on conflict on constraint provisioned_users_pk do update set user_name = excluded.user_name,
                  external_id = excluded.external_id, profile = excluded.profile, facts = excluded.facts,
                  created_at = excluded.created_at,
                  changed_at = excluded.changed_at, removed_at = null, version = provisioned_users.version + 1
                """)
        }
    }

    static func update(
        _ person: ProvisionedPerson, of user: UserID, facts: String?, at provider: IdentityProviderID, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await naming {
            try await tx.execute(
                """
                update provisioned_users set user_name = \(person.userName), external_id = \(person.externalId),
                  profile = \(person.profile), facts = \(facts)::text::jsonb, changed_at = \(now), version = version + 1
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
                """)
        }
    }

    /// Notes that the provider is why the person is disabled, or no longer.
    static func setLeft(
        _ leftAt: Date?, _ user: UserID, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update provisioned_users set left_at = \(leftAt)
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
            """)
    }

    /// Whether another provider, or a sync, is why the person is disabled.
    static func hasLeftElsewhere(
        _ user: UserID, than provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (
                select from identity_links
                where tenant_id = \(scope.tenant) and user_id = \(user) and left_at is not null)
              or exists (
                select from provisioned_users
                where tenant_id = \(scope.tenant) and user_id = \(user) and left_at is not null
                  and identity_provider_id <> \(provider))
            """
        ) { try $0.next() } ?? false
    }

    static func setRemoved(
        _ user: UserID, at provider: IdentityProviderID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update provisioned_users set removed_at = \(now), facts = null, changed_at = \(now), version = version + 1
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
            """)
        try await tx.execute(
            """
            delete from provisioned_members
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
            """)
    }

    /// Makes somebody whom the provider's programs know a person's manager, by their word; nobody where they are not known, and
    /// then whoever an administrator has named stays. Answers whether they are.
    static func setManager(
        _ name: String?, of user: UserID, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let id = name.flatMap(UserID.init)
        let manager: UserID? = try await tx.first(
            """
            select p.user_id from provisioned_users p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.removed_at is null
              and p.user_id <> \(user)
              and (p.user_id = \(id)::uuid or p.user_name = lower(\(name)::text) or p.external_id = \(name)::text)
            order by (p.user_id = \(id)::uuid) desc nulls last, p.user_name limit 1
            """
        ) { try $0.next() }
        try await tx.execute(
            """
            update users set manager_id = \(manager),
              manager_provider_id = case when \(manager)::uuid is null then null else \(provider)::uuid end,
              version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
              and (\(manager)::uuid is not null or manager_provider_id = \(provider))
              and (manager_id is distinct from \(manager)::uuid or manager_provider_id is distinct from \(provider)::uuid)
            """)
        return manager != nil
    }

    /// Makes somebody the manager of those of whom the provider's programs have said so, as `setManager` would now; but of
    /// nobody who holds one of the roles `beyond` what the provider gives.
    static func setReports(
        to manager: UserID, called userName: Login, externalId: String?, beyond: [RoleID],
        at provider: IdentityProviderID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update users u set manager_id = \(manager), manager_provider_id = \(provider), version = u.version + 1
            from provisioned_users p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.removed_at is null
              and p.profile ? 'manager'
              and lower(p.profile -> 'manager' ->> 'value')
                = any(array[lower(\(userName)::text), lower(\(externalId)::text)])
              and (lower(p.profile -> 'manager' ->> 'value') = lower(\(userName)::text)
                or p.profile -> 'manager' ->> 'value' = \(externalId)::text)
              and p.user_id <> \(manager)
              and u.tenant_id = p.tenant_id and u.user_id = p.user_id
              and (u.manager_id is distinct from \(manager)::uuid
                or u.manager_provider_id is distinct from \(provider)::uuid)
              and not exists (
                select from roles_held(\(now)) b where b.tenant_id = \(scope.tenant) and b.user_id = u.user_id
                  and b.role_id = any(\(beyond)) and not \(fragment: RoleStore.givenThere(by: provider, in: scope)))
            """)
    }

    private static func naming(_ body: () async throws -> Int) async throws {
        do {
            _ = try await body()
        } catch let error as DatabaseError
            where ["provisioned_users_name_uq", "provisioned_users_external_uq"].contains(error.constraint)
        {
            throw SCIMFault.taken("somebody has this userName or externalId")
        }
    }
}

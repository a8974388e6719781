import FoundationEssentials
import Kernel
import Postgres

/// The rows of people who confirm at a RADIUS server.
enum RADIUSFactorStore {
    /// Conversations that may begin for one person in an hour: each one is a guess, or a telephone that rings.
    static let mostAnHour = 10
    /// From how many requests to ring on that nobody answered, one after the other, each one counts as a failure.
    static let silencesThatCount = 3
    private static let hour: TimeInterval = 3600

    /// Who confirms at a provider that counts, as a column of a statement about `users u`.
    static let counts: SQL = """
        exists (
          select from radius_factors f
          join identity_providers p on p.tenant_id = f.tenant_id and p.identity_provider_id = f.identity_provider_id
          where f.tenant_id = u.tenant_id and f.user_id = u.user_id and p.enabled and p.kind = 'radius'
            and p.settings ->> 'use' = 'second-factor')
        """

    static func provider(
        of user: UserID, in scope: TenantScope, _ database: Database
    ) async throws -> (id: IdentityProviderID, name: String)? {
        try await database.first(
            """
            select p.identity_provider_id, p.name from radius_factors f
            join identity_providers p on p.tenant_id = f.tenant_id and p.identity_provider_id = f.identity_provider_id
            where f.tenant_id = \(scope.tenant) and f.user_id = \(user)
            """, in: scope
        ) { (id: try $0.next(), name: try $0.next()) }
    }

    static func assign(
        _ provider: IdentityProviderID, to user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into radius_factors (tenant_id, user_id, identity_provider_id, assigned_at)
            values (\(scope.tenant), \(user), \(provider), \(now))
            on conflict (tenant_id, user_id) do update
              set identity_provider_id = excluded.identity_provider_id, assigned_at = excluded.assigned_at
            """)
    }

    static func people(
        at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID] {
        try await tx.query(
            """
            select user_id from radius_factors
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """
        ) { try $0.next() }
    }

    /// How many confirm at a provider; nobody else begins to until the transaction ends.
    static func countLast(
        at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        try await tx.execute(
            """
            select from identity_providers
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) for update
            """)
        return try await people(at: provider, in: scope, tx).count
    }

    /// False if there is none.
    static func remove(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        let rows = try await tx.execute(
            "delete from radius_factors where tenant_id = \(scope.tenant) and user_id = \(user)")
        return rows == 1
    }

    /// Counts a conversation that begins; false if as many began as may, or the person confirms elsewhere by now.
    static func begin(
        at provider: IdentityProviderID, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let start = now - hour
        let rows = try await tx.execute(
            """
            update radius_factors set
              rounds = case when rounds_since > \(start) then rounds + 1 else 1 end,
              rounds_since = case when rounds_since > \(start) then rounds_since else \(now) end
            where tenant_id = \(scope.tenant) and user_id = \(user) and identity_provider_id = \(provider)
              and (rounds_since is null or rounds_since <= \(start) or rounds < \(mostAnHour))
            """)
        return rows == 1
    }

    /// Notes whether a server that was asked to ring has said nothing; how often in a row it has.
    static func note(
        isSilent: Bool, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        try await tx.first(
            """
            update radius_factors set silences = case when \(isSilent) then silences + 1 else 0 end
            where tenant_id = \(scope.tenant) and user_id = \(user) returning silences
            """
        ) { try $0.next() } ?? 0
    }

    /// Logins of those who confirm at a provider, but for one of them.
    static func logins(
        at provider: IdentityProviderID, but user: UserID?, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [Login] {
        try await tx.query(
            """
            select u.login from radius_factors f
            join users u on u.tenant_id = f.tenant_id and u.user_id = f.user_id
            where f.tenant_id = \(scope.tenant) and f.identity_provider_id = \(provider)
              and f.user_id is distinct from \(user)
            """
        ) { Login(try $0.next(String.self)) }.compactMap { $0 }
    }
}

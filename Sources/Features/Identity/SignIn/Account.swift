import FoundationEssentials
import Kernel
import Postgres

/// A user as a sign-in needs it.
struct Account: Sendable {
    let id: UserID
    let login: String
    let name: String
    /// Neither shut out nor past its last day, by the database's clock.
    let isActive: Bool
    var passwordHash: String?
    /// Of a password that is good once.
    var temporaryHash: [UInt8]?
    /// Whether such a one was shown, and not their own.
    var byTemporary = false
    var standing: AccountStanding
    let counter: AttemptCounter
    /// What was counted for a password that turned out right, if whoever takes the sign-in on gives it back.
    var owed: Lockout.Reservation?
}

/// The rows of users, as far as sign-ins read and change them.
enum AccountStore {
    static let proofColumns: SQL = """
        u.user_id, u.login, u.name, u.state, (u.expires_at <= now()) is true, u.password_hash, u.failed_attempts,
          u.locked_until, (
            select p.token_hash from temporary_passwords p
            where p.tenant_id = u.tenant_id and p.user_id = u.user_id)
        """

    private static let columns: SQL = """
        \(fragment: proofColumns), \(fragment: PasswordAge.mustChange), \(fragment: HeldFactors.columns)
        """

    private static func account(_ row: inout Row) throws -> Account {
        try account(&row) { row in
            AccountStanding(mustChangePassword: try row.next(), held: try HeldFactors(&row))
        }
    }

    private static func account(
        _ row: inout Row, _ standing: (inout Row) throws -> AccountStanding
    ) throws -> Account {
        let (id, login, name): (UserID, String, String) = (try row.next(), try row.next(), try row.next())
        let state: User.State = try row.next()
        let isOver: Bool = try row.next()
        let hash: String? = try row.next()
        let counter = AttemptCounter(failures: try row.next(), lockedUntil: try row.next())
        let temporary: [UInt8]? = try row.next()
        return Account(
            id: id, login: login, name: name, isActive: state == .active && !isOver, passwordHash: hash,
            temporaryHash: temporary, standing: try standing(&row), counter: counter)
    }

    /// What holds an account, for a trip that asks more.
    struct Statement {
        let sql: SQL
        let decode: (inout Row) throws -> Account
    }

    /// Holds the row until the transaction ends, so that attempts on one account are counted one after the other.
    static func lock(_ login: Login, in scope: TenantScope, _ tx: Transaction) async throws -> Account? {
        let statement = lock(login, in: scope)
        return try await tx.first(statement.sql, statement.decode)
    }

    static func lock(_ id: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Account? {
        let statement = lock(id, in: scope)
        return try await tx.first(statement.sql, statement.decode)
    }

    static func lock(_ login: Login, in scope: TenantScope) -> Statement {
        Statement(
            sql: """
                select \(fragment: columns) from users u
                where u.tenant_id = \(scope.tenant) and u.login = \(login) for no key update of u
                """, decode: account)
    }

    static func lock(_ id: UserID, in scope: TenantScope) -> Statement {
        Statement(
            sql: """
                select \(fragment: columns) from users u
                where u.tenant_id = \(scope.tenant) and u.user_id = \(id) for no key update of u
                """, decode: account)
    }

    /// What a proof is compared with, and no more: whoever goes on reads the account again, and its standing only then.
    static func lockForProof(_ login: Login, in scope: TenantScope) -> Statement {
        Statement(
            sql: """
                select \(fragment: proofColumns) from users u
                where u.tenant_id = \(scope.tenant) and u.login = \(login) for no key update of u
                """, decode: accountForProof)
    }

    /// The same, of a statement that reads `proofColumns`.
    static func accountForProof(_ row: inout Row) throws -> Account {
        try account(&row) { _ in .unread }
    }

    /// The account and what the tenant's rules about second factors look at, read at once.
    static func lock(
        _ id: UserID, at entrance: SignInEntrance, from address: String?, now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> (Account, FactorQuestion)? {
        try await tx.first(
            """
            select \(fragment: columns), \(fragment: FactorRuleStore.questionColumns(at: now))
            from users u \(fragment: FactorRuleStore.questionJoin)
            where u.tenant_id = \(scope.tenant) and u.user_id = \(id) for no key update of u
            """
        ) { row in
            (try account(&row), try FactorRuleStore.question(&row, of: id, at: entrance, from: address))
        }
    }

    /// Somebody else may hold an account for long, as a sync does at its end: whoever signs in gives up soon and comes again,
    /// rather than to hold a connection that others need.
    static func waitBriefly(_ tx: Transaction) async throws {
        try await tx.enqueue("set local lock_timeout = '2s'")
    }

    static func setCounter(
        _ counter: AttemptCounter, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            update users set failed_attempts = \(counter.failures), locked_until = \(counter.lockedUntil),
              version = version + case when locked_until is distinct from \(counter.lockedUntil) then 1 else 0 end
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
    }

    /// Counts at an account that is still what it was when it was read without being held; false if it is not.
    ///
    /// It waits for no disk, as `ProvePassword.reserve` does not.
    static func setCounter(
        _ counter: AttemptCounter, of seen: Account, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        let rows = try await database.execute(
            """
            update users set failed_attempts = \(counter.failures), locked_until = \(counter.lockedUntil),
              version = version + case when locked_until is distinct from \(counter.lockedUntil) then 1 else 0 end
            where tenant_id = \(scope.tenant) and user_id = \(seen.id) and state = 'active'
              and (expires_at is null or expires_at > now()) and password_hash = \(seen.passwordHash)
              and failed_attempts = \(seen.counter.failures)
              and locked_until is not distinct from \(seen.counter.lockedUntil)
            """, in: scope, lasting: .brief, impatiently: true)
        return rows == 1
    }

    /// A sign-in by key is noted, and leaves the failures of passwords as they are.
    static func recordKeySignIn(
        _ user: UserID, from address: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        // The account first, as everybody locks them.
        try await tx.execute(
            """
            update users set last_sign_in_at = \(now), version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
        try await FamiliarAddressStore.note(user, from: address, at: now, in: scope, tx)
    }

    /// A sign-in that is complete forgets the failures before it. `byPassword` says whether it began with the one here.
    static func recordSignIn(
        _ user: UserID, byPassword: Bool, from address: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update users set failed_attempts = 0, locked_until = null, last_sign_in_at = \(now),
              password_signed_in_at = case when \(byPassword) then \(now) else password_signed_in_at end,
              version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
        try await FamiliarAddressStore.note(user, from: address, at: now, in: scope, tx)
        try await FamiliarAddressStore.forgive(user, in: scope, tx)
    }

    static func setPassword(
        _ hash: String, mustChange: Bool, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await PasswordHistoryStore.keepCurrent(of: user, in: scope, tx)
        try await TemporaryPasswordStore.remove(user, in: scope, tx)
        try await tx.execute(
            """
            update users set password_hash = \(hash), password_changed_at = \(now), must_change_password = \(mustChange),
              password_told_at = null, failed_attempts = 0, locked_until = null, version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
        try await FamiliarAddressStore.forgive(user, in: scope, tx)
    }

    /// The password has to be changed before anything else, from the next sign-in on.
    static func requireChange(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update users set must_change_password = true, version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
    }

    /// The words that a password must not be built from.
    static func words(about user: UserID, in scope: TenantScope, _ database: Database) async throws -> [String] {
        try await database.first(
            """
            select u.login, u.name, coalesce(u.email, ''), t.slug, t.name
            from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """, in: scope
        ) { [try $0.next(), try $0.next(), try $0.next(), try $0.next(), try $0.next()] } ?? []
    }
}

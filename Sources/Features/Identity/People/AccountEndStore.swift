import FoundationEssentials
import Kernel
import Postgres

/// The rows of accounts that end on a day.
enum AccountEndStore {
    struct Ending {
        let tenant: TenantID
        let user: UserID
    }

    /// Accounts whose day has come, of whichever tenant.
    static func due(at now: Date, _ database: Database) async throws -> [Ending] {
        try await database.query(
            """
            select tenant_id, user_id from users where state = 'active' and expires_at <= \(now)
            order by expires_at limit 500
            """, in: SystemScope(reason: "end accounts whose day has come")
        ) { Ending(tenant: try $0.next(), user: try $0.next()) }
    }

    /// Accounts whose day comes soon, and of which nobody was told yet.
    static func near(_ end: Date, after now: Date, _ database: Database) async throws -> [Ending] {
        try await database.query(
            """
            select tenant_id, user_id from users
            where state = 'active' and expires_at > \(now) and expires_at <= \(end) and expiry_told_at is null
            order by expires_at limit 500
            """, in: SystemScope(reason: "tell of accounts that end soon")
        ) { Ending(tenant: try $0.next(), user: try $0.next()) }
    }

    /// Whether the account ends now, held until the transaction ends: its day may have been moved meanwhile.
    static func isDue(_ user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select state = 'active' and expires_at <= \(now) from users
            where tenant_id = \(scope.tenant) and user_id = \(user) for no key update
            """
        ) { try $0.next(Bool?.self) ?? false } ?? false
    }

    /// Notes that people are told; without those who were, or whose account does not end any more.
    static func noteTold(
        _ users: [UserID], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID: Date] {
        let told = try await tx.query(
            """
            update users set expiry_told_at = \(now)
            where tenant_id = \(scope.tenant) and user_id = any(\(users)) and state = 'active' and expires_at > \(now)
              and expiry_told_at is null
            returning user_id, expires_at
            """
        ) { (try $0.next(UserID.self), try $0.next(Date.self)) }
        return Dictionary(uniqueKeysWithValues: told)
    }

    static func forgetPast(_ user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update users set expires_at = null, expiry_told_at = null
            where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at <= \(now)
            """)
    }
}

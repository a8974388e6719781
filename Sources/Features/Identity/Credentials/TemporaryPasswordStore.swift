import FoundationEssentials
import Kernel
import Postgres

/// The rows of passwords that are good once.
enum TemporaryPasswordStore {
    /// The one before is good no more.
    static func set(
        _ hash: [UInt8], of user: UserID, until end: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into temporary_passwords (tenant_id, user_id, token_hash, created_at, expires_at)
            values (\(scope.tenant), \(user), \(hash), \(now), \(end))
            on conflict (tenant_id, user_id) do update
            set token_hash = excluded.token_hash, created_at = excluded.created_at, expires_at = excluded.expires_at
            """)
    }

    /// Uses it up; false if it is another one, or over.
    static func take(
        _ hash: [UInt8], of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            delete from temporary_passwords
            where tenant_id = \(scope.tenant) and user_id = \(user) and token_hash = \(hash) and expires_at > \(now)
            """)
        return rows == 1
    }

    static func remove(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            "delete from temporary_passwords where tenant_id = \(scope.tenant) and user_id = \(user)")
    }
}

import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// A user's second factor as it is stored.
struct StoredFactor {
    let sealed: [UInt8]
    let confirmedAt: Date?
    let lastStep: Int
}

/// The rows of second factors and of the codes that replace them.
enum SecondFactorStore {
    static let table = "totp_secrets"

    static func find(_ user: UserID, in scope: TenantScope, _ database: Database) async throws -> StoredFactor? {
        try await database.first(
            """
            select sealed, confirmed_at, last_step from totp_secrets
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """, in: scope
        ) { StoredFactor(sealed: try $0.next(), confirmedAt: try $0.next(), lastStep: try $0.next()) }
    }

    /// Keeps a secret that is to be confirmed; false if there is a confirmed one.
    static func propose(
        _ secret: SealedValue, for user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        let rows = try await database.execute(
            """
            insert into totp_secrets (tenant_id, user_id, tenant_key_id, sealed, created_at)
            values (\(scope.tenant), \(user), \(secret.tenantKey), \(secret.bytes), \(now))
            on conflict on constraint totp_secrets_pk do update
              set tenant_key_id = excluded.tenant_key_id, sealed = excluded.sealed, created_at = excluded.created_at,
                last_step = 0
              where totp_secrets.confirmed_at is null
            """, in: scope)
        return rows == 1
    }

    /// Confirms the proposed secret; false if it is another one by now.
    static func confirm(
        _ sealed: [UInt8], of user: UserID, step: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            update totp_secrets set confirmed_at = \(now), last_step = \(step)
            where tenant_id = \(scope.tenant) and user_id = \(user) and confirmed_at is null and sealed = \(sealed)
            """)
        return rows == 1
    }

    /// Uses a time step up; false if it, or a later one, has been used.
    static func use(
        step: Int, of sealed: [UInt8], _ user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            update totp_secrets set last_step = \(step)
            where tenant_id = \(scope.tenant) and user_id = \(user) and confirmed_at is not null
              and last_step < \(step) and sealed = \(sealed)
            """)
        return rows == 1
    }

    /// Takes everything away that can stand in for a second factor.
    static func remove(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await removeAuthenticator(user, in: scope, tx)
        try await PasskeyStore.removeAll(of: user, in: scope, tx)
        for channel in CodeChannel.allCases {
            _ = try await CodeFactorStore.remove(user, by: channel, in: scope, tx)
        }
        _ = try await RADIUSFactorStore.remove(user, in: scope, tx)
        _ = try await FaceFactorStore.remove(user, in: scope, tx)
        try await tx.execute("delete from recovery_codes where tenant_id = \(scope.tenant) and user_id = \(user)")
    }

    static func removeAuthenticator(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from totp_secrets where tenant_id = \(scope.tenant) and user_id = \(user)")
    }

    /// Replaces a user's recovery codes.
    static func setRecoveryCodes(
        _ codes: [RecoveryCode], of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute("delete from recovery_codes where tenant_id = \(scope.tenant) and user_id = \(user)")
        let ids = codes.map { _ in RecoveryCodeID.new() }
        for (id, code) in zip(ids, codes) {
            try await tx.execute(
                """
                insert into recovery_codes (tenant_id, recovery_code_id, user_id, code_hash)
                values (\(scope.tenant), \(id), \(user), \(code.hash(for: user)))
                """)
        }
    }

    /// Uses a recovery code up; false if there is none such, or it has been used.
    static func use(
        _ code: RecoveryCode, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            update recovery_codes set used_at = \(now)
            where tenant_id = \(scope.tenant) and user_id = \(user) and code_hash = \(code.hash(for: user))
              and used_at is null
            """)
        return rows == 1
    }

    static func recoveryCodesLeft(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from recovery_codes
            where tenant_id = \(scope.tenant) and user_id = \(user) and used_at is null
            """
        ) { try $0.next() } ?? 0
    }
}

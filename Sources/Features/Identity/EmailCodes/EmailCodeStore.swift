import FoundationEssentials
import Kernel
import Postgres

/// The rows of codes that were mailed, one a person: the last one.
enum EmailCodeStore {
    /// The table, which every sealed code is bound to.
    static let table = "email_codes"

    /// The sealed code, if it may still be used.
    static func find(
        _ user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [UInt8]? {
        try await database.first(
            """
            select sealed_code from email_codes
            where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at > \(now)
              and tries < \(EmailCode.mostTries)
            """, in: scope
        ) { try $0.next() }
    }

    /// Uses a code up that went to where it had to; false if it has been used, is late or was guessed at too often.
    static func use(
        _ sealed: [UInt8], of user: UserID, for purpose: SendEmailCode.Purpose, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Bool {
        guard let mailbox = try await EmailFactorStore.mailbox(of: user, for: purpose, in: scope, tx) else {
            return false
        }
        let rows = try await tx.execute(
            """
            delete from email_codes
            where tenant_id = \(scope.tenant) and user_id = \(user) and address = \(mailbox.address)
              and sealed_code = \(sealed) and expires_at > \(now) and tries < \(EmailCode.mostTries)
            """)
        return rows == 1
    }

    static func countWrong(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            """
            update email_codes set tries = least(tries + 1, \(EmailCode.mostTries))
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
    }

    static func sentAt(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Date? {
        try await tx.first(
            "select sent_at from email_codes where tenant_id = \(scope.tenant) and user_id = \(user)"
        ) { try $0.next() }
    }

    /// Keeps a code in place of the one before.
    static func put(
        _ sealed: [UInt8], of user: UserID, to address: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into email_codes (tenant_id, user_id, address, sealed_code, sent_at, expires_at)
            values (\(scope.tenant), \(user), \(address), \(sealed), \(now), \(now + EmailCode.lifetime))
            on conflict (tenant_id, user_id) do update set address = excluded.address,
              sealed_code = excluded.sealed_code, tries = 0, sent_at = excluded.sent_at,
              expires_at = excluded.expires_at
            """)
    }
}

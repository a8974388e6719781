package import Crypto
package import FoundationEssentials
import HTTPTypes
import Kernel
package import Postgres

/// Idempotency keys in the table `idempotency_keys`.
///
/// Answers are sealed: some show a secret to the one who asked, and the table must not know it. A claim that was
/// neither answered nor committed for two minutes belongs to a server that died, and may be taken over.
package struct PostgresIdempotencyStore: IdempotencyStore {
    private let database: Database
    private let seal: AnswerSeal

    /// `key` is 256 bits of the server's own.
    package init(database: Database, key: SymmetricKey) {
        self.database = database
        seal = AnswerSeal(key: key)
    }

    package func claim(_ key: IdempotencyKey, fingerprint: [UInt8], at now: Date) async throws -> IdempotencyClaim {
        let tenant = key.row
        let (subject, operation, text) = (key.principal.subject, key.operation, key.key)
        let claim: SQL = """
            insert into idempotency_keys as k (tenant_id, subject, operation, key, fingerprint, created_at)
            values (\(tenant), \(subject), \(operation), \(text), \(fingerprint), \(now))
            on conflict on constraint idempotency_keys_pk do update
            set fingerprint = excluded.fingerprint, created_at = excluded.created_at, is_committed = false, answer = null
            where k.created_at < \(now - 86_400)
              or k.answer is null and not k.is_committed and k.created_at < \(now - 120)
            """
        if try await execute(claim, for: key) == 1 { return .new }
        let look: SQL = """
            select fingerprint, is_committed, answer from idempotency_keys
            where tenant_id = \(tenant) and subject = \(subject) and operation = \(operation) and key = \(text)
            """
        let found = try await first(look, for: key)
        guard let found else { return .inProgress }  // released a moment ago: the client asks again
        guard found.fingerprint == fingerprint else { return .differentRequest }
        if let answer = found.answer {
            return seal.open(answer, for: key).map(IdempotencyClaim.finished) ?? .answerLost
        }
        return found.isCommitted ? .answerLost : .inProgress
    }

    package func commit(_ key: IdempotencyKey, claimedAt: Date, in transaction: Transaction) async throws {
        let count = try await transaction.execute(
            """
            update idempotency_keys set is_committed = true
            where tenant_id = \(key.row) and subject = \(key.principal.subject) and operation = \(key.operation)
              and key = \(key.key) and created_at = \(claimedAt) and not is_committed
            """)
        // Another request took the claim over: this one must not have its effect a second time.
        guard count == 1 else { throw Problem(.inProgress, headers: [.retryAfter: "1"]) }
    }

    package func complete(_ key: IdempotencyKey, with response: Outgoing) async throws {
        let answer = try seal.seal(response, for: key)
        _ = try await execute(
            """
            update idempotency_keys set answer = \(answer)
            where tenant_id = \(key.row) and subject = \(key.principal.subject) and operation = \(key.operation)
              and key = \(key.key)
            """, for: key)
    }

    package func release(_ key: IdempotencyKey) async throws {
        _ = try await execute(
            """
            delete from idempotency_keys
            where tenant_id = \(key.row) and subject = \(key.principal.subject) and operation = \(key.operation)
              and key = \(key.key) and not is_committed and answer is null
            """, for: key)
    }

    /// Forgets what is older than a day; for a periodic job.
    package func purge(at now: Date) async throws -> Int {
        try await database.execute(
            "delete from idempotency_keys where created_at < \(now - 86_400)",
            in: SystemScope(reason: "forget old idempotency keys"))
    }

    private typealias Found = (fingerprint: [UInt8], isCommitted: Bool, answer: [UInt8]?)

    private func first(_ sql: SQL, for key: IdempotencyKey) async throws -> Found? {
        let decode: (inout Row) throws -> Found = { (try $0.next(), try $0.next(), try $0.next()) }
        guard let tenant = key.principal.tenant else {
            return try await database.first(sql, in: ProviderScope(), decode)
        }
        return try await database.first(sql, in: TenantScope(tenant: tenant), decode)
    }

    private func execute(_ sql: SQL, for key: IdempotencyKey) async throws -> Int {
        guard let tenant = key.principal.tenant else { return try await database.execute(sql, in: ProviderScope()) }
        return try await database.execute(sql, in: TenantScope(tenant: tenant))
    }
}

extension IdempotencyKey {
    /// The tenant of the row; the provider's rows are those of tenant zero, which is nobody's.
    fileprivate var row: TenantID {
        principal.tenant ?? TenantID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
    }
}

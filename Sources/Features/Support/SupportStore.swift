import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// A support access as a change of it needs it.
struct StoredSupport {
    let id: SupportAccessID
    let person: ProviderOperatorID
    let personName: String
    let role: SupportRole
    let durationSeconds: Int
    let state: SupportState
    let endsAt: Date
    let entryHash: [UInt8]?
    let entryUntil: Date?

    func isOpen(at now: Date) -> Bool { now < endsAt }
}

/// The rows of support accesses.
enum SupportStore {
    static func list(
        _ page: PageRequest, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [SupportAccess] {
        try await database.query(
            """
            select a.support_access_id, a.operator_name, a.role, a.reason, a.duration_seconds, a.state, a.asked_at,
              a.ends_at, a.decided_at, a.decided_by_name, a.state in ('asked', 'consented') and a.ends_at > \(now),
              exists (
                select from support_sessions s
                where s.tenant_id = a.tenant_id and s.support_access_id = a.support_access_id)
              and a.state = 'consented' and a.ends_at > \(now)
            from support_accesses a where a.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) {
            SupportAccess(
                id: try $0.next(), operator: try $0.next(), role: try $0.next(), reason: try $0.next(),
                durationSeconds: try $0.next(), state: try $0.next(), askedAt: try $0.next(), endsAt: try $0.next(),
                decidedAt: try $0.next(), decidedBy: try $0.next(), isOpen: try $0.next(), isInside: try $0.next())
        }
    }

    static func find(
        _ id: SupportAccessID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> SupportAccess? {
        try await database.first(
            """
            select a.support_access_id, a.operator_name, a.role, a.reason, a.duration_seconds, a.state, a.asked_at,
              a.ends_at, a.decided_at, a.decided_by_name, a.state in ('asked', 'consented') and a.ends_at > \(now),
              exists (
                select from support_sessions s
                where s.tenant_id = a.tenant_id and s.support_access_id = a.support_access_id)
              and a.state = 'consented' and a.ends_at > \(now)
            from support_accesses a where a.tenant_id = \(scope.tenant) and a.support_access_id = \(id)
            """, in: scope
        ) {
            SupportAccess(
                id: try $0.next(), operator: try $0.next(), role: try $0.next(), reason: try $0.next(),
                durationSeconds: try $0.next(), state: try $0.next(), askedAt: try $0.next(), endsAt: try $0.next(),
                decidedAt: try $0.next(), decidedBy: try $0.next(), isOpen: try $0.next(), isInside: try $0.next())
        }
    }

    /// What the provider sees of all tenants.
    static func wishes(
        _ page: PageRequest, of person: ProviderOperatorID, at now: Date, in scope: ProviderScope, _ database: Database
    ) async throws -> [SupportWish] {
        try await database.query(
            """
            select a.support_access_id, a.tenant_id, a.operator_name, a.operator_id = \(person), a.role, a.reason,
              a.duration_seconds, a.state, a.asked_at, a.ends_at,
              a.state in ('asked', 'consented') and a.ends_at > \(now)
            from support_accesses a where true \(page)
            """, in: scope
        ) {
            SupportWish(
                id: try $0.next(), tenant: try $0.next(), operator: try $0.next(), own: try $0.next(),
                role: try $0.next(), reason: try $0.next(), durationSeconds: try $0.next(), state: try $0.next(),
                askedAt: try $0.next(), endsAt: try $0.next(), isOpen: try $0.next())
        }
    }

    /// Whose tenant an operator's own access is for.
    static func tenant(
        of id: SupportAccessID, _ person: ProviderOperatorID, _ database: Database
    ) async throws -> TenantScope? {
        try await database.first(
            """
            select tenant_id from support_accesses where support_access_id = \(id) and operator_id = \(person)
            """, in: ProviderScope()
        ) { TenantScope(tenant: try $0.next()) }
    }

    /// Holds the row until the transaction ends.
    static func lock(_ id: SupportAccessID, in scope: TenantScope, _ tx: Transaction) async throws -> StoredSupport? {
        try await tx.first(
            """
            select support_access_id, operator_id, operator_name, role, duration_seconds, state, ends_at, entry_hash,
              entry_until
            from support_accesses where tenant_id = \(scope.tenant) and support_access_id = \(id) for update
            """, stored)
    }

    /// The consent that a link belongs to, held until the transaction ends.
    static func lock(entry token: String, in scope: TenantScope, _ tx: Transaction) async throws -> StoredSupport? {
        try await tx.first(
            """
            select support_access_id, operator_id, operator_name, role, duration_seconds, state, ends_at, entry_hash,
              entry_until
            from support_accesses
            where tenant_id = \(scope.tenant) and entry_hash = \(RandomToken.hash(of: token).bytes) for update
            """, stored)
    }

    private static func stored(_ row: inout Row) throws -> StoredSupport {
        StoredSupport(
            id: try row.next(), person: try row.next(), personName: try row.next(), role: try row.next(),
            durationSeconds: try row.next(), state: try row.next(), endsAt: try row.next(), entryHash: try row.next(),
            entryUntil: try row.next())
    }

    /// Whether an operator waits for this tenant's answer, or is let in already.
    static func isPending(
        _ person: ProviderOperatorID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from support_accesses where tenant_id = \(scope.tenant) and operator_id = \(person)
                and state in ('asked', 'consented') and ends_at > \(now))
            """
        ) { try $0.next() } ?? false
    }

    static func insert(
        _ id: SupportAccessID, _ request: AskForSupport, by person: ProviderOperatorID, _ name: String, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into support_accesses (tenant_id, support_access_id, operator_id, operator_name, role, reason,
              duration_seconds, asked_at, ends_at)
            values (\(scope.tenant), \(id), \(person), \(name), \(request.role), \(request.reason.text),
              \(request.durationSeconds), \(now), \(now + SupportAccess.patience))
            """)
    }

    static func setState(
        _ state: SupportState, endsAt: Date, of id: SupportAccessID, by user: UserID?, _ name: String?, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update support_accesses set state = \(state), ends_at = \(endsAt), decided_at = \(now),
              decided_by = coalesce(\(user), decided_by), decided_by_name = coalesce(\(name), decided_by_name),
              entry_hash = null, entry_until = null
            where tenant_id = \(scope.tenant) and support_access_id = \(id)
            """)
        guard state != .consented else { return }
        try await SupportSessionStore.end(id, in: scope, tx)
    }

    static func setEntry(
        _ token: RandomToken?, until: Date?, of id: SupportAccessID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update support_accesses set entry_hash = \(token?.hash.bytes), entry_until = \(until)
            where tenant_id = \(scope.tenant) and support_access_id = \(id)
            """)
    }
}

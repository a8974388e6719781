import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

extension Cookie {
    static let supportName = "gatehouse-support"
}

/// The browsers in which somebody of the provider is inside of a tenant.
enum SupportSessionStore {
    /// One for each consent: going in again ends the one before.
    static func insert(
        _ token: RandomToken, for id: SupportAccessID, _ request: RequestFacts, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await end(id, in: scope, tx)
        try await tx.execute(
            """
            insert into support_sessions
              (tenant_id, support_session_id, support_access_id, token_hash, created_at, client_address, user_agent)
            values (\(scope.tenant), \(SupportSessionID.new(at: now)), \(id), \(token.hash.bytes), \(now),
              \(request.clientAddress), \(request.userAgent))
            """)
    }

    static func end(_ id: SupportAccessID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from support_sessions where tenant_id = \(scope.tenant) and support_access_id = \(id)")
    }

    /// Whose cookie it is, as long as the consent holds and the company is open.
    static func find(
        _ token: String, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> (access: StoredSupport, since: Date)? {
        try await database.first(
            """
            select s.created_at, a.support_access_id, a.operator_id, a.operator_name, a.role, a.duration_seconds,
              a.state, a.ends_at
            from support_sessions s
            join support_accesses a on a.tenant_id = s.tenant_id and a.support_access_id = s.support_access_id
            join tenant_settings t on t.tenant_id = s.tenant_id
            where s.tenant_id = \(scope.tenant) and s.token_hash = \(RandomToken.hash(of: token).bytes)
              and a.state = 'consented' and a.ends_at > \(now) and t.state in ('trial', 'active')
            """, in: scope
        ) { row in
            let since = try row.next(Date.self)
            let access = StoredSupport(
                id: try row.next(), person: try row.next(), personName: try row.next(), role: try row.next(),
                durationSeconds: try row.next(), state: try row.next(), endsAt: try row.next(), entryHash: nil,
                entryUntil: nil)
            return (access: access, since: since)
        }
    }
}

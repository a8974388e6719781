import FoundationEssentials
import Kernel
import Postgres

/// The rows of mails. The provider's own are those of tenant 0.
struct MailStore {
    let database: Database

    /// A mail that is still to be sent.
    struct Pending {
        let kind: String
        let sealed: [UInt8]
        let attempts: Int
        let createdAt: Date
    }

    static let provider = TenantID(UUID(uuidString: "00000000-0000-0000-0000-000000000000")!)

    static func insert(
        _ id: MailID, _ kind: String, _ sealed: [UInt8], of tenant: TenantID?, at now: Date, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            insert into mails (tenant_id, mail_id, kind, sealed, created_at, next_attempt_at)
            values (\(tenant ?? provider), \(id), \(kind), \(sealed), \(now), \(now))
            """)
    }

    static func insert(
        _ mails: [(id: MailID, kind: String, sealed: [UInt8])], of tenant: TenantID?, at now: Date, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            insert into mails (tenant_id, mail_id, kind, sealed, created_at, next_attempt_at)
            select \(tenant ?? provider)::uuid, m.id, m.kind, m.sealed, \(now)::timestamptz, \(now)::timestamptz
            from unnest(\(mails.map(\.id))::uuid[], \(mails.map(\.kind))::text[], \(mails.map(\.sealed))::bytea[])
              as m (id, kind, sealed)
            """)
    }

    func pending(_ id: MailID, of tenant: TenantID?) async throws -> Pending? {
        func read(_ scope: some Scope) async throws -> Pending? {
            try await database.first(
                """
                select kind, sealed, attempts, created_at from mails
                where tenant_id = \(tenant ?? Self.provider) and mail_id = \(id) and state = 'pending'
                """, in: scope
            ) { row in
                Pending(
                    kind: try row.next(), sealed: try row.next(), attempts: try row.next(),
                    createdAt: try row.next())
            }
        }
        return if let tenant { try await read(TenantScope(tenant: tenant)) } else { try await read(ProviderScope()) }
    }

    static func finish(
        _ id: MailID, _ state: MailState, error: String?, of tenant: TenantID?, at now: Date, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update mails set state = \(state), sealed = null, attempts = attempts + 1, last_error = \(error),
              finished_at = \(now)
            where tenant_id = \(tenant ?? provider) and mail_id = \(id) and state = 'pending'
            """)
    }

    static func putOff(
        _ id: MailID, until next: Date, error: String, of tenant: TenantID?, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update mails set attempts = attempts + 1, last_error = \(error), next_attempt_at = \(next)
            where tenant_id = \(tenant ?? provider) and mail_id = \(id) and state = 'pending'
            """)
    }

    func prune(before moment: Date) async throws -> Int {
        try await database.execute(
            "delete from mails where state <> 'pending' and finished_at < \(moment)",
            in: SystemScope(reason: "prune mails"))
    }
}

/// Where a mail stands.
enum MailState: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
    case pending, sent, dead
}

import FoundationEssentials
import Kernel
import Postgres

/// The SQL of decision links; a token is known here by its hash only.
struct DecisionLinkStore: Sendable {
    func names(
        of users: Set<UserID>, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [(id: UserID, name: String, login: String)] {
        try await transaction.query(
            """
            select user_id, name, login from user_directory
            where tenant_id = \(scope.tenant) and user_id = any(\(Array(users))) order by login
            """
        ) { row in (try row.next(), try row.next(), try row.next()) }
    }

    /// Links of one level of one request, all in one statement; each with the hash of its token.
    func insert(
        _ made: [(link: DecisionLink, tokenHash: [UInt8])], in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard let first = made.first?.link else { return }
        try await transaction.enqueue(
            """
            insert into decision_links (tenant_id, token_hash, ticket_id, level, user_id, digest, webhook_id, expires_at)
            select \(scope.tenant)::uuid, l.token, \(first.ticket)::uuid, \(first.level)::int, l.person,
                \(first.digest)::bytea, \(first.webhook)::uuid, \(first.expiresAt)::timestamptz
            from unnest(\(made.map(\.tokenHash))::bytea[], \(made.map(\.link.user))::uuid[]) as l (token, person)
            """)
    }

    /// The link, also one that was used or has expired. It is the ticket's lock that makes it single-use.
    func find(
        tokenHash: [UInt8], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> DecisionLink? {
        try await transaction.first(
            """
            select l.ticket_id, l.level, l.user_id, u.name, l.digest, l.webhook_id, l.expires_at, l.used_at
            from decision_links l
            join user_directory u on u.tenant_id = l.tenant_id and u.user_id = l.user_id and u.state = 'active'
            where l.tenant_id = \(scope.tenant) and l.token_hash = \(tokenHash)
            """
        ) { row in
            DecisionLink(
                ticket: try row.next(), level: try row.next(), user: try row.next(), name: try row.next(),
                digest: try row.next(), webhook: try row.next(), expiresAt: try row.next(), usedAt: try row.next())
        }
    }

    /// Whether a level of a flow asks through a webhook.
    func isNamed(_ webhook: WebhookID, in scope: TenantScope, _ transaction: Transaction) async throws -> Bool {
        try await transaction.first(
            """
            select exists (select from flow_levels where tenant_id = \(scope.tenant) and webhook_id = \(webhook))
            """
        ) { try $0.next() } ?? true
    }

    /// Spends every link that a webhook has carried.
    func spend(
        carriedBy webhook: WebhookID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update decision_links set used_at = \(now)
            where tenant_id = \(scope.tenant) and webhook_id = \(webhook) and used_at is null
            """)
    }

    /// Spends every link of levels that have their answer, and those of whoever has answered.
    func spend(
        of ticket: TicketID, levels: [Int], by user: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await transaction.enqueue(
            """
            update decision_links set used_at = \(now)
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and used_at is null
                and (user_id = \(user) or level = any(\(levels)::int[]))
            """)
    }
}

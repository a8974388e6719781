import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The SQL of notices on their way out.
enum NoticeDeliveryStore {
    /// One that is due.
    struct Due: Sendable {
        let id: UUID
        /// Nil for a room, which is nobody's.
        let user: UserID?
        let channel: NoticeChannel
        let occasion: String
        let type: String
        let title: String
        let body: String
        let link: String
        let isDigest: Bool
        let attempts: Int
        let email: String?
        let language: PortalLanguage
        let company: String
        /// Whoever was shut out meanwhile is told nothing.
        let isActive: Bool
    }

    /// Those that were not there before: to a room it is said once, whoever else is told later.
    static func insert(
        _ drafts: [DeliveryDraft], of notice: Notice, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [(user: UserID?, channel: NoticeChannel)] {
        guard !drafts.isEmpty else { return [] }
        return try await tx.query(
            """
            insert into notice_deliveries (tenant_id, user_id, channel, occasion, type, title, body, link, is_digest,
              state, due_at, created_at)
            select \(scope.tenant)::uuid, d.person, d.way, \(notice.occasion)::text, \(notice.type.key)::text,
              coalesce(d.title, ''), coalesce(d.body, ''), d.link, d.digest,
              case when d.title is null then 'sent' else 'waiting' end, d.due, \(now)::timestamptz
            from unnest(\(drafts.map(\.user))::uuid[], \(drafts.map(\.channel))::text[],
              \(drafts.map(\.text?.title))::text[], \(drafts.map(\.text?.body))::text[],
              \(drafts.map(\.link))::text[], \(drafts.map(\.isDigest))::boolean[],
              \(drafts.map(\.due))::timestamptz[]) as d (person, way, title, body, link, digest, due)
            on conflict do nothing
            returning user_id, channel
            """
        ) { (try $0.next(), try $0.next()) }
    }

    static func tenantsWithDue(at now: Date, _ database: Database) async throws -> [TenantID] {
        try await database.query(
            """
            select tenant_id from notice_deliveries where state = 'waiting' and due_at <= \(now)
            group by tenant_id order by min(due_at) limit 200
            """, in: SystemScope(reason: "notices that are due")
        ) { try $0.next() }
    }

    /// Some that are due, held until the end of the transaction; those of one person by mail stand together.
    static func due(
        at now: Date, limit: Int, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [Due] {
        try await tx.query(
            """
            select d.delivery_id, d.user_id, d.channel, d.occasion, d.type, d.title, d.body, d.link, d.is_digest,
              d.attempts, u.email,
              coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language), t.name,
              case when d.user_id is null then t.state in ('trial', 'active')
                else \(fragment: RecipientStore.comesIn(at: now)) end
            from notice_deliveries d
            left join user_contacts u on u.tenant_id = d.tenant_id and u.user_id = d.user_id
            join tenants t on t.tenant_id = d.tenant_id
            where d.tenant_id = \(scope.tenant) and d.state = 'waiting' and d.due_at <= \(now)
            order by d.user_id, d.channel, d.created_at limit \(limit) for update of d skip locked
            """
        ) { row in
            Due(
                id: try row.next(), user: try row.next(), channel: try row.next(), occasion: try row.next(),
                type: try row.next(),
                title: try row.next(), body: try row.next(), link: try row.next(), isDigest: try row.next(),
                attempts: try row.next(), email: try row.next(),
                language: PortalLanguage(written: try row.next()), company: try row.next(),
                isActive: try row.next())
        }
    }

    enum State: String, SQLBindable { case waiting, sent, failed }

    /// Says what became of some. What is over keeps no words.
    static func settle(
        _ items: [Due], _ state: State, next: Date?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard !items.isEmpty else { return }
        try await tx.execute(
            """
            update notice_deliveries d set state = \(state), attempts = d.attempts + 1,
              due_at = coalesce(\(next), d.due_at),
              title = case when \(state) = 'waiting' then d.title else '' end,
              body = case when \(state) = 'waiting' then d.body else '' end
            where d.tenant_id = \(scope.tenant) and d.delivery_id = any(\(items.map(\.id))) and d.state = 'waiting'
            """)
    }

    /// What waits of an announcement goes with it, or with the words that it had; all of it for nil.
    static func takeBack(
        of id: AnnouncementID, besides occasion: String?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from notice_deliveries
            where tenant_id = \(scope.tenant) and state = 'waiting' and type = 'announcement'
              and starts_with(occasion, \(id.text + "/")) and occasion is distinct from \(occasion)
            """)
    }

    static func prune(before moment: Date, _ database: Database) async throws {
        try await database.execute(
            "delete from notice_deliveries where state <> 'waiting' and created_at < \(moment)",
            in: SystemScope(reason: "prune notices"))
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of messages in the portal. Each statement names the person whose they are.
enum SiteMessageStore {
    private static let columns: SQL = """
        m.site_message_id, m.type, m.title, m.body, m.link, m.is_urgent, m.read_at is not null, m.created_at
        """

    private static func message(_ row: inout Row) throws -> SiteMessage {
        SiteMessage(
            id: try row.next(), type: try row.next(), title: try row.next(), body: try row.next(),
            link: try row.next(), isUrgent: try row.next(), isRead: try row.next(), createdAt: try row.next())
    }

    static func list(
        _ page: PageRequest, of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [SiteMessage] {
        try await database.query(
            """
            select \(fragment: columns) from site_messages m
            where m.tenant_id = \(scope.tenant) and m.user_id = \(user) and (m.ends_at is null or m.ends_at > \(now))
            \(page)
            """, in: scope, message)
    }

    static func unread(
        of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> UnreadMessages {
        let count = try await database.first(
            """
            select count(*) from site_messages m
            where m.tenant_id = \(scope.tenant) and m.user_id = \(user) and m.read_at is null
              and (m.ends_at is null or m.ends_at > \(now))
            """, in: scope
        ) { try $0.next(Int.self) }
        let newest = try await database.query(
            """
            select \(fragment: columns) from site_messages m
            where m.tenant_id = \(scope.tenant) and m.user_id = \(user) and (m.ends_at is null or m.ends_at > \(now))
            order by m.created_at desc, m.site_message_id desc limit 10
            """, in: scope, message)
        return UnreadMessages(count: min(count ?? 0, SiteMessage.most * 2), newest: newest)
    }

    /// Those who did not have it.
    static func insert(
        _ drafts: [SiteMessageDraft], of notice: Notice, announcing: (id: AnnouncementID, until: Date)?, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID] {
        guard !drafts.isEmpty else { return [] }
        return try await tx.query(
            """
            insert into site_messages (tenant_id, site_message_id, user_id, occasion, type, title, body, link, is_urgent,
              announcement_id, created_at, ends_at)
            select \(scope.tenant)::uuid, d.id, d.person, \(notice.occasion)::text, \(notice.type.key)::text, d.title,
              d.body, \(notice.link)::text, \(notice.isUrgent)::boolean, \(announcing?.id)::uuid, \(now)::timestamptz,
              \(announcing?.until)::timestamptz
            from unnest(\(drafts.map { _ in SiteMessageID.new(at: now) })::uuid[], \(drafts.map(\.user))::uuid[],
              \(drafts.map(\.text.title))::text[], \(drafts.map(\.text.body))::text[]) as d (id, person, title, body)
            on conflict on constraint site_messages_once_uq do nothing
            returning user_id
            """
        ) { try $0.next() }
    }

    /// Nobody has more than so many: the oldest go of those whose people got something since. Announcements stay as long
    /// as they run, since whoever has one is not told it again.
    static func trim(since moment: Date, at now: Date, _ database: Database) async throws {
        try await database.execute(
            """
            with reached as (
              select distinct tenant_id, user_id from site_messages where created_at >= \(moment)
            ), most as (
              select r.tenant_id, r.user_id, o.created_at, o.site_message_id
              from reached r cross join lateral (
                select m.created_at, m.site_message_id from site_messages m
                where m.tenant_id = r.tenant_id and m.user_id = r.user_id
                order by m.created_at desc, m.site_message_id desc offset \(SiteMessage.most) limit 1) o
            )
            delete from site_messages d using most o
            where d.tenant_id = o.tenant_id and d.user_id = o.user_id
              and (d.created_at, d.site_message_id) <= (o.created_at, o.site_message_id)
              and (d.announcement_id is null or d.ends_at <= \(now))
            """, in: SystemScope(reason: "trim messages"))
    }

    /// Nil if the person has no such message.
    static func read(
        _ id: SiteMessageID, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> SiteMessage? {
        try await tx.first(
            """
            with changed as (
              update site_messages set read_at = coalesce(read_at, \(now))
              where tenant_id = \(scope.tenant) and user_id = \(user) and site_message_id = \(id) returning *)
            select \(fragment: columns) from changed m
            """, message)
    }

    static func readAll(of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update site_messages set read_at = \(now)
            where tenant_id = \(scope.tenant) and user_id = \(user) and read_at is null
            """)
    }

    static func prune(before moment: Date, at now: Date, _ database: Database) async throws {
        try await database.execute(
            """
            delete from site_messages
            where created_at < \(moment) and (announcement_id is null or ends_at <= \(now))
            """, in: SystemScope(reason: "prune messages"))
    }
}

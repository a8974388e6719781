import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of announcements.
enum AnnouncementStore {
    private static let columns: SQL = """
        a.announcement_id, a.title, a.body, a.starts_at, a.ends_at, a.created_at, a.version, a.for_administrators,
        a.provider_announcement_id is not null, array(
          select coalesce('u' || e.user_id, 'g' || e.group_id, 'r' || e.role_id) from announcement_audience e
          where e.tenant_id = a.tenant_id and e.announcement_id = a.announcement_id order by e.announcement_audience_id),
        array(
          select coalesce(u.name, g.name, r.name, '') from announcement_audience e
          left join user_directory u on u.tenant_id = e.tenant_id and u.user_id = e.user_id
          left join group_directory g on g.tenant_id = e.tenant_id and g.group_id = e.group_id
          left join role_directory r on r.tenant_id = e.tenant_id and r.role_id = e.role_id
          where e.tenant_id = a.tenant_id and e.announcement_id = a.announcement_id order by e.announcement_audience_id)
        """

    private static func announcement(_ row: inout Row) throws -> Announcement {
        let (id, title, body): (AnnouncementID, String, String) = (try row.next(), try row.next(), try row.next())
        let (starts, ends, created, version): (Date, Date, Date, Int) = (
            try row.next(), try row.next(), try row.next(), try row.next()
        )
        let (forAdministrators, isProviders): (Bool, Bool) = (try row.next(), try row.next())
        let (people, names): ([String], [String]) = (try row.next(), try row.next())
        let audience = zip(people, names).compactMap { person, name -> PeopleReference? in
            guard let uuid = UUID(uuidString: String(person.dropFirst())) else { return nil }
            let member: PeopleReference.Member =
                switch person.first {
                case "u": .user(UserID(uuid))
                case "g": .group(GroupID(uuid))
                default: .role(RoleID(uuid))
                }
            return PeopleReference(member, name: name)
        }
        return Announcement(
            id: id, title: title, body: body, audience: audience, isForAdministrators: forAdministrators,
            isProviders: isProviders, startsAt: starts, endsAt: ends, createdAt: created, version: version)
    }

    static func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Announcement] {
        try await database.query(
            """
            select \(fragment: columns) from announcements a
            where a.tenant_id = \(scope.tenant) and not a.is_deleted \(page)
            """, in: scope, announcement)
    }

    static func find(_ id: AnnouncementID, in scope: TenantScope, _ database: Database) async throws -> Announcement? {
        try await database.first(
            """
            select \(fragment: columns) from announcements a
            where a.tenant_id = \(scope.tenant) and a.announcement_id = \(id) and not a.is_deleted
            """, in: scope, announcement)
    }

    static func lock(_ id: AnnouncementID, in scope: TenantScope, _ tx: Transaction) async throws -> Announcement? {
        try await tx.first(
            """
            select \(fragment: columns) from announcements a
            where a.tenant_id = \(scope.tenant) and a.announcement_id = \(id) and not a.is_deleted for update of a
            """, announcement)
    }

    static func count(in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from announcements
            where tenant_id = \(scope.tenant) and not is_deleted and provider_announcement_id is null
            """
        ) { try $0.next() } ?? 0
    }

    static func insert(
        _ announcement: Announcement, by author: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into announcements (tenant_id, announcement_id, title, body, for_everybody, starts_at, ends_at,
              due_at, created_by, created_at)
            values (\(scope.tenant), \(announcement.id), \(announcement.title), \(announcement.body),
              \(announcement.audience.isEmpty), \(announcement.startsAt), \(announcement.endsAt),
              \(announcement.startsAt), \(author), \(announcement.createdAt))
            """)
        try await insertAudience(of: announcement, in: scope, tx)
    }

    /// What it said before is taken back, and it is told anew.
    static func update(
        _ announcement: Announcement, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update announcements set title = \(announcement.title), body = \(announcement.body),
              for_everybody = \(announcement.audience.isEmpty), starts_at = \(announcement.startsAt),
              ends_at = \(announcement.endsAt), version = \(announcement.version), told_up_to = null, due_at = \(now)
            where tenant_id = \(scope.tenant) and announcement_id = \(announcement.id)
            """)
        try await tx.execute(
            """
            delete from announcement_audience
            where tenant_id = \(scope.tenant) and announcement_id = \(announcement.id)
            """)
        try await insertAudience(of: announcement, in: scope, tx)
    }

    private static func insertAudience(
        of announcement: Announcement, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard !announcement.audience.isEmpty else { return }
        do {
            try await tx.execute(
                """
                insert into announcement_audience (tenant_id, announcement_id, announcement_audience_id, user_id,
                  group_id, role_id)
                select \(scope.tenant)::uuid, \(announcement.id)::uuid, gen_random_uuid(), e.person, e.crew, e.part
                from unnest(\(announcement.audience.map(\.user))::uuid[], \(announcement.audience.map(\.group))::uuid[],
                  \(announcement.audience.map(\.role))::uuid[]) as e (person, crew, part)
                """)
        } catch let error as DatabaseError where error.isForeignKeyViolation {
            throw NotificationError.unknownAudience
        }
    }

    /// It is gone for everybody who looks; whoever was told loses it in the next round.
    static func markDeleted(_ id: AnnouncementID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update announcements set is_deleted = true, due_at = \(now)
            where tenant_id = \(scope.tenant) and announcement_id = \(id)
            """)
    }

    /// Some of those who have it in other words; whose portals have to hear that messages are gone.
    static func takeBack(
        _ id: AnnouncementID, besides occasion: String?, limit: Int, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID] {
        try await tx.query(
            """
            delete from site_messages d using (
              select m.tenant_id, m.site_message_id from site_messages m
              where m.tenant_id = \(scope.tenant) and m.announcement_id = \(id)
                and m.occasion is distinct from \(occasion) limit \(limit)) s
            where d.tenant_id = \(scope.tenant) and d.tenant_id = s.tenant_id
              and d.site_message_id = s.site_message_id
            returning d.user_id
            """
        ) { try $0.next() }
    }

    static func delete(_ id: AnnouncementID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from announcements where tenant_id = \(scope.tenant) and announcement_id = \(id)")
    }
}

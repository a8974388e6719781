import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of what the hosting provider announces. It knows tenants by their names, and nobody in them.
enum ProviderAnnouncementStore {
    private static let columns: SQL = """
        p.provider_announcement_id, p.title, p.body, p.for_administrators, p.starts_at, p.ends_at, p.created_at, p.version,
        p.tenants, array(
          select coalesce(t.name, '') from unnest(p.tenants) with ordinality as n (tenant_id, place)
          left join tenants t on t.tenant_id = n.tenant_id order by n.place)
        """

    private static func announcement(_ row: inout Row) throws -> ProviderAnnouncement {
        let (id, title, body): (ProviderAnnouncementID, String, String) = (
            try row.next(), try row.next(), try row.next()
        )
        let (forAdministrators, starts, ends, created, version): (Bool, Date, Date, Date, Int) = (
            try row.next(), try row.next(), try row.next(), try row.next(), try row.next()
        )
        let (tenants, names): ([TenantID], [String]) = (try row.next(), try row.next())
        return ProviderAnnouncement(
            id: id, title: title, body: body, tenants: zip(tenants, names).map { AnnouncedTenant(id: $0, name: $1) },
            isForAdministrators: forAdministrators, startsAt: starts, endsAt: ends, createdAt: created,
            version: version)
    }

    static func list(
        _ page: PageRequest, in scope: ProviderScope, _ database: Database
    ) async throws -> [ProviderAnnouncement] {
        try await database.query(
            "select \(fragment: columns) from provider_announcements p where not p.is_deleted \(page)", in: scope,
            announcement)
    }

    static func find(
        _ id: ProviderAnnouncementID, in scope: ProviderScope, _ database: Database
    ) async throws -> ProviderAnnouncement? {
        try await database.first(
            """
            select \(fragment: columns) from provider_announcements p
            where p.provider_announcement_id = \(id) and not p.is_deleted
            """, in: scope, announcement)
    }

    static func lock(_ id: ProviderAnnouncementID, _ tx: Transaction) async throws -> (title: String, version: Int)? {
        try await tx.first(
            """
            select title, version from provider_announcements
            where provider_announcement_id = \(id) and not is_deleted for update
            """
        ) { (try $0.next(), try $0.next()) }
    }

    static func count(_ tx: Transaction) async throws -> Int {
        try await tx.first("select count(*) from provider_announcements where not is_deleted") { try $0.next() } ?? 0
    }

    /// How many of these tenants there are.
    static func known(_ tenants: [TenantID], _ tx: Transaction) async throws -> Int {
        guard !tenants.isEmpty else { return 0 }
        return try await tx.first(
            "select count(*) from tenants where tenant_id = any(\(tenants)) and state <> 'deleted'"
        ) { try $0.next() } ?? 0
    }

    static func insert(
        _ id: ProviderAnnouncementID, _ request: SaveProviderAnnouncement, by author: ProviderOperatorID, at now: Date,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into provider_announcements (provider_announcement_id, title, body, tenants, for_administrators,
              starts_at, ends_at, created_by, created_at)
            values (\(id), \(request.title), \(request.body), \(request.tenants)::uuid[],
              \(request.isForAdministrators), \(request.start(at: now)), \(request.endsAt), \(author), \(now))
            """)
    }

    static func update(
        _ id: ProviderAnnouncementID, _ request: SaveProviderAnnouncement, at now: Date, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update provider_announcements set title = \(request.title), body = \(request.body),
              tenants = \(request.tenants)::uuid[], for_administrators = \(request.isForAdministrators),
              starts_at = \(request.start(at: now)), ends_at = \(request.endsAt), version = version + 1
            where provider_announcement_id = \(id)
            """)
    }

    static func markDeleted(_ id: ProviderAnnouncementID, _ tx: Transaction) async throws {
        try await tx.execute(
            "update provider_announcements set is_deleted = true where provider_announcement_id = \(id)")
    }
}

extension SaveProviderAnnouncement {
    /// The database rounds to microseconds: what begins at once must not begin after this moment.
    fileprivate func start(at now: Date) -> Date {
        startsAt ?? Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
    }
}

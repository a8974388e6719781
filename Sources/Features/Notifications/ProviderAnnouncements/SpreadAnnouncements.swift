package import FoundationEssentials
import Kernel
import Postgres

// What the provider announces stands with each tenant that it is for, as an announcement of its own: it is told, and taken
// back, the way that the tenant's own are, inside of the tenant and of nothing else.
extension Notifications {
    /// The kind of the jobs that bring what the provider announces to tenants.
    package static let spreadJob = "announcements.spread"

    /// Brings tenants up to date, all of them by one statement for each thing that may have happened; a periodic job, too,
    /// for those that come later.
    package func spread(at now: Date) async throws {
        let scope = SystemScope(reason: "announcements of the provider")
        try await SpreadStore.add(at: now, in: scope, database)
        try await SpreadStore.change(at: now, in: scope, database)
        try await SpreadStore.takeBack(at: now, in: scope, database)
        try await SpreadStore.forget(in: scope, database)
    }
}

/// The SQL that brings what the provider announces to tenants. It reads nothing that tenants have announced themselves.
enum SpreadStore {
    /// How long a tenant keeps what is over.
    private static let kept: TimeInterval = 90 * 86_400

    static func add(at now: Date, in scope: SystemScope, _ database: Database) async throws {
        try await database.execute(
            """
            insert into announcements (tenant_id, announcement_id, title, body, for_everybody, for_administrators, starts_at,
              ends_at, created_at, due_at, provider_announcement_id, provider_version)
            select t.tenant_id, gen_random_uuid(), p.title, p.body, not p.for_administrators, p.for_administrators,
              p.starts_at, p.ends_at, p.created_at, \(now)::timestamptz, p.provider_announcement_id, p.version
            from provider_announcements p
            join tenants t on cardinality(p.tenants) = 0 or t.tenant_id = any(p.tenants)
            where not p.is_deleted and p.starts_at <= \(now) and p.ends_at > \(now) and t.state in ('trial', 'active')
              and not exists (
                select from announcements a
                where a.tenant_id = t.tenant_id and a.provider_announcement_id = p.provider_announcement_id)
            on conflict do nothing
            """, in: scope)
    }

    static func change(at now: Date, in scope: SystemScope, _ database: Database) async throws {
        try await database.execute(
            """
            update announcements a set title = p.title, body = p.body, for_everybody = not p.for_administrators,
              for_administrators = p.for_administrators, starts_at = p.starts_at, ends_at = p.ends_at, is_deleted = false,
              due_at = \(now), told_up_to = null, version = a.version + 1, provider_version = p.version
            from provider_announcements p
            where a.provider_announcement_id = p.provider_announcement_id and a.provider_version <> p.version
              and not p.is_deleted and (cardinality(p.tenants) = 0 or a.tenant_id = any(p.tenants))
            """, in: scope)
    }

    static func takeBack(at now: Date, in scope: SystemScope, _ database: Database) async throws {
        try await database.execute(
            """
            update announcements a set is_deleted = true, due_at = \(now), told_up_to = null
            from provider_announcements p
            where a.provider_announcement_id = p.provider_announcement_id and not a.is_deleted
              and (p.is_deleted or p.ends_at < \(now - kept)
                or cardinality(p.tenants) > 0 and a.tenant_id <> all (p.tenants))
            """, in: scope)
    }

    static func forget(in scope: SystemScope, _ database: Database) async throws {
        try await database.execute(
            """
            delete from provider_announcements p
            where p.is_deleted and not exists (
              select from announcements a where a.provider_announcement_id = p.provider_announcement_id)
            """, in: scope)
    }
}

import FoundationEssentials
import Kernel
import Postgres

/// The SQL of who wants what where.
enum SubscriptionStore {
    typealias Wishes = [NoticePlace: Bool]

    struct Preferences: Sendable {
        var quiet: QuietHours?
        var timeZone: String?
        var digest: NoticeDigest = .off
    }

    private static func wish(_ row: inout Row) throws -> (NoticePlace, Bool) {
        (NoticePlace(type: try row.next(), channel: try row.next()), try row.next())
    }

    static func defaults(in scope: TenantScope, _ database: Database) async throws -> Wishes {
        let rows = try await database.query(
            "select type, channel, is_wanted from notice_defaults where tenant_id = \(scope.tenant)", in: scope, wish)
        return Dictionary(uniqueKeysWithValues: rows)
    }

    static func wishes(of user: UserID, in scope: TenantScope, _ database: Database) async throws -> Wishes {
        let rows = try await database.query(
            """
            select type, channel, is_wanted from notice_subscriptions
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """, in: scope, wish)
        return Dictionary(uniqueKeysWithValues: rows)
    }

    static func preferences(
        of user: UserID, in scope: TenantScope, _ database: Database
    ) async throws -> Preferences {
        try await database.first(
            """
            select quiet_from, quiet_to, time_zone, digest from notice_preferences
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """, in: scope
        ) { row in
            let (from, to): (Int?, Int?) = (try row.next(), try row.next())
            return Preferences(
                quiet: from.flatMap { from in to.map { QuietHours(from: from, to: $0) } },
                timeZone: try row.next(), digest: try row.next())
        } ?? Preferences()
    }

    static func isTimeZone(_ name: String, _ tx: Transaction) async throws -> Bool {
        try await tx.first("select exists (select from pg_timezone_names where name = \(name))") { try $0.next() }
            ?? false
    }

    static func set(
        _ wishes: [NoticeWish], of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            "delete from notice_subscriptions where tenant_id = \(scope.tenant) and user_id = \(user)")
        guard !wishes.isEmpty else { return }
        try await tx.execute(
            """
            insert into notice_subscriptions (tenant_id, user_id, type, channel, is_wanted)
            select \(scope.tenant)::uuid, \(user)::uuid, w.type, w.way, w.wanted
            from unnest(\(wishes.map(\.type.key))::text[], \(wishes.map(\.channel))::text[],
              \(wishes.map(\.isWanted))::boolean[]) as w (type, way, wanted)
            """)
    }

    static func set(
        _ preferences: Preferences, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into notice_preferences (tenant_id, user_id, quiet_from, quiet_to, time_zone, digest)
            values (\(scope.tenant), \(user), \(preferences.quiet?.from), \(preferences.quiet?.to),
              \(preferences.timeZone), \(preferences.digest))
            on conflict on constraint notice_preferences_pk do update set quiet_from = excluded.quiet_from,
              quiet_to = excluded.quiet_to, time_zone = excluded.time_zone, digest = excluded.digest
            """)
    }

    static func setDefaults(_ wishes: [NoticeWish], in scope: TenantScope, _ tx: Transaction) async throws {
        // Two who set them at once do so one after the other.
        let name = "notice-defaults/\(scope.tenant.text)"
        try await tx.enqueue("select pg_advisory_xact_lock(hashtextextended(\(name), 0))")
        try await tx.execute("delete from notice_defaults where tenant_id = \(scope.tenant)")
        guard !wishes.isEmpty else { return }
        try await tx.execute(
            """
            insert into notice_defaults (tenant_id, type, channel, is_wanted)
            select \(scope.tenant)::uuid, w.type, w.way, w.wanted
            from unnest(\(wishes.map(\.type.key))::text[], \(wishes.map(\.channel))::text[],
              \(wishes.map(\.isWanted))::boolean[]) as w (type, way, wanted)
            """)
    }

    /// Two windows of one person that save at once do so one after the other.
    static func lock(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        let name = "notice-wishes/\(user.text)"
        try await tx.enqueue("select pg_advisory_xact_lock(hashtextextended(\(name), 0))")
    }
}

/// A type of notices, by its name, and a way.
struct NoticePlace: Hashable, Sendable {
    let type: String
    let channel: NoticeChannel
}

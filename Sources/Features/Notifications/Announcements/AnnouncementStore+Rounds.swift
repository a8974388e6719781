import FoundationEssentials
import Kernel
import Postgres

/// What has to be known of an announcement to tell it.
struct AnnouncementRound: Sendable {
    let title: String
    let body: String
    let startsAt: Date
    let endsAt: Date
    let version: Int
    let toldUpTo: UserID?
    let isDeleted: Bool
    let isForEverybody: Bool
}

/// The rounds in which announcements are told. One that has nothing to do is in no index that is looked at.
extension AnnouncementStore {
    /// Calls the pumps when the transaction commits, and says for whom.
    static func call(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue("select pg_notify('announcements', \(scope.tenant.text))")
    }

    /// Held until the end of the transaction; nil if it has gone, or there is nothing to do any more.
    static func round(
        _ id: AnnouncementID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> AnnouncementRound? {
        try await tx.first(
            """
            select title, body, starts_at, ends_at, version, told_up_to, is_deleted, for_everybody from announcements
            where tenant_id = \(scope.tenant) and announcement_id = \(id) and due_at is not null for update
            """
        ) { row in
            AnnouncementRound(
                title: try row.next(), body: try row.next(), startsAt: try row.next(), endsAt: try row.next(),
                version: try row.next(), toldUpTo: try row.next(), isDeleted: try row.next(),
                isForEverybody: try row.next())
        }
    }

    /// The round goes on behind that person.
    static func goOn(
        _ id: AnnouncementID, from user: UserID?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update announcements set told_up_to = \(user), due_at = \(now)
            where tenant_id = \(scope.tenant) and announcement_id = \(id)
            """)
        try await call(in: scope, tx)
    }

    /// The round is over; the next one is then, or when somebody asks for it.
    static func rest(
        _ id: AnnouncementID, until next: Date?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update announcements set told_up_to = null, due_at = \(next)
            where tenant_id = \(scope.tenant) and announcement_id = \(id)
            """)
    }

    /// Asks for a round of all that runs. One that is under way begins anew: it may have passed somebody.
    static func lookAgain(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let count = try await tx.execute(
            """
            update announcements set due_at = \(now), told_up_to = null
            where tenant_id = \(scope.tenant) and starts_at <= \(now) and ends_at > \(now) and not is_deleted
              and (due_at is null or told_up_to is not null)
            """)
        if count > 0 { try await call(in: scope, tx) }
    }
}

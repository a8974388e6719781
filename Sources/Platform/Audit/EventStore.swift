import FoundationEssentials
import Kernel
import Postgres

/// An event that a dispatcher has taken for a while.
struct ClaimedEvent: Sendable {
    let tenant: TenantID
    let event: DomainEvent
    let attempt: Int
}

/// The statements of the dispatcher.
struct EventStore: Sendable {
    let database: Database
    private let scope = SystemScope(reason: "dispatch events")

    init(_ database: Database) {
        self.database = database
    }

    /// Takes the oldest undelivered event of as many tenants. While it is taken its next attempt lies in the future,
    /// which holds back everything after it in that tenant.
    func claim(limit: Int, lease: Duration) async throws -> [ClaimedEvent] {
        try await database.query(
            """
            update events set attempts = attempts + 1,
              next_attempt_at = now() + \(lease.seconds) * interval '1 second'
            where (tenant_id, event_id) in (
              select tenant_id, event_id from events e
              where dispatched_at is null and dead_at is null and next_attempt_at <= now() and not exists (
                select from events f
                where f.tenant_id = e.tenant_id and f.dispatched_at is null and f.dead_at is null
                  and f.sequence < e.sequence
              )
              order by sequence limit \(limit) for update skip locked
            )
            returning tenant_id, attempts, event_id, type, subject, data, at
            """, in: scope
        ) { row in
            let (tenant, attempt) = (try row.next(TenantID.self), try row.next(Int.self))
            let event = DomainEvent(
                id: try row.next(EventID.self), type: try row.next(), subject: try row.next(), data: try row.next(),
                at: try row.next())
            return ClaimedEvent(tenant: tenant, event: event, attempt: attempt)
        }
    }

    func finish(_ claimed: ClaimedEvent) async throws {
        try await database.execute(
            """
            update events set dispatched_at = now(), last_error = null
            where tenant_id = \(claimed.tenant) and event_id = \(claimed.event.id) and attempts = \(claimed.attempt)
            """, in: scope)
    }

    func retry(_ claimed: ClaimedEvent, after delay: Duration, _ error: String) async throws {
        try await database.execute(
            """
            update events set next_attempt_at = now() + \(delay.seconds) * interval '1 second', last_error = \(error)
            where tenant_id = \(claimed.tenant) and event_id = \(claimed.event.id) and attempts = \(claimed.attempt)
            """, in: scope)
    }

    /// Sets an event aside that no subscriber can take, so that those after it go on.
    func bury(_ claimed: ClaimedEvent, _ error: String) async throws {
        try await database.execute(
            """
            update events set dead_at = now(), last_error = \(error)
            where tenant_id = \(claimed.tenant) and event_id = \(claimed.event.id) and attempts = \(claimed.attempt)
            """, in: scope)
    }

    func prune(before moment: Date) async throws -> Int {
        try await database.execute(
            "delete from events where dispatched_at < \(moment) or dead_at < \(moment)", in: scope)
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

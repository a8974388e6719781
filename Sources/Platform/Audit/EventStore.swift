import FoundationEssentials
import Kernel
import Postgres

/// An event that a dispatcher has taken for a while.
struct ClaimedEvent: Sendable {
    let tenant: TenantID
    let event: DomainEvent
    let attempt: Int
}

/// The statements of the dispatcher. None of them waits for the disk: an event whose claim or end was lost comes again.
struct EventStore: Sendable {
    let database: Database
    private let scope = SystemScope(reason: "dispatch events")

    init(_ database: Database) {
        self.database = database
    }

    /// Takes urgent events that are due, whatever waits before them: in turns of tenants behind the one that was served
    /// last, and of each at most as many. Nothing is taken of tenants that have enough at hand.
    func claimUrgent(
        limit: Int, ofEach most: Int, lease: Duration, after last: TenantID, without busy: [TenantID]
    ) async throws -> [ClaimedEvent] {
        try await database.query(
            """
            with recursive \(fragment: Self.lanes(Self.isUrgent, after: last)), due as materialized (
              select d.tenant_id, d.event_id, l.turn,
                row_number() over (partition by l.tenant_id order by d.sequence) as place
              from lanes l cross join lateral (
                select e.tenant_id, e.event_id, e.sequence from events e
                where \(fragment: Self.isUrgent) and e.tenant_id = l.tenant_id and e.next_attempt_at <= now()
                order by e.sequence limit (select \(most)::bigint)
              ) d
              where l.tenant_id <> all(\(busy)::uuid[])
              order by place, l.turn limit (select \(limit)::bigint)
            ), taken as (
              select t.tenant_id, t.event_id, d.place, d.turn
              from due d cross join lateral (
                select e.tenant_id, e.event_id from events e
                where \(fragment: Self.isUrgent) and e.tenant_id = d.tenant_id and e.event_id = d.event_id
                  and e.next_attempt_at <= now()
                for update skip locked
              ) t
            ), claimed as (
              update events u set attempts = u.attempts + 1,
                next_attempt_at = now() + \(lease.seconds) * interval '1 second'
              from taken t where u.tenant_id = t.tenant_id and u.event_id = t.event_id
              returning u.tenant_id, u.attempts, u.event_id, u.type, u.subject, u.data, u.at, t.place, t.turn
            )
            select tenant_id, attempts, event_id, type, subject, data, at from claimed order by place, turn
            """, in: scope, lasting: .brief, Self.event)
    }

    /// Takes the oldest events that are not urgent of as many tenants, in turns behind the one that was served last. While
    /// any of those that come next are taken, or are to be tried again later, nothing of that tenant is.
    func claimRuns(
        tenants: Int, length: Int, lease: Duration, after last: TenantID
    ) async throws -> [[ClaimedEvent]] {
        // Each step goes from what was found to what belongs to it, in that order: the planner knows nothing of a table that was
        // empty a moment ago, and would go through all of it and ask for each row what was found.
        let claimed = try await database.query(
            """
            with recursive \(fragment: Self.lanes(Self.isOrdered, after: last)), heads as materialized (
              select l.tenant_id, h.sequence, l.turn
              from lanes l cross join lateral (
                select min(n.sequence) as sequence from (
                  select e.sequence, e.next_attempt_at from events e
                  where \(fragment: Self.isOrdered) and e.tenant_id = l.tenant_id
                  order by e.sequence limit (select \(length)::bigint)
                ) n
                having bool_and(n.next_attempt_at <= now())
              ) h
              limit (select \(tenants)::bigint)
            ), taken as (
              select f.tenant_id, f.sequence, h.turn
              from heads h cross join lateral (
                select e.tenant_id, e.sequence from events e
                where \(fragment: Self.isOrdered) and e.tenant_id = h.tenant_id and e.sequence = h.sequence
                  and e.next_attempt_at <= now()
                for update skip locked
              ) f
            ), claimed as (
              update events u set attempts = u.attempts + 1,
                next_attempt_at = now() + \(lease.seconds) * interval '1 second'
              from taken t cross join lateral (
                select e.event_id from events e
                where \(fragment: Self.isOrdered) and e.tenant_id = t.tenant_id and e.sequence >= t.sequence
                order by e.sequence limit (select \(length)::bigint)
              ) r
              where u.tenant_id = t.tenant_id and u.event_id = r.event_id and u.next_attempt_at <= now()
              returning u.tenant_id, u.attempts, u.event_id, u.type, u.subject, u.data, u.at, u.sequence,
                t.turn
            )
            select tenant_id, attempts, event_id, type, subject, data, at from claimed order by turn, sequence
            """, in: scope, lasting: .brief, Self.event)
        return claimed.reduce(into: []) { runs, one in
            if runs.last?.first?.tenant == one.tenant {
                runs[runs.count - 1].append(one)
            } else {
                runs.append([one])
            }
        }
    }

    private static let isUrgent: SQL = "e.urgent and e.dispatched_at is null and e.dead_at is null"
    private static let isOrdered: SQL = "not e.urgent and e.dispatched_at is null and e.dead_at is null"

    /// The tenants for whom something waits, those behind the last one first: found by hopping over the index from one to the
    /// next, so that a long queue of one costs no more than a short one, and no further than somebody reads.
    ///
    /// Values stand in selects of their own, here and where a number of rows is bounded: a plan that looks no better for
    /// knowing them is made once, and this one takes several times as long to make as to run.
    private static func lanes(_ waits: SQL, after last: TenantID) -> SQL {
        """
        behind (tenant_id, turn) as (
          (select e.tenant_id, 1 from events e
           where \(fragment: waits) and e.tenant_id > (select \(last)::uuid) order by e.tenant_id limit 1)
          union all
          select (select e.tenant_id from events e
            where \(fragment: waits) and e.tenant_id > b.tenant_id order by e.tenant_id limit 1),
            b.turn + 1
          from behind b where b.tenant_id is not null
        ), before (tenant_id, turn) as (
          (select e.tenant_id, 1000000 from events e
           where \(fragment: waits) and e.tenant_id <= (select \(last)::uuid) order by e.tenant_id limit 1)
          union all
          select (select e.tenant_id from events e
            where \(fragment: waits) and e.tenant_id > b.tenant_id and e.tenant_id <= (select \(last)::uuid)
            order by e.tenant_id limit 1),
            b.turn + 1
          from before b where b.tenant_id is not null
        ), lanes as (
          select tenant_id, turn from behind union all select tenant_id, turn from before
        )
        """
    }

    private static func event(_ row: inout Row) throws -> ClaimedEvent {
        let (tenant, attempt) = (try row.next(TenantID.self), try row.next(Int.self))
        let event = DomainEvent(
            id: try row.next(EventID.self), type: try row.next(), subject: try row.next(), data: try row.next(),
            at: try row.next())
        return ClaimedEvent(tenant: tenant, event: event, attempt: attempt)
    }

    /// The ids are said once more by themselves: they are looked up, however the tenant's events are joined.
    func finish(_ claimed: [ClaimedEvent], of tenant: TenantID) async throws {
        try await database.execute(
            """
            update events e set dispatched_at = now(), last_error = null
            from unnest(\(claimed.map(\.event.id))::uuid[], \(claimed.map(\.attempt))::int[]) as c (id, attempt)
            where e.tenant_id = \(tenant) and e.event_id = any(\(claimed.map(\.event.id))::uuid[])
              and e.event_id = c.id and e.attempts = c.attempt
            """, in: scope, lasting: .brief)
    }

    /// Gives back what was taken and not tried.
    func release(_ claimed: [ClaimedEvent], of tenant: TenantID) async throws {
        try await database.execute(
            """
            update events e set attempts = e.attempts - 1, next_attempt_at = now()
            from unnest(\(claimed.map(\.event.id))::uuid[], \(claimed.map(\.attempt))::int[]) as c (id, attempt)
            where e.tenant_id = \(tenant) and e.event_id = any(\(claimed.map(\.event.id))::uuid[])
              and e.event_id = c.id and e.attempts = c.attempt
            """, in: scope, lasting: .brief)
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

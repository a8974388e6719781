package import FoundationEssentials
package import Kernel
package import Postgres

/// What waits in lines of a table, and what is done with it.
///
/// Its statements are those of every pump, which see ids, states and times, and nothing of what waits.
package protocol FairWork: Sendable {
    associatedtype Kind: IDKind
    /// Why rows of all tenants are looked at.
    static var reason: String { get }
    /// Where the database says for which tenant there is something new.
    static var channel: String { get }
    /// All that waits, in an index by tenant, line and time: a `tenant_id`, a `line_id`, an `item_id` and when it is `due_at`.
    func items(at now: Date) -> SQL
    /// The lines that may be served now: `tenant_id`, `line_id` and `pace`.
    func lines(at now: Date) -> SQL
    /// What an update says that gives `taken`, with an `item_id`, to nobody else until then.
    func lease(until end: Date) -> SQL
    /// Deals with items of one tenant, all at once, and says of each when it is done, or what went wrong.
    func deal(
        with ids: [ID<Kind>], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (ID<Kind>, (any Error)?) -> Void
    ) async throws
}

/// The statements by which a pump finds and takes what waits.
package struct FairClaims<Work: FairWork>: Sendable {
    private let work: Work
    private let database: Database
    private let scope = SystemScope(reason: Work.reason)

    package init(_ work: Work, on database: Database) {
        self.work = work
        self.database = database
    }

    /// Takes what is due of the lines whose turn it is, in their order: of each line and each tenant at most as many as have
    /// room. What is not noted before the lease ends is due again.
    package func claim(
        _ pace: FairPace, _ turn: FairTurn, lease: Duration, at now: Date
    ) async throws -> [FairItem<Work.Kind>] {
        let (items, tenants) = (work.items(at: now), Array(turn.tenants))
        return try await database.query(
            """
            with asked as materialized (
              select l.tenant_id, l.line_id, a.turn, a.room
              from unnest(\(turn.lines.map(\.tenant))::uuid[], \(turn.lines.map(\.id))::uuid[], \(turn.rooms)::int[])
                with ordinality as a (tenant, line, room, turn)
              join (\(fragment: work.lines(at: now))) l on l.tenant_id = a.tenant and l.line_id = a.line
              where l.pace = \(pace)
            ), due as materialized (
              select d.tenant_id, a.line_id, d.item_id, a.turn,
                row_number() over (partition by a.tenant_id, a.line_id order by d.due_at) as place,
                count(*) over (partition by a.tenant_id, a.line_id) as found
              from asked a cross join lateral (
                select i.tenant_id, i.item_id, i.due_at from (\(fragment: items)) i
                where i.tenant_id = a.tenant_id and i.line_id = a.line_id and i.due_at <= \(now)
                order by i.due_at limit greatest(a.room, 0)
              ) d
            ), shared as materialized (
              select d.*, row_number() over (partition by d.tenant_id order by d.place, d.turn) as share from due d
            ), chosen as materialized (
              select s.tenant_id, s.line_id, s.item_id, s.place, s.turn, s.found
              from shared s
              join unnest(\(tenants.map(\.key))::uuid[], \(tenants.map(\.value))::int[]) as b (id, room)
                on b.id = s.tenant_id
              where s.share <= b.room
              order by s.place, s.turn limit \(turn.limit)
            ), taken as (
              select t.tenant_id, c.line_id, t.item_id, c.place, c.turn, c.found
              from chosen c cross join lateral (
                select i.tenant_id, i.item_id from (\(fragment: items)) i
                where i.tenant_id = c.tenant_id and i.item_id = c.item_id and i.due_at <= \(now)
                for update skip locked
              ) t
            ), claimed as (
              update \(fragment: work.lease(until: now + lease.seconds)) and u.tenant_id = t.tenant_id
              returning t.*
            )
            select tenant_id, line_id, item_id, found from claimed order by place, turn
            """, in: scope, lasting: .brief
        ) { row in
            FairItem(
                line: FairLine(tenant: try row.next(), id: try row.next()), id: try row.next(), found: try row.next())
        }
    }

    /// The lines in which something is due: found by hopping over the index from one to the next, so that what waits in one
    /// costs no more if it is much.
    package func waiting(at now: Date) async throws -> [(line: FairLine, pace: FairPace)] {
        let items = work.items(at: now)
        return try await database.query(
            """
            with recursive hops (tenant_id, line_id) as (
              (select i.tenant_id, i.line_id from (\(fragment: items)) i order by i.tenant_id, i.line_id limit 1)
              union all
              select n.tenant_id, n.line_id from hops h cross join lateral (
                select i.tenant_id, i.line_id from (\(fragment: items)) i
                where (i.tenant_id, i.line_id) > (h.tenant_id, h.line_id)
                order by i.tenant_id, i.line_id limit 1) n
            )
            select l.tenant_id, l.line_id, l.pace
            from hops h
            join (\(fragment: work.lines(at: now))) l on l.tenant_id = h.tenant_id and l.line_id = h.line_id
            where exists (
              select from (\(fragment: items)) i
              where i.tenant_id = l.tenant_id and i.line_id = l.line_id and i.due_at <= \(now))
            """, in: scope, lasting: .brief, Self.line)
    }

    /// The same of these tenants alone, each of which has a few lines.
    package func waiting(
        of tenants: [TenantID], at now: Date
    ) async throws -> [(line: FairLine, pace: FairPace)] {
        try await database.query(
            """
            with lines as (\(fragment: work.lines(at: now)))
            select l.tenant_id, l.line_id, l.pace from lines l
            where l.tenant_id = any(\(tenants)) and exists (
              select from (\(fragment: work.items(at: now))) i
              where i.tenant_id = l.tenant_id and i.line_id = l.line_id and i.due_at <= \(now))
            """, in: scope, lasting: .brief, Self.line)
    }

    private static func line(_ row: inout Row) throws -> (line: FairLine, pace: FairPace) {
        (FairLine(tenant: try row.next(), id: try row.next()), try row.next())
    }
}

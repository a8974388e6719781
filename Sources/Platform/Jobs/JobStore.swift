import FoundationEssentials
import Kernel
import Postgres

/// The statements by which a runner takes jobs and gives them back. All times are the server's, so that the clocks of
/// the nodes need not agree.
struct JobStore: Sendable {
    private let database: Database
    /// Names the runner that holds a lease.
    private let holder: String
    private let scope = SystemScope(reason: "run jobs")

    init(_ database: Database, holder: String) {
        self.database = database
        self.holder = holder
    }

    /// Takes jobs that are due, or whose holder let its lease run out: in turns over tenants, beginning behind the one that
    /// was served last, and of each the oldest first. However many jobs one tenant has, the next tenant's is the next.
    ///
    /// The tenants with something due are found by hopping over the index, as many as there are jobs to take.
    func claim(_ kinds: [String], limit: Int, lease: Duration, after last: TenantLane) async throws -> [Job] {
        try await database.query(
            """
            with recursive lanes (lane, turn) as (
              (select j.lane, 1 from jobs j
               where \(fragment: Self.isDue) and j.kind = any(\(kinds)) and j.lane > \(last.id)
               order by j.lane limit 1)
              union all
              select (select j.lane from jobs j
                where \(fragment: Self.isDue) and j.kind = any(\(kinds)) and j.lane > l.lane order by j.lane limit 1),
                l.turn + 1
              from lanes l where l.lane is not null and l.turn < \(limit)::int
            ), wrapped (lane, turn) as (
              (select j.lane, \(limit)::int + 1 from jobs j
               where \(fragment: Self.isDue) and j.kind = any(\(kinds)) and j.lane <= \(last.id)
               order by j.lane limit 1)
              union all
              select (select j.lane from jobs j
                where \(fragment: Self.isDue) and j.kind = any(\(kinds)) and j.lane > w.lane and j.lane <= \(last.id)
                order by j.lane limit 1),
                w.turn + 1
              from wrapped w where w.lane is not null and w.turn < \(2 * limit)::int
            ), due as (
              select d.job_id, row_number() over (partition by l.lane order by d.run_at) as place, l.turn
              from (select * from lanes union all select * from wrapped) l
              cross join lateral (
                select j.job_id, j.run_at from jobs j
                where \(fragment: Self.isDue) and j.kind = any(\(kinds)) and j.lane = l.lane
                order by j.run_at limit \(limit)
              ) d
            ), taken as (
              select j.job_id, d.place, d.turn from jobs j join due d on d.job_id = j.job_id
              where \(fragment: Self.isDue)
              order by d.place, d.turn limit \(limit) for update of j skip locked
            ), claimed as (
              update jobs j set state = 'running', attempts = j.attempts + 1, locked_by = \(holder),
                locked_until = now() + \(lease.seconds) * interval '1 second'
              from taken t where j.job_id = t.job_id
              returning j.job_id, j.kind, j.payload, j.for_tenant, j.attempts, j.max_attempts, t.place, t.turn
            )
            select job_id, kind, payload, for_tenant, attempts, max_attempts from claimed order by place, turn
            """, in: scope, Self.job)
    }

    private static let isDue: SQL = """
        j.run_at <= now() and j.attempts < j.max_attempts
          and (j.state = 'waiting' or j.state = 'running' and j.locked_until < now())
        """

    private static func job(_ row: inout Row) throws -> Job {
        Job(
            id: try row.next(), kind: try row.next(), payload: try row.next(), tenant: try row.next(),
            attempt: try row.next(), maxAttempts: try row.next())
    }

    /// Takes the schedule of something periodic, if it is due.
    func claimSchedule(_ kind: String, lease: Duration) async throws -> Job? {
        try await database.first(
            """
            update jobs set state = 'running', attempts = attempts + 1, locked_by = \(holder),
              locked_until = now() + \(lease.seconds) * interval '1 second'
            where job_id in (
              select j.job_id from jobs j
              where j.kind = \(kind) and j.dedupe_key = 'schedule' and j.state in ('waiting', 'running')
                and \(fragment: Self.isDue)
              limit 1 for update skip locked
            )
            returning job_id, kind, payload, for_tenant, attempts, max_attempts
            """, in: scope, Self.job)
    }

    /// How long until the schedule of something periodic is due or its holder's lease ends; whoever finds none writes it.
    func untilSchedule(_ kind: String) async throws -> Duration {
        let seconds = try await database.first(
            """
            with planned as (
              insert into jobs (job_id, kind, dedupe_key, max_attempts)
              values (\(JobID.new()), \(kind), 'schedule', 2147483647)
              on conflict do nothing
            )
            select extract(epoch from case state when 'running' then locked_until else run_at end - now())::float8
            from jobs where kind = \(kind) and dedupe_key = 'schedule' and state in ('waiting', 'running')
            """, in: scope
        ) { try $0.next(Double.self) }
        return .seconds(seconds ?? 0)
    }

    /// Buries jobs whose last holder vanished with their last try.
    func buryAbandoned(_ kinds: [String]) async throws -> Int {
        try await database.execute(
            """
            update jobs set state = 'dead', finished_at = now(), last_error = 'its runner went away'
            where kind = any(\(kinds)) and state = 'running' and locked_until < now() and attempts >= max_attempts
            """, in: scope)
    }

    /// Keeps a job; false if another runner has taken it.
    func renew(_ job: Job, lease: Duration) async throws -> Bool {
        try await database.execute(
            """
            update jobs set locked_until = now() + \(lease.seconds) * interval '1 second'
            where job_id = \(job.id) and state = 'running' and locked_by = \(holder) and attempts = \(job.attempt)
            """, in: scope) == 1
    }

    func finish(_ job: Job) async throws {
        try await database.execute(
            """
            update jobs set state = 'done', finished_at = now(), locked_by = null, locked_until = null
            where job_id = \(job.id) and state = 'running' and locked_by = \(holder) and attempts = \(job.attempt)
            """, in: scope)
    }

    func retry(_ job: Job, after delay: Duration, _ error: String) async throws {
        try await database.execute(
            """
            update jobs set state = 'waiting', locked_by = null, locked_until = null, last_error = \(error),
              run_at = now() + \(delay.seconds) * interval '1 second'
            where job_id = \(job.id) and state = 'running' and locked_by = \(holder) and attempts = \(job.attempt)
            """, in: scope)
    }

    func bury(_ job: Job, _ error: String) async throws {
        try await database.execute(
            """
            update jobs set state = 'dead', finished_at = now(), locked_by = null, locked_until = null,
              last_error = \(error)
            where job_id = \(job.id) and state = 'running' and locked_by = \(holder) and attempts = \(job.attempt)
            """, in: scope)
    }

    /// Gives a job that repeats its next time, with all its tries.
    func reschedule(_ job: Job, after delay: Duration, _ error: String?) async throws {
        try await database.execute(
            """
            update jobs set state = 'waiting', attempts = 0, locked_by = null, locked_until = null,
              last_error = \(error), run_at = now() + \(delay.seconds) * interval '1 second'
            where job_id = \(job.id) and state = 'running' and locked_by = \(holder) and attempts = \(job.attempt)
            """, in: scope)
    }
}

/// A tenant's line of jobs, by its place among all lines; the first is that of jobs for no tenant.
struct TenantLane: Equatable {
    /// Behind it comes the first line.
    static let none = TenantLane(id: UUID(uuidString: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF") ?? UUID())

    let id: UUID

    init(id: UUID) {
        self.id = id
    }

    init(_ tenant: TenantID?) {
        id = tenant?.uuid ?? UUID(uuidString: "00000000-0000-0000-0000-000000000000") ?? UUID()
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

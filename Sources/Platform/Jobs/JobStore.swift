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

    /// Takes jobs that are due, or whose holder let its lease run out.
    func claim(_ kinds: [String], limit: Int, lease: Duration) async throws -> [Job] {
        try await database.query(
            """
            update jobs set state = 'running', attempts = attempts + 1, locked_by = \(holder),
              locked_until = now() + \(lease.seconds) * interval '1 second'
            where job_id in (
              select job_id from jobs
              where kind = any(\(kinds)) and run_at <= now() and attempts < max_attempts
                and (state = 'waiting' or state = 'running' and locked_until < now())
              order by run_at limit \(limit) for update skip locked
            )
            returning job_id, kind, payload, for_tenant, attempts, max_attempts
            """, in: scope
        ) { row in
            Job(
                id: try row.next(), kind: try row.next(), payload: try row.next(), tenant: try row.next(),
                attempt: try row.next(), maxAttempts: try row.next())
        }
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

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

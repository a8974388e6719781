package import FoundationEssentials
package import Kernel
package import Postgres

/// Where work for later is put. A job that is enqueued in a transaction exists exactly if that commits.
package struct JobQueue: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// Enqueues a job in the transaction of the change that causes it.
    ///
    /// While a job of the same kind with the same dedupe key waits or runs, another one is not added. A transaction of
    /// a tenant may only enqueue jobs for that tenant.
    package func enqueue(
        kind: String, payload: JSON = [:], tenant: TenantID?, runAt: Date, dedupeKey: String? = nil,
        maxAttempts: Int = 12, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            Self.insert(JobID.new(at: runAt), kind, payload, tenant, runAt, dedupeKey, maxAttempts))
    }

    /// Enqueues many jobs of one kind in the transaction of the change that causes them, in one statement.
    package func enqueue(
        kind: String, payloads: [JSON], tenant: TenantID?, runAt: Date, maxAttempts: Int = 12,
        in transaction: Transaction
    ) async throws {
        guard !payloads.isEmpty else { return }
        try await transaction.enqueue(
            """
            with added as (
              insert into jobs (job_id, for_tenant, kind, payload, run_at, max_attempts)
              select j.id, \(tenant)::uuid, \(kind)::text, j.payload, \(runAt)::timestamptz, \(maxAttempts)::int
              from unnest(\(payloads.map { _ in JobID.new(at: runAt) })::uuid[], \(payloads)::jsonb[]) as j (id, payload)
            )
            select pg_notify('jobs', \(kind))
            """)
    }

    /// Enqueues a job by itself.
    package func enqueue(
        kind: String, payload: JSON = [:], tenant: TenantID?, runAt: Date, dedupeKey: String? = nil,
        maxAttempts: Int = 12, scope: some Scope
    ) async throws {
        try await database.execute(
            Self.insert(JobID.new(at: runAt), kind, payload, tenant, runAt, dedupeKey, maxAttempts), in: scope)
    }

    /// How many jobs there are in each state, for metrics and readiness.
    package func counts() async throws -> [JobState: Int] {
        let rows = try await database.query(
            "select state, count(*) from jobs group by state", in: SystemScope(reason: "count jobs")
        ) { row in (try row.next(JobState.self), try row.next(Int.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Deletes jobs that ended before a moment; returns how many.
    @discardableResult
    package func prune(before moment: Date) async throws -> Int {
        try await database.execute(
            "delete from jobs where state in ('done', 'dead') and finished_at < \(moment)",
            in: SystemScope(reason: "prune jobs"))
    }

    /// Gives a dead job its tries back; false if there is no such dead job.
    package func revive(_ id: JobID, at moment: Date) async throws -> Bool {
        try await database.execute(
            """
            update jobs set state = 'waiting', attempts = 0, run_at = \(moment), finished_at = null, last_error = null
            where job_id = \(id) and state = 'dead'
            """, in: SystemScope(reason: "revive a job")) == 1
    }

    // No `returning` and no conflict target: a tenant's role may add to the queue, but not read it.
    private static func insert(
        _ id: JobID, _ kind: String, _ payload: JSON, _ tenant: TenantID?, _ runAt: Date, _ dedupeKey: String?,
        _ maxAttempts: Int
    ) -> SQL {
        """
        with added as (
          insert into jobs (job_id, for_tenant, kind, payload, run_at, dedupe_key, max_attempts)
          values (\(id), \(tenant), \(kind), \(payload), \(runAt), \(dedupeKey), \(maxAttempts))
          on conflict do nothing
        )
        select pg_notify('jobs', \(kind))
        """
    }
}

/// Where a job stands.
package enum JobState: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
    case waiting, running, done, dead
}

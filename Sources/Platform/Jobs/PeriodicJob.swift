import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Something that is done again and again, on one node at a time whatever the number of nodes.
///
/// Its schedule is a row of the queue: the node that finds it due takes it for as long as the work lasts and then writes
/// the next time into it. A node that dies loses it when the lease ends.
package struct PeriodicJob: Service {
    private let name: String
    private let interval: Duration
    private let lease: Duration
    private let database: Database
    private let store: JobStore
    private let logger: Logger
    private let body: @Sendable () async throws -> Void

    /// The first run is at once, if no node has run it within the interval.
    package init(
        name: String, interval: Duration, node: String, database: Database, logger: Logger,
        lease: Duration = .seconds(60), body: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.interval = interval
        self.lease = lease
        self.database = database
        self.body = body
        store = JobStore(database, holder: "\(node)/\(UInt32.random(in: .min ... .max))")
        var logger = logger
        logger[metadataKey: "kind"] = "periodic.\(name)"
        self.logger = logger
    }

    /// Runs until asked to stop; the work at hand is finished first.
    package func run() async throws {
        let wake = Wake()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work(wake) }
                group.addTask { await wake.tick(every: min(interval, .seconds(5))) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            wake.stop()
        }
    }

    private func work(_ wake: Wake) async throws {
        for await _ in wake.calls {
            do {
                try await runIfDue()
            } catch  where !(error is CancellationError) {
                logger.warning("The schedule cannot be read", metadata: ["error": "\(error)"])
            }
        }
        try Task.checkCancellation()
    }

    private func runIfDue() async throws {
        let kind = "periodic.\(name)"
        guard let job = try await due(kind) else { return }
        var failure: String?
        do {
            try await store.holding(job, lease: lease, body)
        } catch is LeaseLost {
            return logger.warning("Another node took the work over")
        } catch {
            if Task.isCancelled { throw error }
            failure = String("\(error)".prefix(500))
            logger.error("Periodic work failed", metadata: ["error": "\(error)"])
        }
        try await store.reschedule(job, after: interval, failure)
    }

    private func due(_ kind: String) async throws -> Job? {
        if let job = try await store.claimSchedule(kind, lease: lease) { return job }
        // The schedule is written by whoever finds none.
        let planned = try await database.execute(
            """
            insert into jobs (job_id, kind, dedupe_key, max_attempts)
            values (\(JobID.new()), \(kind), 'schedule', 2147483647)
            on conflict do nothing
            """, in: SystemScope(reason: "plan periodic work"))
        return planned == 1 ? try await store.claimSchedule(kind, lease: lease) : nil
    }
}

import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Something that is done again and again, on one node at a time whatever the number of nodes.
///
/// Its schedule is a row of the queue: the node that finds it due takes it for as long as the work lasts and then writes
/// the next time into it. The others read that time and leave the database alone until then. A node that dies loses it when
/// the lease ends.
package struct PeriodicJob: Service {
    private let kind: String
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
        kind = "periodic.\(name)"
        self.interval = interval
        self.lease = lease
        self.database = database
        self.body = body
        store = JobStore(database, holder: "\(node)/\(UInt32.random(in: .min ... .max))")
        var logger = logger
        logger[metadataKey: "kind"] = "\(kind)"
        self.logger = logger
    }

    /// Runs until asked to stop; the work at hand is finished first.
    package func run() async throws {
        while !Task.isShuttingDownGracefully {
            let pause = await pauseAfterWork()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            try Task.checkCancellation()
        }
    }

    private func pauseAfterWork() async -> Duration {
        do {
            return try await runIfDue()
        } catch {
            if !Task.isCancelled {
                logger.warning("The schedule cannot be read", metadata: ["error": "\(error)"])
            }
            return min(interval, .seconds(5))
        }
    }

    /// Returns how long nothing is to be done.
    private func runIfDue() async throws -> Duration {
        guard let job = try await store.claimSchedule(kind, lease: lease) else { return try await untilDue() }
        var failure: String?
        do {
            try await store.holding(job, lease: lease, body)
        } catch is LeaseLost {
            // Or nobody did, while the database was away for longer than the lease.
            logger.warning("Another node took the work over")
            return try await untilDue()
        } catch {
            if Task.isCancelled { throw error }
            failure = String("\(error)".prefix(500))
            logger.error("Periodic work failed", metadata: ["error": "\(error)"])
        }
        try await store.reschedule(job, after: interval, failure)
        return interval
    }

    private func untilDue() async throws -> Duration {
        min(max(try await store.untilSchedule(kind), .milliseconds(100)), interval)
    }
}

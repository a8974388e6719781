import Kernel
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// Runs jobs of the kinds it has handlers for, on every node that has one, each job on one node at a time.
///
/// A handler may run more than once for the same job (its node may die after the work and before the note about it), so
/// it must do no harm the second time. A job whose node died is taken up by another when its lease ends.
package struct JobRunner: Service {
    package typealias Handler = @Sendable (Job) async throws -> Void

    private let database: Database
    private let store: JobStore
    private let handlers: [String: Handler]
    private let settings: Settings
    private let logger: Logger
    private let last = LastLane()

    /// How a runner works; the defaults suit a server.
    package struct Settings: Sendable {
        package var concurrency = 4
        package var lease: Duration = .seconds(60)
        /// How often the queue is looked at without a notification, also for jobs that were put off.
        package var pollInterval: Duration = .seconds(1)
        package var backoff = Backoff()

        package init() {}
    }

    /// `node` names this process in the table.
    package init(
        database: Database, handlers: [String: Handler], node: String, settings: Settings = Settings(), logger: Logger
    ) {
        self.database = database
        self.handlers = handlers
        self.settings = settings
        self.logger = logger
        // Two runners of one node must not take each other's lease for their own.
        store = JobStore(database, holder: "\(node)/\(UInt32.random(in: .min ... .max))")
    }

    /// Runs until asked to stop; jobs that run then are finished first.
    package func run() async throws {
        let wake = Wake()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work(wake) }
                group.addTask { await wake.follow(database.notifications("jobs")) }
                group.addTask { await wake.tick(every: settings.pollInterval) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            wake.stop()
        }
    }

    private func work(_ wake: Wake) async throws {
        let running = Counter()
        await withDiscardingTaskGroup { group in
            for await _ in wake.calls {
                let free = settings.concurrency - running.value
                guard free > 0 else { continue }
                let jobs = await claim(free)
                // A full hand means that there may be more.
                if jobs.count == free { wake.call() }
                for job in jobs {
                    running.add(1)
                    group.addTask {
                        await perform(job)
                        running.add(-1)
                        wake.call()
                    }
                }
            }
        }
        try Task.checkCancellation()
    }

    private func claim(_ limit: Int) async -> [Job] {
        do {
            let kinds = Array(handlers.keys)
            let jobs = try await store.claim(kinds, limit: limit, lease: settings.lease, after: last.value)
            if let job = jobs.last { last.value = TenantLane(job.tenant) }
            if jobs.isEmpty {
                let buried = try await store.buryAbandoned(kinds)
                if buried > 0 { logger.error("Jobs died with their runner", metadata: ["count": "\(buried)"]) }
            }
            return jobs
        } catch {
            if !(error is CancellationError) {
                logger.warning("The job queue cannot be read", metadata: ["error": "\(error)"])
            }
            return []
        }
    }

    private func perform(_ job: Job) async {
        var logger = logger
        logger[metadataKey: "job"] = "\(job.id)"
        logger[metadataKey: "kind"] = "\(job.kind)"
        if let tenant = job.tenant { logger[metadataKey: "tenant"] = "\(tenant)" }
        guard let handler = handlers[job.kind] else { return }
        do {
            let failure = await attempt(job, handler)
            switch failure {
            case nil: try await store.finish(job)
            case .some(is LeaseLost): logger.warning("Another runner took the job over")
            // The lease runs out by itself, and the job is taken up where it can be done.
            case .some(is CancellationError) where Task.isCancelled: break
            case .some(let error): try await settle(job, error, logger)
            }
        } catch {
            logger.warning("The end of a job could not be noted, so it runs again", metadata: ["error": "\(error)"])
        }
    }

    private func attempt(_ job: Job, _ handler: @escaping Handler) async -> (any Error)? {
        do {
            try await store.holding(job, lease: settings.lease) { try await handler(job) }
            return nil
        } catch {
            return error
        }
    }

    private func settle(_ job: Job, _ error: any Error, _ logger: Logger) async throws {
        var random = SystemRandomNumberGenerator()
        var delay = settings.backoff.delay(after: job.attempt, using: &random)
        var text = "\(error)"
        var isHopeless = job.attempt >= job.maxAttempts
        switch error as? JobFailure {
        case .giveUp(let reason): (text, isHopeless) = (reason, true)
        case .tryAgain(let after, let reason): (text, delay) = (reason, after)
        case nil: break
        }
        text = String(text.filter { $0 != "\0" }.prefix(500))
        if isHopeless {
            logger.error("A job failed for good", metadata: ["error": "\(text)", "attempt": "\(job.attempt)"])
            try await store.bury(job, text)
        } else {
            logger.notice("A job failed and is tried again", metadata: ["error": "\(text)", "in": "\(delay)"])
            try await store.retry(job, after: delay, text)
        }
    }
}

/// The line that had its turn last.
private final class LastLane: Sendable {
    private let lane = Mutex(TenantLane.none)

    var value: TenantLane {
        get { lane.withLock { $0 } }
        set { lane.withLock { $0 = newValue } }
    }
}

/// A number that tasks change.
private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }
    func add(_ change: Int) { count.withLock { $0 += change } }
}

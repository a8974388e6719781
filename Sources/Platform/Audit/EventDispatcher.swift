package import FoundationEssentials
import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Brings events from the outbox to the subscribers: each at least once, those of one tenant one after the other.
///
/// Any number of nodes may run one. An event is done when every subscriber that wants it has returned; if one throws, it
/// comes again to all of them, later and later, and holds back the events after it. After the last attempt it is set
/// aside and reported, so that one bad event does not stop a tenant.
package struct EventDispatcher: Service {
    private let store: EventStore
    private let subscribers: [EventSubscriber]
    private let settings: Settings
    private let logger: Logger

    /// How a dispatcher works; the defaults suit a server.
    package struct Settings: Sendable {
        package var tenantsAtOnce = 4
        /// How long the subscribers of an event may take before another node may try.
        package var lease: Duration = .seconds(60)
        package var pollInterval: Duration = .seconds(1)
        package var maxAttempts = 16
        package var firstDelay: Duration = .seconds(1)
        package var longestDelay: Duration = .seconds(600)

        package init() {}
    }

    package init(
        database: Database, subscribers: [EventSubscriber], settings: Settings = Settings(), logger: Logger
    ) {
        store = EventStore(database)
        self.subscribers = subscribers
        self.settings = settings
        self.logger = logger
    }

    /// Runs until asked to stop; events at hand are finished first.
    package func run() async throws {
        let (calls, caller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        caller.yield(())
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work(calls) }
                group.addTask {
                    for await _ in store.database.notifications("events") { caller.yield(()) }
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: settings.pollInterval)
                        caller.yield(())
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            caller.finish()
        }
    }

    /// Deletes events that were delivered, or set aside, before a moment; returns how many.
    @discardableResult
    package func prune(before moment: Date) async throws -> Int {
        try await store.prune(before: moment)
    }

    private func work(_ calls: AsyncStream<Void>) async throws {
        for await _ in calls {
            do {
                while try await dispatchSome() {}
            } catch  where !(error is CancellationError) {
                logger.warning("The outbox cannot be read", metadata: ["error": "\(error)"])
            }
        }
        try Task.checkCancellation()
    }

    /// One event of each of a few tenants, side by side; false when there is nothing to do.
    private func dispatchSome() async throws -> Bool {
        let claimed = try await store.claim(limit: settings.tenantsAtOnce, lease: settings.lease)
        await withDiscardingTaskGroup { group in
            for one in claimed { group.addTask { await dispatch(one) } }
        }
        return !claimed.isEmpty && !Task.isCancelled
    }

    private func dispatch(_ claimed: ClaimedEvent) async {
        var logger = logger
        logger[metadataKey: "event"] = "\(claimed.event.id)"
        logger[metadataKey: "type"] = "\(claimed.event.type)"
        logger[metadataKey: "tenant"] = "\(claimed.tenant)"
        do {
            if let failure = await deliver(claimed) {
                // Taken up again when the lease ends.
                if Task.isCancelled { return }
                try await settle(claimed, failure, logger)
            } else {
                try await store.finish(claimed)
            }
        } catch {
            logger.warning("The end of an event could not be noted, so it comes again", metadata: ["error": "\(error)"])
        }
    }

    /// Hands the event to its subscribers; returns what went wrong.
    private func deliver(_ claimed: ClaimedEvent) async -> String? {
        let scope = TenantScope(tenant: claimed.tenant)
        for subscriber in subscribers where subscriber.wants(claimed.event.type) {
            do {
                try await withDeadline(settings.lease * 0.8) { try await subscriber.handle(scope, claimed.event) }
            } catch {
                return String("\(subscriber.name): \(error)".filter { $0 != "\0" }.prefix(500))
            }
        }
        return nil
    }

    private func settle(_ claimed: ClaimedEvent, _ failure: String, _ logger: Logger) async throws {
        guard claimed.attempt < settings.maxAttempts else {
            logger.error("An event was set aside after its last attempt", metadata: ["error": "\(failure)"])
            return try await store.bury(claimed, failure)
        }
        let delay = min(settings.firstDelay * (1 << min(claimed.attempt - 1, 20)), settings.longestDelay)
        logger.notice("An event comes again", metadata: ["error": "\(failure)", "in": "\(delay)"])
        try await store.retry(claimed, after: delay, failure)
    }
}

/// A subscriber took longer than it may.
private struct TooSlow: Error {}

private func withDeadline(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TooSlow()
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}

package import FoundationEssentials
import Kernel
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// Brings events from the outbox to the subscribers: each at least once, those of one tenant one after the other, and
/// urgent ones at once.
///
/// Any number of nodes may run one. An event is done when every subscriber that wants it has returned; if one throws, it
/// comes again to all of them, later and later, and holds back the events after it. After the last attempt it is set
/// aside and reported, so that one bad event does not stop a tenant. Urgent events stand in no line: they neither wait for
/// what comes before them nor hold back what comes after.
package struct EventDispatcher: Service {
    private let store: EventStore
    private let subscribers: [EventSubscriber]
    private let settings: Settings
    private let logger: Logger

    /// How a dispatcher works; the defaults suit a server.
    package struct Settings: Sendable {
        package var tenantsAtOnce = 4
        /// How many events of a tenant are taken in one go.
        package var inRow = 100
        package var urgentAtOnce = 16
        /// How many of them may be of one tenant, before others have had their turn.
        package var urgentOfEach = 4
        /// How long the subscribers of what was taken may take before another node may try.
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
        let (urgent, callUrgent) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (ordered, callOrdered) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        @Sendable func callAll() {
            callUrgent.yield()
            callOrdered.yield()
        }
        callAll()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    async let first: Void = bringUrgent(urgent, callUrgent)
                    async let second: Void = bringInOrder(ordered, callOrdered)
                    _ = try await (first, second)
                }
                group.addTask {
                    for await _ in store.database.notifications("events") { callAll() }
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: settings.pollInterval)
                        callAll()
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            callUrgent.finish()
            callOrdered.finish()
        }
    }

    private func bringUrgent(_ calls: AsyncStream<Void>, _ call: AsyncStream<Void>.Continuation) async throws {
        let last = Shared(Self.first)
        let atHand = Shared<[TenantID: Int]>([:])
        try await work(calls, call, places: settings.urgentAtOnce) { count in
            let busy = atHand.value.withLock { $0.filter { $0.value >= settings.urgentOfEach }.map(\.key) }
            let claimed = try await store.claimUrgent(
                limit: count, ofEach: settings.urgentOfEach, lease: settings.lease, after: last.value.withLock { $0 },
                without: busy)
            atHand.value.withLock { counts in for one in claimed { counts[one.tenant, default: 0] += 1 } }
            if let tenant = claimed.last?.tenant { last.value.withLock { $0 = tenant } }
            return claimed.map { [$0] }
        } ended: { run in
            atHand.value.withLock { counts in
                for one in run { counts[one.tenant] = counts[one.tenant].flatMap { $0 > 1 ? $0 - 1 : nil } }
            }
        }
    }

    private func bringInOrder(_ calls: AsyncStream<Void>, _ call: AsyncStream<Void>.Continuation) async throws {
        let last = Shared(Self.first)
        try await work(calls, call, places: settings.tenantsAtOnce) { count in
            let runs = try await store.claimRuns(
                tenants: count, length: settings.inRow, lease: settings.lease, after: last.value.withLock { $0 })
            if let tenant = runs.last?.first?.tenant { last.value.withLock { $0 = tenant } }
            return runs
        } ended: { _ in
        }
    }

    /// Before every tenant.
    private static var first: TenantID { TenantID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))) }

    /// Deletes events that were delivered, or set aside, before a moment; returns how many.
    @discardableResult
    package func prune(before moment: Date) async throws -> Int {
        try await store.prune(before: moment)
    }

    /// Has as many claims at work as there are places, and asks for more when one ends or something calls.
    private func work(
        _ calls: AsyncStream<Void>, _ call: AsyncStream<Void>.Continuation, places: Int,
        claim: @escaping @Sendable (_ count: Int) async throws -> [[ClaimedEvent]],
        ended: @escaping @Sendable ([ClaimedEvent]) -> Void
    ) async throws {
        let taken = Shared(0)
        try await withThrowingDiscardingTaskGroup { group in
            for await _ in calls {
                do {
                    while case let free = places - taken.value.withLock({ $0 }), free > 0, !Task.isCancelled,
                        !Task.isShuttingDownGracefully
                    {
                        let runs = try await claim(free)
                        taken.value.withLock { $0 += runs.count }
                        for run in runs {
                            group.addTask {
                                await dispatch(run)
                                ended(run)
                                taken.value.withLock { $0 -= 1 }
                                call.yield()
                            }
                        }
                        // All that there was: whatever comes, or ends, calls.
                        if runs.count < free { break }
                    }
                } catch  where !(error is CancellationError) {
                    logger.warning("The outbox cannot be read", metadata: ["error": "\(error)"])
                }
            }
        }
        try Task.checkCancellation()
    }

    /// Brings events of one tenant in their order, until one fails or there is no time for another; the rest is given back.
    private func dispatch(_ run: [ClaimedEvent]) async {
        guard let tenant = run.first?.tenant else { return }
        let start = ContinuousClock.now
        let (enough, end) = (start + settings.lease * 0.1, start + settings.lease * 0.9)
        var done: [ClaimedEvent] = []
        var failure: (event: ClaimedEvent, words: String)?
        for claimed in run {
            if let words = await deliver(claimed, until: end) {
                failure = (claimed, words)
                break
            }
            done.append(claimed)
            if ContinuousClock.now > enough || Task.isCancelled || Task.isShuttingDownGracefully { break }
        }
        // Taken up again when the lease ends.
        if Task.isCancelled { return }
        do {
            if !done.isEmpty { try await store.finish(done, of: tenant) }
            if let (event, words) = failure { try await settle(event, words) }
            let rest = run.dropFirst(done.count + (failure == nil ? 0 : 1))
            if !rest.isEmpty { try await store.release(Array(rest), of: tenant) }
        } catch {
            logger.warning(
                "The end of events could not be noted, so they come again",
                metadata: ["error": "\(error)", "event": "\(run[0].event.id)", "tenant": "\(tenant)"])
        }
    }

    /// Hands the event to its subscribers; returns what went wrong.
    private func deliver(_ claimed: ClaimedEvent, until end: ContinuousClock.Instant) async -> String? {
        let scope = TenantScope(tenant: claimed.tenant)
        for subscriber in subscribers where subscriber.wants(claimed.event.type) {
            do {
                try await withDeadline(end) { try await subscriber.handle(scope, claimed.event) }
            } catch {
                return String("\(subscriber.name): \(error)".filter { $0 != "\0" }.prefix(500))
            }
        }
        return nil
    }

    private func settle(_ claimed: ClaimedEvent, _ failure: String) async throws {
        var logger = logger
        logger[metadataKey: "event"] = "\(claimed.event.id)"
        logger[metadataKey: "type"] = "\(claimed.event.type)"
        logger[metadataKey: "tenant"] = "\(claimed.tenant)"
        guard claimed.attempt < settings.maxAttempts else {
            logger.error("An event was set aside after its last attempt", metadata: ["error": "\(failure)"])
            return try await store.bury(claimed, failure)
        }
        let delay = min(settings.firstDelay * (1 << min(claimed.attempt - 1, 20)), settings.longestDelay)
        logger.notice("An event comes again", metadata: ["error": "\(failure)", "in": "\(delay)"])
        try await store.retry(claimed, after: delay, failure)
    }
}

/// What several tasks change.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}

/// The subscribers took longer than they may.
private struct TooSlow: Error {}

private func withDeadline(
    _ end: ContinuousClock.Instant, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(until: end)
            throw TooSlow()
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}

package import FoundationEssentials
import Kernel
package import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Sends what waits for webhooks: each delivery at least once, in no promised order.
///
/// Any number of nodes may run one. Deliveries are claimed in batches, in turns of endpoints and tenants, each with a bounded
/// number at a time. Endpoints that fail or answer slowly have places of their own: however many they are, whoever answers
/// waits for none of them. There is no thread and no queue for an endpoint; what is not taken stays in the database.
package struct DeliveryPump: Service {
    /// How many deliveries of a pace may be on their way.
    package struct Shares: Sendable {
        package var places: Int
        package var ofTenant: Int
        package var ofEndpoint: Int
    }

    /// How a pump works; the defaults suit a server.
    package struct Settings: Sendable {
        package var quick = Shares(places: 48, ofTenant: 24, ofEndpoint: 8)
        package var slow = Shares(places: 24, ofTenant: 8, ofEndpoint: 1)
        /// Longer than an attempt takes: what is not settled then is taken up by whoever comes first.
        package var lease: Duration = .seconds(60)
        package var pollInterval: Duration = .seconds(1)

        package init() {}
    }

    private let messaging: Messaging
    private let settings: Settings
    private let clock: @Sendable () -> Date
    private let logger: Logger
    private let lanes: [DeliveryLane]

    package init(
        messaging: Messaging, settings: Settings = Settings(), clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.messaging = messaging
        self.settings = settings
        self.clock = clock
        self.logger = logger
        lanes = [DeliveryLane(.quick, settings.quick), DeliveryLane(.slow, settings.slow)]
    }

    /// Runs until asked to stop; what is on its way is settled first.
    package func run() async throws {
        lanes.forEach { $0.call() }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await withDiscardingTaskGroup { group in
                        for lane in lanes { group.addTask { await work(lane) } }
                    }
                    try Task.checkCancellation()
                }
                group.addTask {
                    for await _ in messaging.database.notifications(DeliveryStore.channel) {
                        lanes.forEach { $0.call() }
                    }
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: settings.pollInterval)
                        lanes.forEach { $0.call() }
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            lanes.forEach { $0.finish() }
        }
    }

    private func work(_ lane: DeliveryLane) async {
        await withDiscardingTaskGroup { group in
            for await _ in lane.calls {
                do {
                    while case let free = lane.free, free > 0, !Task.isCancelled, !Task.isShuttingDownGracefully {
                        let claimed = try await claim(free, lane)
                        for (tenant, batch) in Dictionary(grouping: claimed, by: \.tenant) {
                            group.addTask { await send(batch, of: tenant, lane) }
                        }
                        // All that there was: whatever comes, or ends, calls.
                        if claimed.count < free { break }
                    }
                } catch  where !(error is CancellationError) {
                    logger.warning("Deliveries cannot be claimed", metadata: ["error": "\(error)"])
                } catch {}
            }
        }
    }

    private func claim(_ free: Int, _ lane: DeliveryLane) async throws -> [ClaimedDelivery] {
        let claimed = try await DeliveryClaims(database: messaging.database).claim(
            lane.pace, limit: free, lane.shares, beside: lane.atHand, lease: settings.lease, at: clock())
        lane.enter(claimed)
        return claimed
    }

    private func send(_ batch: [ClaimedDelivery], of tenant: TenantID, _ lane: DeliveryLane) async {
        let claimed = Dictionary(uniqueKeysWithValues: batch.map { ($0.delivery, $0) })
        await messaging.deliver(batch.map(\.delivery), in: TenantScope(tenant: tenant), clock: clock) { id, error in
            if let error, !(error is CancellationError) {
                logger.warning(
                    "A delivery could not be settled, so it comes again",
                    metadata: ["delivery": "\(id)", "tenant": "\(tenant)", "error": "\(error)"])
            }
            if let one = claimed[id] { lane.leave(one) }
        }
    }
}

/// The places of one pace.
private final class DeliveryLane: Sendable {
    let pace: Webhook.Pace
    let shares: DeliveryPump.Shares
    let calls: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex(DeliveryShares())

    init(_ pace: Webhook.Pace, _ shares: DeliveryPump.Shares) {
        self.pace = pace
        self.shares = shares
        (calls, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var atHand: DeliveryShares { state.withLock { $0 } }
    var free: Int { shares.places - state.withLock { $0.taken } }

    func enter(_ claimed: [ClaimedDelivery]) { state.withLock { $0.enter(claimed) } }

    func leave(_ one: ClaimedDelivery) {
        state.withLock { $0.leave(one) }
        call()
    }

    func call() { continuation.yield() }
    func finish() { continuation.finish() }
}

package import FoundationEssentials
package import Jobs
import Kernel
package import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Sends what waits for webhooks: each delivery at least once, in no promised order.
///
/// Any number of nodes may run one. What waits is looked up when there is news of it, and every second; deliveries are
/// claimed in batches, in turns of endpoints and tenants, each with a bounded number at a time. Endpoints that fail or
/// answer slowly have places and turns of their own: however many they are, whoever answers waits for none of them, and
/// none of the statements that serve them looks at them. There is no thread and no queue for an endpoint; what is not taken
/// stays in the database.
package struct DeliveryPump: Service {
    /// How a pump works; the defaults suit a server.
    package struct Settings: Sendable {
        package var quick = FairShares(places: 48, ofTenant: 24, ofLine: 8)
        package var slow = FairShares(places: 24, ofTenant: 8, ofLine: 1)
        /// Longer than an attempt takes: what is not settled then is taken up by whoever comes first.
        package var lease: Duration = .seconds(60)
        package var pollInterval: Duration = .seconds(1)
        /// Where few places are free, those that come free in the meantime are filled by the same statement.
        package var gathering: Duration = .milliseconds(4)

        package init() {}
    }

    private let messaging: Messaging
    private let settings: Settings
    private let clock: @Sendable () -> Date
    private let logger: Logger
    private let lanes: [DeliveryLane]
    private let bell = DeliveryBell()

    package init(
        messaging: Messaging, settings: Settings = Settings(), clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.messaging = messaging
        self.settings = settings
        self.clock = clock
        self.logger = logger
        lanes = [DeliveryLane(.quick, settings.quick), DeliveryLane(.slow, settings.slow)]
    }

    private var claims: DeliveryClaims { DeliveryClaims(database: messaging.database) }

    /// Runs until asked to stop; what is on its way is settled first.
    package func run() async throws {
        bell.ring()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await withDiscardingTaskGroup { group in
                        for lane in lanes { group.addTask { await work(lane) } }
                    }
                    try Task.checkCancellation()
                }
                group.addTask { await look() }
                group.addTask {
                    for await text in messaging.database.notifications(DeliveryStore.channel) {
                        bell.ring(for: TenantID(text))
                    }
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: settings.pollInterval)
                        bell.ring()
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            lanes.forEach { $0.wake.stop() }
        }
    }

    /// Finds out for whom something waits, whenever there is news.
    private func look() async {
        for await _ in bell.wake.calls {
            guard !Task.isCancelled else { return }
            do {
                let waiting =
                    switch bell.news() {
                    case .all: try await claims.waiting(at: clock())
                    case .tenants(let tenants): try await claims.waiting(of: tenants, at: clock())
                    }
                for lane in lanes { lane.hear(waiting.filter { $0.1 == lane.pace }.map(\.0)) }
            } catch  where !(error is CancellationError) {
                // The next look around finds them.
                logger.warning("What waits for webhooks cannot be looked up", metadata: ["error": "\(error)"])
            } catch {}
        }
        // The lanes decide when all of it is over.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
    }

    private func work(_ lane: DeliveryLane) async {
        await withDiscardingTaskGroup { group in
            for await _ in lane.wake.calls {
                do {
                    if lane.isNearlyFull { try await Task.sleep(for: settings.gathering) }
                    while let turn = lane.next(), !Task.isCancelled, !Task.isShuttingDownGracefully {
                        let claimed = try await claims.claim(lane.pace, turn, lease: settings.lease, at: clock())
                        lane.enter(claimed, of: turn)
                        for (tenant, batch) in Dictionary(grouping: claimed, by: \.tenant) {
                            group.addTask { await send(batch, of: tenant, lane) }
                        }
                    }
                } catch  where !(error is CancellationError) {
                    logger.warning("Deliveries cannot be claimed", metadata: ["error": "\(error)"])
                } catch {}
            }
        }
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

/// The places of one pace, and who waits for them.
private final class DeliveryLane: Sendable {
    let pace: Webhook.Pace
    let shares: FairShares
    let wake = Wake()
    private let state = Mutex(DeliveryQueue())

    init(_ pace: Webhook.Pace, _ shares: FairShares) {
        self.pace = pace
        self.shares = shares
    }

    /// A sixth of the places are worth a statement.
    var isNearlyFull: Bool { state.withLock { $0.hand.taken > shares.places - max(1, shares.places / 6) } }

    func next() -> DeliveryQueue.Turn? { state.withLock { $0.next(shares) } }

    func hear(_ endpoints: [WaitingEndpoint]) {
        guard !endpoints.isEmpty else { return }
        state.withLock { $0.hear(endpoints) }
        wake.call()
    }

    func enter(_ claimed: [ClaimedDelivery], of turn: DeliveryQueue.Turn) {
        state.withLock { $0.enter(claimed, of: turn) }
    }

    func leave(_ one: ClaimedDelivery) {
        let isAnybodyWaiting = state.withLock { queue in
            queue.leave(one)
            return !queue.isEmpty
        }
        if isAnybodyWaiting { wake.call() }
    }
}

/// News of what waits, gathered until somebody looks.
private final class DeliveryBell: Sendable {
    enum News: Sendable {
        case all
        case tenants([TenantID])
    }

    private struct State {
        var isAll = false
        var tenants: Set<TenantID> = []
    }

    /// More than these are looked for as all.
    private static let fewTenants = 100

    let wake = Wake()
    private let state = Mutex(State())

    /// Something waits for a tenant's endpoints; nobody knows whose for nil.
    func ring(for tenant: TenantID? = nil) {
        state.withLock { state in
            if let tenant { state.tenants.insert(tenant) } else { state.isAll = true }
        }
        wake.call()
    }

    func news() -> News {
        state.withLock { state in
            defer { state = State() }
            return state.isAll || state.tenants.count > Self.fewTenants ? .all : .tenants(Array(state.tenants))
        }
    }
}

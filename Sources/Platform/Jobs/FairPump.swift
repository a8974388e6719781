package import Kernel
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// Brings what waits in lines to its receivers, each at least once, in no promised order.
///
/// Any number of nodes may run one. What is due is claimed in batches, in turns of lines and tenants, each with a bounded
/// number at a time. Whoever fails or is slow has places of their own: however many they are, whoever answers waits for none
/// of them. A place is free as soon as its item is done, whatever else was taken with it. There is no thread and no queue
/// for a line; what is not taken stays in the database.
package struct FairPump<Item: FairItem>: Service {
    /// Takes items that are due: how many at most, with how many on their way, beside what is at hand.
    package typealias Claim = @Sendable (_ limit: Int, _ most: FairShares, _ beside: FairHand) async throws -> [Item]
    /// Deals with items of one tenant, all at once, and says of each when it is done.
    package typealias Send = @Sendable ([Item], TenantID, _ ended: @escaping @Sendable (Item) -> Void) async -> Void

    private let database: Database
    private let channel: String
    private let pollInterval: Duration
    private let send: Send
    private let logger: Logger
    private let lanes: [FairLane<Item>]

    /// `channel` is where the database says that there is something new.
    package init(
        _ database: Database, channel: String, pollInterval: Duration, lanes: [(shares: FairShares, claim: Claim)],
        logger: Logger, send: @escaping Send
    ) {
        self.database = database
        self.channel = channel
        self.pollInterval = pollInterval
        self.send = send
        self.logger = logger
        self.lanes = lanes.map { FairLane($0.shares, $0.claim) }
    }

    /// Runs until asked to stop; what is on its way is done first.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await withDiscardingTaskGroup { group in
                        for lane in lanes { group.addTask { await work(lane) } }
                    }
                    try Task.checkCancellation()
                }
                group.addTask {
                    for await _ in database.notifications(channel) { lanes.forEach { $0.wake.call() } }
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: pollInterval)
                        lanes.forEach { $0.wake.call() }
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            lanes.forEach { $0.wake.stop() }
        }
    }

    /// Takes what is due once and waits for all of it; how many items those were.
    package func round() async throws -> Int {
        var count = 0
        for lane in lanes {
            let claimed = try await lane.take(lane.free)
            count += claimed.count
            await withDiscardingTaskGroup { group in
                for (tenant, batch) in Dictionary(grouping: claimed, by: \.tenant) {
                    group.addTask { await deal(with: batch, of: tenant, lane) }
                }
            }
        }
        return count
    }

    private func work(_ lane: FairLane<Item>) async {
        await withDiscardingTaskGroup { group in
            for await _ in lane.wake.calls {
                do {
                    while case let free = lane.free, free > 0, !Task.isCancelled, !Task.isShuttingDownGracefully {
                        let claimed = try await lane.take(free)
                        for (tenant, batch) in Dictionary(grouping: claimed, by: \.tenant) {
                            group.addTask { await deal(with: batch, of: tenant, lane) }
                        }
                        // All that there was: whatever comes, or ends, calls.
                        if claimed.count < free { break }
                    }
                } catch  where !(error is CancellationError) {
                    logger.warning("Nothing can be claimed", metadata: ["channel": "\(channel)", "error": "\(error)"])
                } catch {}
            }
        }
    }

    private func deal(with batch: [Item], of tenant: TenantID, _ lane: FairLane<Item>) async {
        let open = OpenItems(Set(batch))
        await send(batch, tenant) { item in
            if open.remove(item) { lane.leave(item) }
        }
        open.rest.forEach(lane.leave)
    }
}

/// The places of a lane.
final class FairLane<Item: FairItem>: Sendable {
    private struct State {
        var hand = FairHand()
        /// Nil while nobody knows: during a claim, and after one that has failed.
        var crowd: FairCrowd?
    }

    let wake = Wake()
    private let shares: FairShares
    private let claim: FairPump<Item>.Claim
    private let state = Mutex(State())

    init(_ shares: FairShares, _ claim: @escaping FairPump<Item>.Claim) {
        self.shares = shares
        self.claim = claim
    }

    var free: Int { shares.places - state.withLock { $0.hand.taken } }

    func take(_ free: Int) async throws -> [Item] {
        guard free > 0 else { return [] }
        var hand = state.withLock { state in
            state.crowd = nil
            return state.hand
        }
        let claimed = try await claim(free, shares, hand)
        hand.enter(claimed)
        let crowd = FairCrowd(hand, shares, isFull: claimed.count >= free)
        state.withLock { state in
            state.hand.enter(claimed)
            state.crowd = crowd
        }
        return claimed
    }

    /// Calls if somebody may wait for its place: what is new, or due later, calls by itself.
    func leave(_ item: Item) {
        let isAwaited = state.withLock { state in
            state.hand.leave(item)
            return state.crowd?.mayWait(for: item) ?? true
        }
        if isAwaited { wake.call() }
    }
}

/// Items of a batch that are not done.
private final class OpenItems<Item: FairItem>: Sendable {
    private let items: Mutex<Set<Item>>

    init(_ items: Set<Item>) {
        self.items = Mutex(items)
    }

    var rest: Set<Item> { items.withLock { $0 } }
    func remove(_ item: Item) -> Bool { items.withLock { $0.remove(item) != nil } }
}

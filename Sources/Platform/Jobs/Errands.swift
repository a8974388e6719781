package import Kernel
import ServiceLifecycle
import Synchronization

/// Does work to its end for callers who cannot wait for it: whoever has not heard in time hears that it goes on.
///
/// It is done while this runs; a few at a time in all and of each tenant, and what is more is refused at once, so that
/// nothing piles up. When half of the places are taken a tenant may have a quarter of its share, and the last quarter of the
/// places is for tenants that have none: a few whose work is slow leave room for all others. A shutdown waits for what has
/// begun.
package struct Errands: Service {
    /// What a caller hears.
    package enum Answer<Result: Sendable>: Sendable {
        case done(Result)
        /// It goes on, and nobody waits for it any more.
        case underWay
        /// It was not begun: there is too much at once, or this node goes down.
        case refused
    }

    private let hand: PlacesAtHand
    private let line: AsyncStream<@Sendable () async -> Void>
    private let entrance: AsyncStream<@Sendable () async -> Void>.Continuation

    package init(places: Int, ofTenant: Int) {
        hand = PlacesAtHand(TenantPlaces(places: places, ofTenant: ofTenant))
        (line, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(places))
    }

    /// Runs until asked to stop; what has begun is done first.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await errand in line { group.addTask { await errand() } }
            }
        } onGracefulShutdown: {
            entrance.finish()
        }
        try Task.checkCancellation()
    }

    /// Has work done, and waits for what comes of it, but no longer than that. `late` gets what nobody waits for any more.
    package func answer<Result: Sendable>(
        for tenant: TenantID, within time: Duration, to work: @escaping @Sendable () async -> Result,
        late: @escaping @Sendable (Result) async -> Void
    ) async -> Answer<Result> {
        guard hand.enter(tenant) else { return .refused }
        let (calls, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let slot = Slot<Result>()
        let begun = entrance.yield { [hand] in
            let result = await work()
            if slot.put(result) { bell.finish() } else { await late(result) }
            hand.leave(tenant)
        }
        guard case .enqueued = begun else {
            hand.leave(tenant)
            return .refused
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in calls {} }
            group.addTask { try? await Task.sleep(for: time) }
            await group.next()
            group.cancelAll()
        }
        return slot.close().map { .done($0) } ?? .underWay
    }
}

/// Where a result is put down as long as somebody waits for it.
private final class Slot<Result: Sendable>: Sendable {
    private enum State {
        case open, closed
        case full(Result)
    }

    private let state = Mutex(State.open)

    /// False if nobody waits any more.
    func put(_ result: Result) -> Bool {
        state.withLock { state in
            guard case .open = state else { return false }
            state = .full(result)
            return true
        }
    }

    /// What is there; nothing is taken in any more.
    func close() -> Result? {
        state.withLock { state in
            defer { state = .closed }
            if case .full(let result) = state { return result }
            return nil
        }
    }
}

/// How many there may be at once, and of a tenant.
package struct TenantPlaces: Sendable {
    package let places: Int
    private let ofTenant: Int

    package init(places: Int, ofTenant: Int) {
        self.places = places
        self.ofTenant = ofTenant
    }

    /// How many of a tenant, when so many are taken: a few tenants with many leave room for all others.
    package func share(with taken: Int) -> Int {
        taken < places / 2 ? ofTenant : taken < places * 3 / 4 ? max(1, ofTenant / 4) : 1
    }
}

/// How much goes on at once.
private final class PlacesAtHand: Sendable {
    private let most: TenantPlaces
    private let taken = Mutex<[TenantID: Int]>([:])

    init(_ most: TenantPlaces) { self.most = most }

    func enter(_ tenant: TenantID) -> Bool {
        taken.withLock { taken in
            let all = taken.values.reduce(0, +)
            guard all < most.places, taken[tenant, default: 0] < most.share(with: all) else { return false }
            taken[tenant, default: 0] += 1
            return true
        }
    }

    func leave(_ tenant: TenantID) {
        taken.withLock { taken in taken[tenant] = taken[tenant].flatMap { $0 > 1 ? $0 - 1 : nil } }
    }
}

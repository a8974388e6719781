package import FoundationEssentials
import Kernel
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// How a pump works.
package struct FairSettings: Sendable {
    package var quick: FairShares
    /// Of those who fail or are slow: however many they are, whoever answers waits for none of them.
    package var slow: FairShares?
    /// Longer than an attempt takes: what is not settled then is taken up by whoever comes first.
    package var lease: Duration
    package var pollInterval: Duration = .seconds(1)
    /// Where few places are free, those that come free in the meantime are filled by the same statement.
    package var gathering: Duration = .milliseconds(4)

    package init(quick: FairShares, slow: FairShares? = nil, lease: Duration) {
        self.quick = quick
        self.slow = slow
        self.lease = lease
    }
}

/// Brings what waits in lines to its receivers, each at least once, in no promised order.
///
/// Any number of nodes may run one. What waits is looked up when there is news of it, and every second; it is claimed in
/// batches, in turns of lines and tenants, each with a bounded number at a time. Lines whose receivers fail or answer slowly
/// have places and turns of their own, and none of the statements that serve the others looks at them. A place is free as
/// soon as its item is done, whatever else was taken with it. There is no thread and no queue for a line; what is not taken
/// stays in the database.
package struct FairPump<Work: FairWork>: Service {
    private let work: Work
    private let database: Database
    private let settings: FairSettings
    private let clock: @Sendable () -> Date
    private let logger: Logger
    private let lanes: [FairLane<Work.Kind>]
    private let bell = FairBell()

    package init(
        _ work: Work, on database: Database, settings: FairSettings, clock: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.work = work
        self.database = database
        self.settings = settings
        self.clock = clock
        var logger = logger
        logger[metadataKey: "pump"] = "\(Work.channel)"
        self.logger = logger
        let slow = settings.slow.map { FairLane<Work.Kind>(.slow, $0) }
        lanes = [FairLane(.quick, settings.quick)] + (slow.map { [$0] } ?? [])
    }

    private var claims: FairClaims<Work> { FairClaims(work, on: database) }

    /// Runs until asked to stop; what is on its way is settled first.
    package func run() async throws {
        bell.ring()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await withDiscardingTaskGroup { group in
                        for lane in lanes { group.addTask { await serve(lane) } }
                    }
                    try Task.checkCancellation()
                }
                group.addTask { await look() }
                group.addTask {
                    for await text in database.notifications(Work.channel) { bell.ring(for: TenantID(text)) }
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

    /// Takes what is due once and waits for all of it; how many items those were.
    package func round() async throws -> Int {
        tell(try await claims.waiting(at: clock()))
        var count = 0
        for lane in lanes {
            guard let turn = lane.next() else { continue }
            let batches = try await take(turn, lane)
            count += batches.reduce(0) { $0 + $1.value.count }
            await withDiscardingTaskGroup { group in
                for (tenant, batch) in batches { group.addTask { await deal(with: batch, of: tenant, lane) } }
            }
        }
        return count
    }

    /// Finds out in which lines something waits, whenever there is news.
    private func look() async {
        for await _ in bell.wake.calls {
            guard !Task.isCancelled else { return }
            do {
                switch bell.news() {
                case .all: tell(try await claims.waiting(at: clock()))
                case .tenants(let tenants): tell(try await claims.waiting(of: tenants, at: clock()))
                }
            } catch  where !(error is CancellationError) {
                // The next look around finds them.
                logger.warning("What waits cannot be looked up", metadata: ["error": "\(error)"])
            } catch {}
        }
        // The lanes decide when all of it is over.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
    }

    private func tell(_ waiting: [(line: FairLine, pace: FairPace)]) {
        for lane in lanes { lane.hear(waiting.filter { $0.pace == lane.pace }.map(\.line)) }
    }

    private func serve(_ lane: FairLane<Work.Kind>) async {
        await withDiscardingTaskGroup { group in
            for await _ in lane.wake.calls {
                do {
                    if lane.isNearlyFull { try await Task.sleep(for: settings.gathering) }
                    while let turn = lane.next(), !Task.isCancelled, !Task.isShuttingDownGracefully {
                        for (tenant, batch) in try await take(turn, lane) {
                            group.addTask { await deal(with: batch, of: tenant, lane) }
                        }
                    }
                } catch  where !(error is CancellationError) {
                    logger.warning("Nothing can be claimed", metadata: ["error": "\(error)"])
                } catch {}
            }
        }
    }

    private func take(
        _ turn: FairTurn, _ lane: FairLane<Work.Kind>
    ) async throws -> [TenantID: [FairItem<Work.Kind>]] {
        let claimed = try await claims.claim(lane.pace, turn, lease: settings.lease, at: clock())
        lane.enter(claimed, of: turn)
        return Dictionary(grouping: claimed, by: \.line.tenant)
    }

    private func deal(with batch: [FairItem<Work.Kind>], of tenant: TenantID, _ lane: FairLane<Work.Kind>) async {
        let open = OpenItems(batch)
        @Sendable func warn(_ error: any Error, _ what: String) {
            guard !(error is CancellationError) else { return }
            logger.warning(
                "It could not be settled, so it comes again",
                metadata: ["what": "\(what)", "tenant": "\(tenant)", "error": "\(error)"])
        }
        do {
            try await work.deal(with: batch.map(\.id), in: TenantScope(tenant: tenant), clock: clock) { id, error in
                if let error { warn(error, id.text) }
                if let item = open.remove(id) { lane.leave(item) }
            }
        } catch {
            warn(error, "all of the tenant")
        }
        open.rest.forEach(lane.leave)
    }
}

/// The places of one pace, and who waits for them.
final class FairLane<Kind: IDKind>: Sendable {
    let pace: FairPace
    let wake = Wake()
    private let shares: FairShares
    private let turns = Mutex(FairTurns<Kind>())

    init(_ pace: FairPace, _ shares: FairShares) {
        self.pace = pace
        self.shares = shares
    }

    /// A sixth of the places are worth a statement.
    var isNearlyFull: Bool { turns.withLock { $0.taken > shares.places - max(1, shares.places / 6) } }

    func next() -> FairTurn? { turns.withLock { $0.next(shares) } }

    func hear(_ lines: [FairLine]) {
        guard !lines.isEmpty else { return }
        turns.withLock { $0.hear(lines) }
        wake.call()
    }

    func enter(_ claimed: [FairItem<Kind>], of turn: FairTurn) { turns.withLock { $0.enter(claimed, of: turn) } }

    /// Calls only if somebody waits for the place.
    func leave(_ item: FairItem<Kind>) {
        let isAnybodyWaiting = turns.withLock { turns in
            turns.leave(item)
            return !turns.isEmpty
        }
        if isAnybodyWaiting { wake.call() }
    }
}

/// News of what waits, gathered until somebody looks.
private final class FairBell: Sendable {
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

    /// Something waits in a tenant's lines; nobody knows whose for nil.
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

/// Items of a batch that are not done.
private final class OpenItems<Kind: IDKind>: Sendable {
    private let items: Mutex<[ID<Kind>: FairItem<Kind>]>

    init(_ items: [FairItem<Kind>]) {
        self.items = Mutex(Dictionary(items.map { ($0.id, $0) }) { first, _ in first })
    }

    var rest: [FairItem<Kind>] { items.withLock { Array($0.values) } }
    func remove(_ id: ID<Kind>) -> FairItem<Kind>? { items.withLock { $0.removeValue(forKey: id) } }
}

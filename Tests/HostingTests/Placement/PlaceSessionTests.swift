import GatewayContract
import Kernel
import Sessions
import Testing

@testable import Hosting

@Suite struct PlaceSessionTests {
    static func worker(
        _ place: WorkerPlace = WorkerPlace(pool: "default"), state: WorkerState = .active, isConnected: Bool = true,
        sessions: Int = 0, load: Int = 0, processors: Int = 2, web: String = "ws://w"
    ) -> PlacedWorker {
        PlacedWorker(
            id: .new(), place: place, state: state, isConnected: isConnected, sessions: sessions, load: load,
            processors: processors, sshEndpoint: "h:22", webEndpoint: web)
    }

    let anywhere = PlaceSession(pinning: .shared, rule: nil, entrance: .web)

    func share(of worker: PlacedWorker, among workers: [PlacedWorker], _ place: PlaceSession) -> Double {
        let count = (0..<4000).count { place(among: workers, seed: "seed-\($0)")?.id == worker.id }
        return Double(count) / 4000
    }

    @Test func `the same seed leads to the same worker, whatever the order`() {
        let workers = (0..<5).map { _ in Self.worker() }
        for seed in 0..<100 {
            let first = anywhere(among: workers, seed: "\(seed)")
            #expect(first == anywhere(among: workers.reversed(), seed: "\(seed)"))
        }
    }

    @Test func `equal workers get equal shares, and a busy one gets less by what it has left`() {
        let equal = (0..<4).map { _ in Self.worker() }
        for worker in equal { #expect(abs(share(of: worker, among: equal, anywhere) - 0.25) < 0.05) }
        // A tenth of two processors is gone: half of what the other has.
        let busy = Self.worker(load: 20)
        let crowded = Self.worker(sessions: 100)
        let idle = Self.worker()
        let workers = [busy, crowded, idle]
        #expect(abs(share(of: idle, among: workers, anywhere) - 0.5) < 0.05)
        #expect(abs(share(of: busy, among: workers, anywhere) - 0.25) < 0.05)
        #expect(abs(share(of: crowded, among: workers, anywhere) - 0.25) < 0.05)
    }

    @Test func `when a worker goes, only those move whom it served`() {
        let workers = (0..<6).map { _ in Self.worker() }
        let left = Array(workers.dropFirst())
        for seed in 0..<500 {
            let before = anywhere(among: workers, seed: "\(seed)")
            guard before?.id != workers[0].id else { continue }
            #expect(anywhere(among: left, seed: "\(seed)") == before)
        }
    }

    @Test(arguments: [WorkerState.draining, .quarantined, .removed])
    func `a worker that takes no sessions is never chosen`(state: WorkerState) {
        #expect(anywhere(among: [Self.worker(state: state)], seed: "x") == nil)
        let other = Self.worker(load: 10_000)
        #expect(anywhere(among: [Self.worker(state: state), other], seed: "x") == other)
    }

    @Test func `a tenant's sessions never leave its pools and labels, even if nobody is there`() {
        let gold = WorkerLabel(key: "tier", value: "gold")
        let pinning = TenantPinning(pools: ["acme", "spare"], labels: [gold])
        let place = PlaceSession(pinning: pinning, rule: nil, entrance: .web)
        let right = [
            Self.worker(WorkerPlace(pool: "acme", labels: [gold])),
            Self.worker(WorkerPlace(pool: "spare", labels: [WorkerLabel(key: "x", value: "y"), gold])),
        ]
        let wrong = [
            Self.worker(), Self.worker(WorkerPlace(pool: "acme")),
            Self.worker(WorkerPlace(pool: "other", labels: [gold])),
            Self.worker(WorkerPlace(pool: "acme", labels: [WorkerLabel(key: "tier", value: "silver")])),
        ]
        for seed in 0..<200 {
            let chosen = place(among: wrong + right, seed: "\(seed)")
            #expect(right.contains { $0.id == chosen?.id })
        }
        #expect(place(among: wrong, seed: "x") == nil)
        // Nobody who is bound to nothing ends up in somebody's own pool.
        #expect(anywhere(among: right, seed: "x") == nil)
    }

    @Test func `a rule leads to where it points, and to anywhere if nobody is there`() throws {
        let east = Self.worker(WorkerPlace(pool: "default", region: "east"))
        let west = Self.worker(WorkerPlace(pool: "default", region: "west"))
        let rule = try EndpointRule(name: "east", region: "east")
        let place = PlaceSession(pinning: .shared, rule: rule, entrance: .web)
        for seed in 0..<50 { #expect(place(among: [west, east], seed: "\(seed)") == east) }
        #expect(place(among: [west], seed: "x") == west)
        // A rule widens nothing.
        let away = try EndpointRule(name: "away", pools: ["acme"])
        let foreign = Self.worker(WorkerPlace(pool: "acme"))
        #expect(PlaceSession(pinning: .shared, rule: away, entrance: .web)(among: [foreign], seed: "x") == nil)
    }

    @Test func `one that is there is better than one that is not, and ssh is told the latter rather than nothing`() {
        let gone = Self.worker(isConnected: false)
        let there = Self.worker(load: 5000)
        let ssh = PlaceSession(pinning: .shared, rule: nil, entrance: .ssh)
        #expect(anywhere(among: [gone, there], seed: "x") == there)
        #expect(ssh(among: [gone, there], seed: "x") == there)
        #expect(anywhere(among: [gone], seed: "x") == nil)
        #expect(ssh(among: [gone], seed: "x") == gone)
    }

    @Test func `a worker without a web terminal is not chosen for one`() {
        #expect(anywhere(among: [Self.worker(web: "")], seed: "x") == nil)
    }
}

import Testing

@testable import GatewayCore

@Suite struct FairQueueTests {
    typealias Queue = FairQueue<String, Int>

    /// Numbers that look random and are the same in every run.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
        }
    }

    /// Serves so many turns; each moves at most what it may, and a random part of it at that. Everybody always has more.
    func serve(_ queue: inout Queue, turns: Int, seed: UInt64) -> [String: Int] {
        var numbers = Numbers(state: seed)
        var served: [String: Int] = [:]
        for _ in 0..<turns {
            guard let turn = queue.next() else { break }
            let moved = Int.random(in: 1...turn.allowance, using: &numbers)
            served[turn.tenant, default: 0] += moved
            queue.charge(moved, to: turn.tenant)
            queue.add(turn.item, of: turn.tenant)
        }
        return served
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whoever wants more than there is gets the same, with however many sessions`(seed: UInt64) {
        var queue = Queue(quantum: 1000)
        for item in 0..<50 { queue.add(item, of: "crowd") }
        queue.add(100, of: "one")
        for item in 200..<203 { queue.add(item, of: "few") }
        let served = serve(&queue, turns: 5000, seed: seed)
        let amounts = ["crowd", "one", "few"].map { served[$0] ?? 0 }
        // Deficit round robin: nobody is ever more than two quanta ahead.
        #expect((amounts.max() ?? 0) - (amounts.min() ?? 0) <= 2000, "\(served)")
    }

    @Test func `the sessions of one tenant take turns`() {
        var queue = Queue(quantum: 10)
        for item in 0..<5 { queue.add(item, of: "a") }
        var order: [Int] = []
        for _ in 0..<10 {
            guard let turn = queue.next() else { break }
            order.append(turn.item)
            queue.charge(10, to: "a")
            queue.add(turn.item, of: "a")
        }
        #expect(order == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    }

    @Test func `somebody quiet comes before those who flood`() {
        var queue = Queue(quantum: 1000)
        for item in 0..<20 { queue.add(item, of: "flood") }
        _ = serve(&queue, turns: 100, seed: 1)
        #expect(queue.headroom(of: "flood") == 0)
        #expect(queue.headroom(of: "quiet") == 1000)
        queue.add(99, of: "quiet")
        #expect(queue.next()?.tenant == "quiet")
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `coming and going is no way to get more`(seed: UInt64) {
        var queue = Queue(quantum: 1000)
        queue.add(1, of: "steady")
        var numbers = Numbers(state: seed)
        var served: [String: Int] = [:]
        for _ in 0..<3000 {
            // The jumper takes what it may at once, and leaves the line each time.
            let headroom = queue.headroom(of: "jumper")
            if headroom > 0 {
                served["jumper", default: 0] += headroom
                queue.charge(headroom, to: "jumper")
            }
            guard let turn = queue.next() else { break }
            let moved = Int.random(in: 1...turn.allowance, using: &numbers)
            served[turn.tenant, default: 0] += moved
            queue.charge(moved, to: turn.tenant)
            queue.add(turn.item, of: turn.tenant)
        }
        let (steady, jumper) = (served["steady"] ?? 0, served["jumper"] ?? 0)
        #expect(jumper <= steady + 4000, "\(served)")
        #expect(steady > 100_000)
    }

    @Test func `nothing is lost, nothing comes twice, and an empty line forgets what was charged`() {
        var queue = Queue(quantum: 100)
        for item in 0..<30 { queue.add(item, of: ["a", "b", "c"][item % 3]) }
        queue.remove(7, of: "b")
        queue.remove(7, of: "b")
        #expect(queue.count == 29)
        var seen: [Int] = []
        while let turn = queue.next() {
            seen.append(turn.item)
            queue.charge(70, to: turn.tenant)
        }
        #expect(seen.sorted() == Array(0..<30).filter { $0 != 7 })
        #expect(queue.count == 0)
        for tenant in ["a", "b", "c"] { #expect(queue.headroom(of: tenant) == 100) }
    }

    @Test func `who stands in line does not pass it by`() {
        var queue = Queue(quantum: 100)
        queue.charge(40, to: "a")
        #expect(queue.headroom(of: "a") == 60)
        queue.add(1, of: "a")
        #expect(queue.headroom(of: "a") == 0)
        #expect(queue.isWaiting(1, of: "a"))
    }
}

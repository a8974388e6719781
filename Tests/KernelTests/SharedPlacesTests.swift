import Testing

@testable import Kernel

@Suite struct SharedPlacesTests {
    /// Companies that take what they are given, and leave.
    private struct Room {
        let places: SharedPlaces
        var own: [Int: Int] = [:]
        var taken: Int { own.values.reduce(0, +) }

        @discardableResult
        mutating func take(_ company: Int) -> Bool {
            guard places.hasRoom(forOneWith: own[company, default: 0], taken: taken) else { return false }
            own[company, default: 0] += 1
            return true
        }

        /// How many of so many wishes are granted.
        mutating func take(_ company: Int, times: Int) -> Int { (0..<times).count { _ in take(company) } }

        mutating func leave(_ company: Int) {
            if own[company, default: 0] > 0 { own[company, default: 0] -= 1 }
        }
    }

    @Test func `one company has its share and no more, and two leave the reserve to others`() {
        var room = Room(places: SharedPlaces(all: 5000, ofOne: 2500))
        #expect(room.take(1, times: 6000) == 2500)
        #expect(room.take(2, times: 6000) == 1500)
        // With few, there is room; with more than that, there is none while the others stay.
        #expect(room.take(3, times: 6000) == 20)
        room.leave(1)
        #expect(room.take(3, times: 1) == 0)
        for _ in 0..<20 { room.leave(1) }
        #expect(room.take(3, times: 2) == 1)
        #expect(room.take(2, times: 1) == 0)
    }

    @Test func `as many companies as the reserve has shares come in with few each, and nobody past the last place`() {
        var room = Room(places: SharedPlaces(all: 5000, ofOne: 2500))
        for company in 1...2 { _ = room.take(company, times: 6000) }
        for company in 3..<53 { #expect(room.take(company, times: 21) == 20, "\(company)") }
        #expect(room.taken == 5000)
        #expect(room.take(53, times: 1) == 0)
    }

    @Test(arguments: [(5000, 2500), (500, 400), (40, 40), (10, 10)])
    func `whatever two companies do, a third still gets in`(_ all: Int, _ ofOne: Int) {
        for seed in 0..<8 {
            var numbers = AdmissionBookTests.Numbers(state: UInt64(seed))
            var room = Room(places: SharedPlaces(all: all, ofOne: ofOne))
            // Some only take, others leave now and then.
            let leaving = seed % 4
            for step in 0..<(all * 3) {
                let company = Int.random(in: 1...2, using: &numbers)
                if Int.random(in: 0..<10, using: &numbers) < leaving { room.leave(company) } else { room.take(company) }
                let isIn = room.places.hasRoom(forOneWith: 0, taken: room.taken)
                guard isIn, room.own.values.allSatisfy({ $0 <= ofOne }) else {
                    Issue.record("\(room.own) after \(step) steps of \(seed)")
                    return
                }
            }
        }
    }

    @Test func `where there are few places nobody is refused for a reserve that is none`() {
        var room = Room(places: SharedPlaces(all: 3, ofOne: 2))
        #expect(room.take(1, times: 3) == 2)
        #expect(room.take(2, times: 2) == 1)
    }
}

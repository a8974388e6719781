import FoundationEssentials
import Testing

@testable import Identity

@Suite struct AttemptCounterTests {
    private let now = House.start

    @Test func `the seventh attempt locks for half an hour`() throws {
        var counter = AttemptCounter()
        for _ in 0..<AttemptCounter.most {
            #expect(!counter.isLocked(at: now))
            counter = try #require(counter.reserving(at: now))
        }
        #expect(counter.isLocked(at: now) && counter.reserving(at: now) == nil)
        #expect(counter.isLocked(at: now + AttemptCounter.lock - 1))
        #expect(!counter.isLocked(at: now + AttemptCounter.lock))
    }

    @Test func `after a lock the count begins again`() throws {
        let locked = AttemptCounter(failures: 7, lockedUntil: now)
        #expect(try #require(locked.reserving(at: now)) == AttemptCounter(failures: 1))
    }

    @Test func `an attempt that was right is given back, and its lock with it`() throws {
        let six = AttemptCounter(failures: 6)
        let reserved = try #require(six.reserving(at: now))
        #expect(reserved.isLocked(at: now))
        #expect(reserved.refunding() == six)
        #expect(AttemptCounter().refunding() == AttemptCounter())
    }
}

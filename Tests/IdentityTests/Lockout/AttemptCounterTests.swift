import FoundationEssentials
import Testing

@testable import Identity

@Suite struct AttemptCounterTests {
    private let now = House.start

    @Test func `from the seventh failure on there is a wait, twice as long each time, up to half an hour`() throws {
        var (counter, now, waits) = (AttemptCounter(), now, [TimeInterval]())
        for _ in 0..<14 {
            #expect(!counter.isLocked(at: now))
            counter = try #require(counter.reserving(at: now))
            let wait = counter.lockedUntil?.timeIntervalSince(now) ?? 0
            waits.append(wait)
            if wait > 0 { #expect(counter.isLocked(at: now + wait - 1) && counter.reserving(at: now) == nil) }
            now += wait
        }
        #expect(waits == [0, 0, 0, 0, 0, 0, 60, 120, 240, 480, 960, 1800, 1800, 1800])
    }

    @Test(arguments: [(3, 60.0), (5, 3_600), (50, 86_400)])
    func `the limits are the tenant's`(most: Int, longest: TimeInterval) {
        let limits = AttemptLimits(most: most, longest: longest)
        #expect(limits.wait(after: most - 1) == nil && limits.wait(after: most) == 60)
        #expect(limits.wait(after: most + 1) == min(longest, 120))
        // However many there are: nothing overflows.
        #expect(limits.wait(after: 1_000_000) == longest)
    }

    @Test func `a day after a wait its failures are forgotten, and not before`() throws {
        let locked = AttemptCounter(failures: 9, lockedUntil: now)
        #expect(try #require(locked.reserving(at: now)).failures == 10)
        let later = now + AttemptCounter.memory
        #expect(try #require(locked.reserving(at: later - 1)).failures == 10)
        #expect(try #require(locked.reserving(at: later)) == AttemptCounter(failures: 1))
    }

    @Test func `an attempt that was right is given back, and its lock with it`() throws {
        let six = AttemptCounter(failures: 6)
        let reserved = try #require(six.reserving(at: now))
        #expect(reserved.isLocked(at: now))
        #expect(reserved.refunding(at: now) == six)
        #expect(AttemptCounter().refunding(at: now) == AttemptCounter())
        // Beyond the limit nobody waits for it, and the next failure still costs more.
        let eight = AttemptCounter(failures: 8, lockedUntil: now)
        let ninth = try #require(eight.reserving(at: now + 5)).refunding(at: now + 5)
        #expect(ninth == AttemptCounter(failures: 8, lockedUntil: now + 5))
        #expect(!ninth.isLocked(at: now + 5))
    }
}

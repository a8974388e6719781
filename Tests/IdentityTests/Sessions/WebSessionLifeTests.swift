import FoundationEssentials
import Testing

@testable import Identity

@Suite struct WebSessionLifeTests {
    private let start = House.start

    private func life(seen: TimeInterval = 0, rotated: TimeInterval = 0) -> WebSessionLife {
        WebSessionLife(
            lastSeenAt: start + seen, rotatedAt: start + rotated, expiresAt: start + WebSessionLife.longest)
    }

    @Test func `a session lives for twelve hours at most, and an hour unused`() {
        #expect(life().verdict(on: .current, at: start) == .valid(rotate: false, touch: false))
        #expect(life().verdict(on: .current, at: start + 3599) == .valid(rotate: true, touch: true))
        #expect(life().verdict(on: .current, at: start + 3600) == .over)
        let end = WebSessionLife.longest
        #expect(life(seen: end - 10, rotated: end - 10).verdict(on: .current, at: start + end - 1) != .over)
        #expect(life(seen: end - 10, rotated: end - 10).verdict(on: .current, at: start + end) == .over)
    }

    @Test func `it is written down as seen once a minute`() {
        #expect(life().verdict(on: .current, at: start + 59) == .valid(rotate: false, touch: false))
        #expect(life().verdict(on: .current, at: start + 60) == .valid(rotate: false, touch: true))
    }

    @Test func `its token changes every quarter of an hour, and the one before is good for a minute`() {
        #expect(life(seen: 890).verdict(on: .current, at: start + 899) == .valid(rotate: false, touch: false))
        #expect(life(seen: 890).verdict(on: .current, at: start + 900) == .valid(rotate: true, touch: false))
        let rotated = life(seen: 900, rotated: 900)
        #expect(rotated.verdict(on: .previous, at: start + 959) == .valid(rotate: false, touch: false))
        #expect(rotated.verdict(on: .previous, at: start + 960) == .over)
    }
}

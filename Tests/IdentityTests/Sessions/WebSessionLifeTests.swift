import FoundationEssentials
import Testing

@testable import Identity

@Suite struct WebSessionLifeTests {
    private let start = House.start
    private let end: TimeInterval = 12 * 3600

    private func life(seen: TimeInterval = 0, rotated: TimeInterval = 0) -> WebSessionLife {
        WebSessionLife(
            lastSeenAt: start + seen, rotatedAt: start + rotated, expiresAt: start + end)
    }

    @Test func `a session lives until its end, and an hour unused`() {
        #expect(life().verdict(on: .current, idle: 3600, at: start) == .valid(rotate: false, touch: false))
        #expect(life().verdict(on: .current, idle: 3600, at: start + 3599) == .valid(rotate: true, touch: true))
        #expect(life().verdict(on: .current, idle: 3600, at: start + 3600) == .over)
        #expect(life().verdict(on: .current, idle: 7200, at: start + 7199) != .over)
        #expect(life().verdict(on: .current, idle: 300, at: start + 300) == .over)
        #expect(life(seen: end - 10, rotated: end - 10).verdict(on: .current, idle: 3600, at: start + end - 1) != .over)
        #expect(life(seen: end - 10, rotated: end - 10).verdict(on: .current, idle: 3600, at: start + end) == .over)
    }

    @Test func `it is written down as seen once a minute`() {
        #expect(life().verdict(on: .current, idle: 3600, at: start + 59) == .valid(rotate: false, touch: false))
        #expect(life().verdict(on: .current, idle: 3600, at: start + 60) == .valid(rotate: false, touch: true))
    }

    @Test func `its token changes every quarter of an hour, and the one before is good for a minute`() {
        #expect(
            life(seen: 890).verdict(on: .current, idle: 3600, at: start + 899) == .valid(rotate: false, touch: false))
        #expect(
            life(seen: 890).verdict(on: .current, idle: 3600, at: start + 900) == .valid(rotate: true, touch: false))
        let rotated = life(seen: 900, rotated: 900)
        #expect(rotated.verdict(on: .previous, idle: 3600, at: start + 959) == .valid(rotate: false, touch: false))
        #expect(rotated.verdict(on: .previous, idle: 3600, at: start + 960) == .over)
    }
}

import FoundationEssentials
import GatewayContract
import Kernel
import Metering
import Postgres
import Sessions
import TestSupport
import Testing

/// Workers and servers that die anywhere, reports that are lost, doubled, late and out of order: what is billed is what
/// was recorded.
@Suite struct BilledSecondsTests {
    /// The course of one session, as chance has it.
    struct Course {
        enum Fate: CaseIterable { case arrives, isLost, isDoubled, isLate, isUnanswered, meetsItself }

        static let interval = 10
        /// How long it was when everything was written down: a byte is recorded before anybody sees it.
        let recorded: Int
        /// What becomes of the report of each interval.
        let fates: [Fate]
        /// How often the spool's last word arrives; 0 for a worker that never came back.
        let lastWords: Int

        init(using random: inout Chance) {
            recorded = Int.random(in: 0...140, using: &random)
            fates = (0..<recorded / Self.interval).map { _ in Fate.allCases.randomElement(using: &random) ?? .arrives }
            lastWords = [0, 1, 1, 2, 3].randomElement(using: &random) ?? 1
        }

        /// The newest count that reached the server by a report.
        var reported: Int {
            (fates.lastIndex { $0 != .isLost } ?? -1) * Self.interval + Self.interval
        }
    }

    struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    /// Lives through the course and returns what was billed.
    func bill(_ course: Course, in fixture: Fixture) async throws -> Int {
        let session = try await fixture.makeSession()
        var late: [SessionReport] = []
        for (index, fate) in course.fates.enumerated() {
            let seconds = (index + 1) * Course.interval
            let now = Fixture.now + Double(seconds)
            let report = fixture.report(session.id, index + 1, seconds)
            switch fate {
            case .arrives: _ = try await fixture.renew(report, at: now)
            case .isLost: break
            case .isLate: late.append(report)
            // The server wrote it down and died before it answered, or the answer was lost: it is said again.
            case .isDoubled, .isUnanswered:
                _ = try await fixture.renew(report, at: now)
                _ = try await fixture.renew(report, at: now + (fate == .isDoubled ? 0 : 3))
            case .meetsItself:
                async let one = fixture.renew(report, at: now)
                async let other = fixture.renew(report, at: now + 1)
                _ = try await (one, other)
            }
        }
        let end = Fixture.now + Double(course.recorded)
        for report in late.reversed() { _ = try await fixture.renew(report, at: end + 1) }
        for attempt in 0..<course.lastWords {
            try await fixture.sessions.close(
                session.id, with: fixture.end(course.recorded, .workerLost), from: fixture.worker,
                at: end + 400 + Double(attempt))
        }
        for report in late { _ = try await fixture.renew(report, at: end + 500) }
        try await fixture.sessions.sweep(at: end + 2000)
        return try await fixture.database.first(
            """
            select coalesce(sum(quantity), 0)::bigint from usage_events
            where tenant_id = \(fixture.scope.tenant) and meter = 'session-seconds'
              and source = \("sessions/\(session.id.text)")
            """, in: fixture.scope, { try $0.next(Int.self) }) ?? -1
    }

    @Test(arguments: 1...12) func `billed seconds are those of the recording, and never double`(seed: UInt64)
        async throws
    {
        var random = Chance(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let fixture = try await Fixture()
        var sum = 0
        for _ in 0..<10 {
            let course = Course(using: &random)
            let billed = try await bill(course, in: fixture)
            if course.lastWords > 0 {
                #expect(billed == course.recorded, "\(course)")
            } else {
                // Nobody ever told the rest. What was told last is billed, and is less than an interval short if it came.
                #expect(billed == course.reported, "\(course)")
                #expect(billed <= course.recorded)
                if course.fates.last != .isLost { #expect(course.recorded - billed < Course.interval) }
            }
            sum += billed
        }
        #expect(try await fixture.billed("session-seconds") == sum)
        // And so say the roll-ups, however often they are made.
        let metering = Metering(database: fixture.database)
        for _ in 0..<2 { try await metering.rollUp(at: Fixture.now + 10_000) }
        let rolledUp = try await fixture.database.first(
            "select coalesce(sum(quantity), 0)::bigint from usage_rollups where meter = 'session-seconds'",
            in: fixture.scope, { try $0.next(Int.self) })
        #expect(rolledUp == sum)
        #expect(try await fixture.billed("daily-active-users") <= 1)
    }
}

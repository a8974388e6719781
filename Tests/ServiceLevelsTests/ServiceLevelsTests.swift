import FoundationEssentials
import HTTPAPI
import Kernel
import Observability
import Postgres
import TestSupport
import Testing

@testable import ServiceLevels

@Suite struct ServiceLevelsTests {
    private let hour = Date(timeIntervalSince1970: 1_795_000_000 - 1_795_000_000.truncatingRemainder(dividingBy: 3600))

    private func tally(_ requests: [(status: Int, milliseconds: Int)]) -> TenantLevels.Tally {
        var tally = TenantLevels.Tally()
        for request in requests { tally.count(request.status, .milliseconds(request.milliseconds)) }
        return tally
    }

    @Test func `what nodes count adds up by tenant, and a fault is ours only from 500 on`() async throws {
        let test = try await TestDatabase()
        let levels = ServiceLevels(database: test.database)
        let (one, other) = (try await test.makeTenant("one"), try await test.makeTenant("other"))
        let counts = [
            one.tenant: tally([(200, 3), (404, 3), (500, 3), (200, 700)]), other.tenant: tally([(503, 30)]),
            // A tenant that is gone by now is no reason to lose the others.
            TenantID.new(): tally([(200, 1)]),
        ]
        try await levels.save(counts, at: hour + 10)
        try await levels.save([one.tenant: tally([(200, 3)])], at: hour + 3599)
        try await levels.save([one.tenant: tally([(200, 3)])], at: hour + 3600)
        try await levels.save([:], at: hour)
        func report(_ tenant: TenantID? = nil, _ end: TimeInterval = 3600) async throws -> [LevelItem] {
            let question = try LevelQuestion(tenant: tenant, from: hour, to: hour + end)
            return try await levels.report(question, in: ProviderScope()).items
        }
        let items = try await report()
        #expect(items.map(\.slug) == ["one", "other"])
        #expect(items.map(\.requests) == [5, 1] && items.map(\.failures) == [1, 1])
        #expect(items[0].p50Microseconds <= 5000 && items[0].p99Microseconds > 500_000)
        #expect(try await report(one.tenant, 7200).map(\.requests) == [6])
        try await levels.prune(at: hour + ServiceLevels.retention + 1)
        #expect(try await report(nil, 7200).map(\.requests) == [1])
        // A tenant reads its own, and nobody's else.
        let own = try await test.database.query(
            "select tenant_id from service_levels", in: other
        ) { try $0.next(TenantID.self) }
        #expect(own.isEmpty)
        #expect(throws: Invalid.self) { try LevelQuestion(from: hour, to: hour) }
    }

    @Test func `a quantile lies on a straight line within its bucket`() {
        var counts = Array(repeating: 0, count: Histogram.seconds.count + 1)
        #expect(Quantile.microseconds(0.5, of: counts) == 0)
        // All between 5 and 10 ms.
        counts[3] = 100
        #expect(Quantile.microseconds(0.5, of: counts) == 7500)
        #expect(Quantile.microseconds(0.99, of: counts) == 9950)
        // Half of them faster than 1 ms.
        counts[0] = 100
        #expect(Quantile.microseconds(0.5, of: counts) == 1000)
        #expect(Quantile.microseconds(0.25, of: counts) == 500)
        // What is above every bound is told as that.
        counts[Histogram.seconds.count] = 1000
        #expect(Quantile.microseconds(0.95, of: counts) == 10_000_000)
    }

    @Test func `what could not be kept is not lost`() {
        let counts = TenantLevels()
        let tenant = TenantID.new()
        counts.giveBack([tenant: tally([(200, 1)])])
        counts.giveBack([tenant: tally([(500, 1)])])
        let taken = counts.take()
        #expect(taken[tenant]?.requests.reduce(0, +) == 2 && taken[tenant]?.failures.reduce(0, +) == 1)
        #expect(counts.take().isEmpty)
    }
}

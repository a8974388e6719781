import FoundationEssentials
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@Suite struct RollUpTests {
    let test: TestDatabase
    let metering: Metering
    let scope: TenantScope
    let hour = Date(timeIntervalSince1970: 1_795_000_000 - 1_795_000_000.truncatingRemainder(dividingBy: 3600))

    init() async throws {
        test = try await TestDatabase()
        metering = Metering(database: test.database)
        scope = try await test.makeTenant()
    }

    /// An event, and when it came in.
    func record(_ id: String, _ quantity: Int, at time: Date, received: Date) async throws {
        try await test.database.execute(
            """
            insert into usage_events (tenant_id, at, source, id, meter, subject, quantity, received_at)
            values (\(scope.tenant), \(time), 'sessions/x', \(id), 'commands', 'ada', \(quantity), \(received))
            on conflict do nothing
            """, in: scope)
    }

    func sums() async throws -> [Int] {
        try await test.database.query(
            "select quantity from usage_rollups where tenant_id = \(scope.tenant) order by hour", in: scope
        ) { try $0.next() }
    }

    /// What everybody sees, and what the events say.
    func report() async throws -> Int {
        let report = try await metering.usage(
            UsagePeriod(from: hour - 86_400, to: hour + 86_400), at: hour, in: scope)
        return report.totals.first?.quantity ?? 0
    }

    @Test func `an hour is added up when it is over, and seen before`() async throws {
        try await record("1", 5, at: hour + 10, received: hour + 10)
        try await metering.rollUp(at: hour + 60)
        #expect(try await sums() == [])
        #expect(try await report() == 5)
        try await record("2", 7, at: hour + 70, received: hour + 70)
        try await metering.rollUp(at: hour + 3660)
        #expect(try await sums() == [12])
        #expect(try await report() == 12)
        try await record("3", 1, at: hour + 3700, received: hour + 3700)
        #expect(try await report() == 13)
    }

    @Test func `what comes late or twice, and runs that repeat, change nothing twice`() async throws {
        try await record("1", 5, at: hour + 10, received: hour + 10)
        for step in 0..<5 { try await metering.rollUp(at: hour + 3700 + Double(step) * 60) }
        #expect(try await sums() == [5])
        // Hours later, for an hour long past; then again, as its sender does not know that it arrived.
        for _ in 0..<3 {
            try await record("late", 6, at: hour + 20, received: hour + 20_000)
            try await metering.rollUp(at: hour + 20_010)
            #expect(try await sums() == [11])
        }
        // What was under way when the last run looked.
        try await record("slow", 100, at: hour + 30, received: hour + 20_005)
        try await metering.rollUp(at: hour + 20_070)
        #expect(try await sums() == [111])
        #expect(try await report() == 111)
        try await metering.rollUp(from: hour - 7200, to: hour + 7200)
        #expect(try await sums() == [111])
    }

    @Test func `a long pause is caught up in stretches`() async throws {
        for week in 0..<6 {
            let time = hour + Double(week) * 7 * 86_400
            try await record("\(week)", 1 << week, at: time, received: time)
        }
        try await metering.rollUp(at: hour + 6 * 7 * 86_400)
        #expect(try await sums() == [1, 2, 4, 8, 16, 32])
    }

    @Test func `hours add up the same before and after their table got parts for its months`() async throws {
        let now = Date()
        let begun = now - now.timeIntervalSince1970.truncatingRemainder(dividingBy: 3600) - 7200
        try await record("old", 5, at: begun + 10, received: begun + 10)
        try await metering.rollUp(at: begun + 3700)
        #expect(
            try await MonthlyParts(adminConfiguration: test.ownerConfiguration).attach().contains {
                $0.hasPrefix("usage_events")
            })
        // A month later is another part, and what comes late for the old hour goes where that hour is.
        let next = begun + 32 * 86_400
        try await record("next", 8, at: next + 10, received: next + 10)
        try await record("late", 6, at: begun + 20, received: next + 20)
        try await record("late", 6, at: begun + 20, received: next + 30)
        try await metering.rollUp(at: next + 3700)
        #expect(try await sums() == [11, 8])
        let superuser = try await test.superuser()
        let parts = try await superuser.query("select count(distinct tableoid) from usage_events") {
            try $0.next(Int.self)
        }
        #expect(parts == [2])
        try await superuser.run(script: "truncate usage_rollups")
        try await metering.rollUp(from: begun, to: next + 3600)
        #expect(try await sums() == [11, 8])
    }

    @Test func `many at once add up once`() async throws {
        for number in 0..<50 {
            try await record("\(number)", 1, at: hour + Double(number), received: hour + Double(number))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await metering.rollUp(at: hour + 3700) } }
            try await group.waitForAll()
        }
        #expect(try await sums() == [50])
    }

    @Test func `what is stored is measured once a day`() async throws {
        let asset = try await test.makeAsset(in: scope)
        try await test.database.execute(
            """
            insert into accounts (tenant_id, account_id, asset_id, name, kind, secret_version)
            values (\(scope.tenant), \(AccountID.new()), \(asset), 'root', 'password', 1),
              (\(scope.tenant), \(AccountID.new()), \(asset), 'empty', 'password', 0)
            """, in: scope)
        for time in [hour, hour + 3600, hour + 86_400] { try await metering.measureDay(at: time) }
        let days = try await test.database.query(
            """
            select id, quantity from usage_events
            where tenant_id = \(scope.tenant) and meter = 'stored-secret-days' order by at
            """, in: scope
        ) { "\(try $0.next(String.self)) \(try $0.next(Int.self))" }
        #expect(days == ["\(UTCCalendar.day(hour)) 1", "\(UTCCalendar.day(hour + 86_400)) 1"])
    }
}

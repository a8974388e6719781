import FoundationEssentials
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@Suite struct UsageTests {
    let test: TestDatabase
    let metering: Metering
    let scope: TenantScope
    let hour = Date(timeIntervalSince1970: 1_795_000_000 - 1_795_000_000.truncatingRemainder(dividingBy: 3600))

    init() async throws {
        test = try await TestDatabase()
        metering = Metering(database: test.database)
        scope = try await test.makeTenant()
    }

    func event(_ id: String, _ quantity: Int, _ meter: Meter = .bytesIn, at time: Date) -> UsageEvent {
        UsageEvent(at: time, source: "sessions/x", id: id, meter: meter, subject: "ada", quantity: quantity)
    }

    func record(_ events: [UsageEvent], in scope: TenantScope? = nil) async throws {
        let scope = scope ?? self.scope
        try await test.database.transaction(in: scope) { transaction in
            try await Metering.record(events, of: scope.tenant, in: transaction)
        }
    }

    func report(_ tenant: TenantID? = nil) async throws -> UsageReport {
        let question = try UsageQuestion(tenant: tenant, from: hour - 86_400, to: hour + 86_400)
        return try await metering.usage(question, in: ProviderScope())
    }

    @Test func `hours are sums of their events`() async throws {
        try await record([event("1", 5, at: hour), event("2", 7, at: hour + 3599.9), event("3", 11, at: hour + 3600)])
        try await metering.rollUp(from: hour, to: hour + 7200)
        let report = try await report()
        #expect(report.items.map(\.quantity) == [12, 11])
        #expect(report.items.map(\.hour) == [hour, hour + 3600])
        #expect(report.totals.map(\.quantity) == [23])
    }

    @Test func `a repeated event counts once, and nothing counts nothing`() async throws {
        try await record([event("1", 5, at: hour), event("1", 5, at: hour), event("2", 0, at: hour)])
        try await record([event("1", 5, at: hour)])
        try await metering.rollUp(from: hour, to: hour + 3600)
        #expect(try await report().items.map(\.quantity) == [5])
    }

    @Test func `rolling up again changes nothing, and a late event is taken in`() async throws {
        try await record([event("1", 5, at: hour)])
        for _ in 0..<3 { try await metering.rollUp(from: hour, to: hour + 60) }
        #expect(try await report().items.map(\.quantity) == [5])
        try await record([event("late", 6, at: hour + 1)])
        try await metering.rollUp(from: hour + 1800, to: hour + 1800)
        try await metering.rollUp(from: hour, to: hour + 3600)
        #expect(try await report().items.map(\.quantity) == [11])
    }

    @Test func `roll-ups that were thrown away or tampered with are computed again`() async throws {
        try await record([event("1", 5, at: hour), event("2", 1, .commands, at: hour)])
        try await metering.rollUp(from: hour, to: hour + 3600)
        let before = try await report()
        let system = SystemScope(reason: "test")
        try await test.database.execute("update usage_rollups set quantity = 999 where meter = 'bytes-in'", in: system)
        try await test.database.execute("delete from usage_rollups where meter = 'commands'", in: system)
        try await test.database.execute(
            """
            insert into usage_rollups (tenant_id, hour, meter, quantity, events)
            values (\(scope.tenant), \(hour), 'made-up', 3, 1)
            """, in: system)
        try await metering.rollUp(from: hour, to: hour + 3600)
        #expect(try await report() == before)
        let rows = try await test.database.query(
            "select meter, quantity from usage_rollups order by meter", in: system
        ) { "\(try $0.next(String.self)) \(try $0.next(Int.self))" }
        #expect(rows == ["bytes-in 5", "commands 1"])
    }

    @Test func `tenants are told apart`() async throws {
        let other = try await test.makeTenant()
        try await record([event("1", 5, at: hour)])
        try await record([event("1", 6, at: hour)], in: other)
        try await metering.rollUp(from: hour, to: hour + 3600)
        #expect(try await report(scope.tenant).items.map(\.quantity) == [5])
        #expect(try await report(other.tenant).items.map(\.quantity) == [6])
        #expect(try await report().totals.count == 2)
    }

    @Test func `a tenant cannot rewrite its own usage`() async throws {
        try await record([event("1", 5, at: hour)])
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("update usage_events set quantity = 0", in: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("delete from usage_events", in: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("delete from usage_rollups", in: scope)
        }
    }

    @Test func `a time that ends before it begins is no question`() {
        #expect(throws: Invalid.self) { try UsageQuestion(from: hour, to: hour) }
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@Suite struct QuotaTests {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    let test: TestDatabase
    let plans: Plans
    let scope: TenantScope

    init() async throws {
        test = try await TestDatabase()
        plans = Plans(database: test.database)
        scope = try await test.makeTenant()
    }

    func take(
        _ kind: LimitKind, _ count: Int = 1, at now: Date = Self.now, in scope: TenantScope? = nil
    ) async throws {
        let scope = scope ?? self.scope
        try await test.database.transaction(in: scope) { transaction in
            try await Quotas.take(kind, count, in: scope, at: now, transaction)
        }
    }

    func give(_ kind: LimitKind, _ count: Int = 1) async throws {
        try await test.database.transaction(in: scope) { transaction in
            try await Quotas.give(kind, count, in: scope, transaction)
        }
    }

    func warnings() async throws -> [JSON] {
        try await test.database.query(
            "select data from events where tenant_id = \(scope.tenant) and type = 'quota.warning' order by sequence",
            in: scope
        ) { try $0.next() }
    }

    @Test func `of two hundred who want the last place exactly one gets it`() async throws {
        try await test.setLimit("users", 10, in: scope)
        try await take(.users, 9)
        let lucky = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask { (try? await take(.users)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(lucky == 1)
        #expect(try await test.used("users", in: scope) == 10)
    }

    @Test func `a refusal says the limit, the use and whom to ask`() async throws {
        try await test.setLimit("assets", 5, in: scope)
        try await test.database.execute(
            "update tenant_plans set contact = 'sales@host.example' where tenant_id = \(scope.tenant)",
            in: ProviderScope())
        try await take(.assets, 5)
        let refusal = await #expect(throws: QuotaExceeded.self) { try await take(.assets) }
        #expect(refusal == QuotaExceeded(kind: .assets, limit: 5, used: 5, contact: "sales@host.example"))
        let problem = try #require(refusal?.problem)
        #expect(problem.type == .quotaExceeded && problem.detail?.contains("sales@host.example") == true)
        #expect(problem.members.map(\.name) == ["quota", "limit", "used", "contact"])
    }

    @Test func `what was given back can be taken, and never more`() async throws {
        try await test.setLimit("assets", 2, in: scope)
        try await take(.assets, 2)
        try await give(.assets)
        try await take(.assets)
        try await give(.assets, 7)
        #expect(try await test.used("assets", in: scope) == 0)
    }

    @Test func `what is undone was never taken`() async throws {
        try await test.setLimit("assets", 1, in: scope)
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await test.database.transaction(in: scope) { transaction in
                try await Quotas.take(.assets, in: scope, at: Self.now, transaction)
                throw Undone()
            }
        }
        try await take(.assets)
    }

    @Test func `a soft limit warns once each time it is crossed`() async throws {
        try await test.setLimit("users", 10, in: scope)
        try await take(.users, 7)
        #expect(try await warnings().isEmpty)
        try await take(.users)
        try await take(.users)
        let told = try await warnings()
        #expect(told.count == 1 && told.first?["quota"] == "users" && told.first?["used"] == 8)
        #expect(told.first?["warnAt"] == 8 && told.first?["limit"] == 10)
        try await give(.users, 1)
        try await take(.users)
        #expect(try await warnings().count == 1)
        try await give(.users, 3)
        try await take(.users, 2)
        #expect(try await warnings().count == 2)
    }

    @Test func `what is counted by day begins anew with the day`() async throws {
        try await test.setLimit("webhook-deliveries-per-day", 2, in: scope)
        try await take(.webhookDeliveriesPerDay, 2)
        await #expect(throws: QuotaExceeded.self) { try await take(.webhookDeliveriesPerDay) }
        #expect(try await use(.webhookDeliveriesPerDay, at: Self.now).used == 2)
        #expect(try await use(.webhookDeliveriesPerDay, at: Self.now + 86_400).used == 0)
        try await take(.webhookDeliveriesPerDay, at: Self.now + 86_400)
        #expect(try await test.used("webhook-deliveries-per-day", in: scope) == 1)
        #expect(try await warnings().count == 1)
    }

    func use(_ kind: LimitKind, at now: Date) async throws -> QuotaItem {
        try #require(try await plans.quotas(of: scope, at: now).items.first { $0.kind == kind })
    }

    @Test func `a tenant sees its plan, its limits and its use`() async throws {
        try await test.setLimit("users", 4, in: scope)
        try await take(.users, 3)
        let report = try await plans.quotas(of: scope, at: Self.now)
        #expect(report.planCode.text == "standard" && report.items.map(\.kind) == LimitKind.allCases)
        #expect(try await use(.users, at: Self.now).state == .ok)
        try await take(.users)
        let users = try await use(.users, at: Self.now)
        #expect(users.limit == 4 && users.used == 4 && users.state == .full)
        let rate = try await use(.apiRequestsPerSecond, at: Self.now)
        #expect(rate.limit == nil && rate.used == nil && rate.state == .ok)
    }

    @Test func `a count that drifted is corrected, and what is added meanwhile is not lost`() async throws {
        try await test.setLimit("users", 4, in: scope)
        for number in 0..<4 { _ = try await test.makeUser("user\(number)", in: scope) }
        _ = try await test.makeAsset(in: scope)
        #expect(try await plans.recount(in: scope, at: Self.now) == 2)
        #expect(try await test.used("users", in: scope) == 4)
        #expect(try await test.used("assets", in: scope) == 1)
        #expect(try await warnings().count == 1)
        #expect(try await plans.recount(in: scope, at: Self.now) == 0)
        await #expect(throws: QuotaExceeded.self) { try await take(.users) }
        try await test.setLimit("users", 500, in: scope)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try? await test.database.transaction(in: scope) { transaction in
                        try await Quotas.take(.users, in: scope, at: Self.now, transaction)
                        try await transaction.execute(
                            """
                            insert into users (tenant_id, user_id, login, name)
                            values (\(scope.tenant), \(UserID.new()), \("more\(number)"), 'x')
                            """)
                    }
                }
                group.addTask { _ = try? await plans.recount(in: scope, at: Self.now) }
            }
        }
        #expect(try await test.used("users", in: scope) == 24)
    }

    @Test func `a tenant counts and cannot move its limits`() async throws {
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("update tenant_quotas set hard_limit = 1000000", in: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("update tenant_plans set overrides = '{}'", in: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("delete from tenant_quotas", in: scope)
        }
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@Suite struct PlanTests {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    let test: TestDatabase
    let plans: Plans
    let scope: TenantScope
    let provider = ProviderScope()

    init() async throws {
        test = try await TestDatabase()
        plans = Plans(database: test.database)
        scope = try await test.makeTenant()
    }

    func create(
        _ code: String = "team", currency: String = "EUR", limits: [Limit] = [], prices: [Price] = []
    ) async throws -> Plan {
        let request = try CreatePlan(
            code: PlanCode(code)!, name: "Team", currency: Currency(currency)!, contact: "sales@host.example",
            limits: limits, prices: prices)
        return try await plans.create(request, at: Self.now, audit: .discarding, in: provider)
    }

    func give(_ code: String, _ overrides: [Limit] = [], at now: Date = Self.now) async throws -> TenantPlan {
        try await plans.give(
            AssignPlan(plan: PlanCode(code)!, overrides: overrides), to: scope.tenant, at: now, audit: .discarding,
            in: provider)
    }

    func change(_ plan: Plan, _ change: ChangePlan, version: Int? = nil) async throws -> Plan {
        try await plans.change(
            plan.id, to: change, from: version ?? plan.version, at: Self.now + 60, audit: .discarding, in: provider)
    }

    @Test func `every tenant begins with the default plan`() async throws {
        #expect(try await plans.plan(of: scope.tenant, in: provider).code.text == "standard")
        #expect(try await plans.limits(in: scope) == TenantLimits())
        let team = try await create(limits: [Limit(kind: .users, amount: 3)])
        #expect(!team.isDefault)
        let chosen = try await change(team, ChangePlan(isDefault: .set(true)))
        #expect(chosen.isDefault)
        let next = try await test.makeTenant()
        #expect(try await plans.plan(of: next.tenant, in: provider).code.text == "team")
        #expect(try await plans.limits(in: next)[.users] == 3)
        #expect(try await plans.limits(in: scope)[.users] == nil)
        await #expect(throws: PlanError.isDefault) { try await change(chosen, ChangePlan(state: .set(.retired))) }
    }

    @Test func `a plan limits who has it, and what was agreed comes first`() async throws {
        let team = try await create(
            limits: [
                Limit(kind: .users, amount: 10), Limit(kind: .assets, amount: 7), Limit(kind: .sessions, amount: 1),
            ])
        let given = try await give(
            "team", [Limit(kind: .users, amount: 50), Limit(kind: .assets, amount: nil)])
        #expect(given.code.text == "team" && given.overrides.count == 2)
        let limits = try await plans.limits(in: scope)
        #expect(limits == TenantLimits([.users: 50, .sessions: 1]))
        let report = try await plans.quotas(of: scope, at: Self.now)
        #expect(report.contact == "sales@host.example")
        #expect(report.items.first { $0.kind == .users }?.warnAt == 40)
        #expect(report.items.first { $0.kind == .sessions }?.warnAt == 1)
        _ = try await change(
            team, ChangePlan(softPercent: .set(50), limits: .set([Limit(kind: .gatewayBandwidth, amount: 1 << 52)])))
        #expect(
            try await plans.limits(in: scope) == TenantLimits([.users: 50, .gatewayBandwidth: 1 << 52]))
        #expect(try await plans.quotas(of: scope, at: Self.now).items.first { $0.kind == .users }?.warnAt == 25)
    }

    @Test func `prices are kept as they were`() async throws {
        let first = try Price(item: .meter(.sessionSeconds), amount: 12, per: 3600, included: 36_000)
        let team = try await create(prices: [first])
        #expect(team.prices == [first])
        let second = try Price(item: .subscription, amount: 4900)
        let changed = try await change(team, ChangePlan(prices: .set([second])))
        #expect(changed.prices == [second])
        let lists = try await test.database.query(
            "select jsonb_array_length(prices) from plan_price_lists where plan_id = \(team.id) order by valid_from",
            in: provider
        ) { try $0.next(Int.self) }
        #expect(lists == [1, 1])
        for statement: SQL in ["update plan_price_lists set prices = '[]'", "delete from plan_price_lists"] {
            await #expect(throws: DatabaseError.self) { try await test.database.execute(statement, in: provider) }
        }
    }

    @Test func `a tenant stays with one currency once it is billed`() async throws {
        let price = try Price(item: .subscription, amount: 100)
        _ = try await create("team", prices: [price])
        _ = try await create("yuan", currency: "CNY", prices: [price])
        _ = try await give("yuan")
        await #expect(throws: PlanError.otherCurrency) { try await give("team") }
        #expect(try await give("yuan", [Limit(kind: .users, amount: 1)]).version == 3)
    }

    @Test func `what cannot be is refused`() async throws {
        let team = try await create()
        await #expect(throws: PlanError.codeTaken) { try await create() }
        await #expect(throws: PlanError.changed) { try await change(team, ChangePlan(), version: 7) }
        await #expect(throws: PlanError.unknownPlan) { try await give("nothing") }
        await #expect(throws: PlanError.notFound) { try await plans.find(.new(), in: provider) }
        _ = try await change(team, ChangePlan(state: .set(.retired)))
        await #expect(throws: PlanError.retired) { try await give("team") }
        #expect(throws: Invalid.self) { try ChangePlan(isDefault: .set(false)) }
        #expect(throws: Invalid.self) {
            try AssignPlan(
                plan: PlanCode("team")!, overrides: [Limit(kind: .users, amount: 1), Limit(kind: .users, amount: 2)])
        }
        #expect(throws: Invalid.self) { try Price(item: .subscription, amount: 1, per: 2) }
        for text in ["", "Team", "-a", "a-", "1a", "a b", String(repeating: "a", count: 41)] {
            #expect(PlanCode(text) == nil)
        }
        for text in ["eur", "EURO", "E", ""] { #expect(Currency(text) == nil) }
        for page in Plan.listing.samples { _ = try await plans.list(page, in: provider) }
    }
}

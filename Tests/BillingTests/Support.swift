import Cryptography
import FoundationEssentials
import HTTPAPI
import Jobs
import Kernel
import Logging
import Metering
import Outbound
import Postgres
import TestSupport

@testable import Billing

/// A tenant with a plan that has prices, and events that came in when a test says.
struct Ledger {
    static let november = UTCCalendar.Month("2026-11")!
    static let october = UTCCalendar.Month("2026-10")!

    let test: TestDatabase
    let plans: Plans
    let billing: Billing
    let client: HTTPClient
    let root = RootKey(DataKey().reveal())
    let scope: TenantScope
    let provider = ProviderScope()

    init() async throws {
        test = try await TestDatabase()
        plans = Plans(database: test.database)
        client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        billing = Billing(
            database: test.database, queue: JobQueue(database: test.database), client: client,
            secrets: BillingSecrets(root: root))
        scope = try await test.makeTenant("acme")
        // The tenant has been there since October.
        let superuser = try await test.superuser()
        for statement: SQL in [
            "update tenants set created_at = \(Self.october.start) where tenant_id = \(scope.tenant)",
            "update tenant_plan_history set valid_from = \(Self.october.start - 1) where tenant_id = \(scope.tenant)",
        ] { _ = try await superuser.execute(statement) }
    }

    static func time(_ text: String) -> Date { Timestamp.parse(text)! }

    @discardableResult
    func plan(_ code: String, _ prices: [Price], at now: Date = october.start) async throws -> Plan {
        let request = try CreatePlan(
            code: PlanCode(code)!, name: code, currency: Currency("EUR")!, prices: prices)
        return try await plans.create(request, at: now, audit: .discarding, in: provider)
    }

    func give(_ code: String, at now: Date = october.start) async throws {
        _ = try await plans.give(
            AssignPlan(plan: PlanCode(code)!), to: scope.tenant, at: now, audit: .discarding, in: provider)
    }

    func use(
        _ meter: Meter, _ quantity: Int, at time: Date, id: String = "1", received: Date? = nil,
        in other: TenantScope? = nil
    ) async throws {
        let scope = other ?? scope
        try await test.database.execute(
            """
            insert into usage_events (tenant_id, at, source, id, meter, subject, quantity, received_at)
            values (\(scope.tenant), \(time), 'test', \(id), \(meter), '', \(quantity), \(received ?? time))
            on conflict do nothing
            """, in: scope)
    }

    /// As Tenancy notes it when the tenant's state changes.
    func close(at time: Date) async throws {
        try await test.database.execute(
            "insert into tenant_closings (tenant_id, closed_at) values (\(scope.tenant), \(time))", in: scope)
    }

    func reopen(at time: Date) async throws {
        try await test.database.execute(
            "update tenant_closings set reopened_at = \(time) where tenant_id = \(scope.tenant) and reopened_at is null",
            in: scope)
    }

    func make(_ month: UTCCalendar.Month, at now: Date? = nil) async throws -> Invoice {
        try await billing.make(
            InvoiceRequest(tenant: scope.tenant, month: month), at: now ?? month.end + 7200, audit: .discarding,
            in: provider)
    }

    func document(_ invoice: Invoice) async throws -> InvoiceDocument {
        try await billing.document(invoice.id, in: provider).document
    }
}

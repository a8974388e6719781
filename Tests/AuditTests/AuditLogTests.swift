import Audit
import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct AuditLogTests {
    let test: TestDatabase
    let log: AuditLog
    let scope: TenantScope
    private let now = Date(timeIntervalSince1970: 1_764_000_000)

    init() async throws {
        test = try await TestDatabase()
        log = AuditLog(database: test.database)
        scope = try await test.makeTenant()
    }

    private func entry(
        _ action: String, actor: AuditActor = .system("expiry"), target: AuditTarget? = nil, at: Date? = nil
    ) -> AuditEntry {
        AuditEntry(action: action, actor: actor, target: target, at: at ?? now)
    }

    @Test func `what is older than the retention goes, of one tenant only, and the trail says so`() async throws {
        let other = try await test.makeTenant()
        let present = Date()
        let day: TimeInterval = 86_400
        for scope in [scope, other] {
            for age in [400.0, 200, 95, 1] {
                try await log.append(entry("thing.done", at: present - age * day), scope: scope)
            }
        }
        func left(_ scope: TenantScope) async throws -> [String] {
            try await log.records("order by at, audit_event_id", in: scope).map(\.action)
        }
        #expect(try await log.expire(before: present - 365 * day, at: present, in: scope) == 1)
        #expect(try await left(scope) == ["thing.done", "thing.done", "thing.done", "audit.expired"])
        #expect(try await left(other).count == 4)
        // Nothing is due: nothing is said.
        #expect(try await log.expire(before: present - 365 * day, at: present, in: scope) == 0)
        #expect(try await left(scope).count == 4)
        // The database itself keeps what is young.
        #expect(try await log.expire(before: present + day, at: present, in: scope) == 2)
        #expect(try await left(scope) == ["thing.done", "audit.expired", "audit.expired"])
    }

    @Test func `an organization that keeps its lines longer keeps them, and the rest goes`() async throws {
        let present = Date()
        let day: TimeInterval = 86_400
        let europe = OrganizationID.new(), asia = OrganizationID.new()
        for (place, age) in [(europe, 400.0), (europe, 700), (asia, 400), (asia, 700)] {
            // What is written in the scope of a part belongs there.
            try await log.append(
                entry("thing.done", at: present - age * day),
                scope: TenantScope(tenant: scope.tenant, organizations: [place]))
        }
        try await log.append(entry("thing.done", at: present - 500 * day), scope: scope)
        let removed = try await log.expire(
            before: present - 365 * day, keeping: [europe: present - 600 * day], at: present, in: scope)
        #expect(removed == 4)
        let left = try await log.records("and action = 'thing.done'", in: scope)
        #expect(left.count == 1)
        #expect(
            try await log.expire(
                before: present - 365 * day, keeping: [europe: present - 600 * day], at: present, in: scope) == 0)
        #expect(try await log.records("and action = 'audit.expired'", in: scope).count == 1)
    }

    @Test func `a line is read as it was written`() async throws {
        let user = UserID.new(), asset = AssetID.new()
        let entry = AuditEntry(
            action: "asset.deleted", actor: .user(user, "Ada"), target: AuditTarget("asset", asset, "web-1"),
            outcome: .refused, details: ["reason": "in use"], traceID: "t1", clientAddress: "192.0.2.7", at: now)
        try await log.append(entry, scope: scope)
        let record = try #require(try await log.records("", in: scope).first)
        #expect(record.action == entry.action && record.actor == entry.actor && record.target == entry.target)
        #expect(record.outcome == .refused && record.details == entry.details && record.traceID == "t1")
        #expect(record.clientAddress == "192.0.2.7" && record.at == now)
    }

    @Test func `a line is written exactly if its transaction commits`() async throws {
        struct Stop: Error {}
        try? await test.database.transaction(in: scope) { transaction in
            try await log.append(entry("thing.undone"), in: scope, transaction)
            throw Stop()
        }
        try await test.database.transaction(in: scope) { transaction in
            try await log.append(entry("thing.done"), in: scope, transaction)
        }
        #expect(try await log.records("", in: scope).map(\.action) == ["thing.done"])
    }

    @Test func `nobody can change or remove a line, not even the provider or the system`() async throws {
        try await log.append(entry("thing.done", at: Date()), scope: scope)
        let update: SQL = "update audit_events set actor_name = 'Eve'"
        let delete: SQL = "delete from audit_events"
        for sql in [update, delete] {
            await #expect(throws: DatabaseError.self) { try await test.database.execute(sql, in: scope) }
            await #expect(throws: DatabaseError.self) { try await test.database.execute(sql, in: ProviderScope()) }
        }
        let system = SystemScope(reason: "test")
        await #expect(throws: DatabaseError.self) { try await test.database.execute(update, in: system) }
        // The system removes what is old, and finds nothing else.
        #expect(try await test.database.execute(delete, in: system) == 0)
        #expect(try await log.records("", in: scope).count == 1)
    }

    @Test func `a tenant neither sees nor writes another tenant's trail`() async throws {
        let other = try await test.makeTenant()
        try await log.append(entry("thing.done"), scope: other)
        #expect(try await log.records("", in: scope) == [])
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("select 1 from audit_events_default", in: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.transaction(in: ProviderScope()) {
                try await log.append(entry("x.y"), in: scope, $0)
            }
        }
    }

    @Test func `a line of one tenant in the scope of another is refused, and so is what it tells`() async throws {
        let other = try await test.makeTenant()
        let error = await #expect(throws: DatabaseError.self) {
            try await test.database.transaction(in: other) { transaction in
                try await log.append(entry("thing.done"), in: other, transaction)
                try await log.append(entry("thing.done"), in: scope, transaction)
            }
        }
        #expect(error?.sqlState == "42501")
        for scope in [scope, other] { #expect(try await log.records("", in: scope) == []) }
    }

    @Test func `a claimed name with anything in it is written`() async throws {
        try await log.append(entry("sign-in.failed", actor: .nobody("root\0'; --\u{1b}[2J")), scope: scope)
        #expect(try await log.records("", in: scope).map(\.actor.name) == ["root'; --\u{1b}[2J"])
    }

    @Test func `the tail of a list narrows and orders the lines`() async throws {
        for action in ["a.one", "a.two", "b.one"] { try await log.append(entry(action), scope: scope) }
        let records = try await log.records("and action < \("b") order by action desc limit \(1)", in: scope)
        #expect(records.map(\.action) == ["a.two"])
    }

    @Test func `the provider's trail is its own`() async throws {
        let provider = ProviderAuditLog(database: test.database)
        let line = entry("tenant.created", actor: .provider(ProviderOperatorID.new(), "Olga"))
        try await provider.append(line, about: scope.tenant, scope: ProviderScope())
        try await test.database.transaction(in: ProviderScope()) { transaction in
            try await provider.append(line, about: scope.tenant, in: transaction)
        }
        let count: SQL = "select count(*) from provider_audit_events where about_tenant = \(scope.tenant)"
        #expect(try await test.database.first(count, in: ProviderScope()) { try $0.next(Int.self) } == 2)
        await #expect(throws: DatabaseError.self) { try await test.database.execute(count, in: scope) }
    }
}

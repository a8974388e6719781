import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Tables that are kept by the month, on a database on which the server runs.
@Suite struct MonthlyPartsTests {
    let test: TestDatabase
    let scope: TenantScope
    private let parts: MonthlyParts
    private static let tables = ["audit_events", "commands", "usage_events"]

    init() async throws {
        test = try await TestDatabase()
        scope = try await test.makeTenant()
        parts = MonthlyParts(adminConfiguration: test.ownerConfiguration)
    }

    /// Uses something so many months from now; 0 is this month.
    private func use(_ id: String, in months: Int) async throws {
        try await test.database.execute(
            """
            insert into usage_events (tenant_id, at, source, id, meter, subject, quantity)
            values (\(scope.tenant),
                (date_trunc('month', now() at time zone 'UTC') + make_interval(months => \(months))) at time zone 'UTC',
                'test', \(id), 'commands', 'ada', 1)
            """, in: scope)
    }

    /// In which part each event lies: so many months from now, or the default one.
    private func places() async throws -> [String] {
        try await test.superuser().query(
            """
            select id, case when tableoid = 'usage_events_default'::regclass then 'default'
                when tableoid::regclass::text = 'usage_events' || to_char(at at time zone 'UTC', '_YYYY_MM') then 'month'
                else tableoid::regclass::text end
            from usage_events order by id
            """
        ) { "\(try $0.next(String.self)) \(try $0.next(String.self))" }
    }

    @Test func `months are made ahead, and what happens in them goes to them`() async throws {
        let made = try await parts.attach()
        #expect(made.count == 39)
        for table in Self.tables { #expect(made.filter { $0.hasPrefix("\(table)_2") }.count == 13, "\(made)") }
        // Again, and by many at once, nothing is left to do.
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { try await parts.attach() } }
            for try await more in group { #expect(more == []) }
        }
        for months in [0, 1, 12, 13] { try await use("after \(10 + months)", in: months) }
        #expect(
            try await places() == ["after 10 month", "after 11 month", "after 22 month", "after 23 default"])
        let seen = try await test.database.query(
            "select id from usage_events where tenant_id = \(scope.tenant) order by at", in: scope
        ) { try $0.next(String.self) }
        #expect(seen == ["after 10", "after 11", "after 22", "after 23"])
    }

    @Test func `a month that has begun without a part stays where it is`() async throws {
        try await use("old", in: 0)
        let made = try await parts.attach()
        #expect(made.filter { $0.hasPrefix("usage_events_") }.count == 12)
        try await use("new", in: 0)
        try await use("next", in: 1)
        #expect(try await places() == ["new default", "next month", "old default"])
    }

    @Test func `a part is as closed as its table`() async throws {
        let made = try await parts.attach()
        try await use("own", in: 0)
        let part = try #require(made.first { $0.hasPrefix("usage_events_") })
        let superuser = try await test.superuser()
        let facts = try await superuser.query(
            """
            select bool_and(c.relrowsecurity and c.relforcerowsecurity), bool_and(c.relacl is null),
                bool_and(pg_get_userbyid(c.relowner) = 'gatehouse_owner')
            from pg_class c where c.relname = any(\(made))
            """
        ) { [try $0.next(Bool.self), try $0.next(Bool.self), try $0.next(Bool.self)] }
        #expect(facts == [[true, true, true]])
        // The same keys, indexes and checks.
        func shape(_ name: String) async throws -> [String] {
            try await superuser.query(
                """
                select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING', 'using') from pg_index
                where indrelid = \(name)::regclass
                union all
                select pg_get_constraintdef(oid) from pg_constraint where conrelid = \(name)::regclass
                order by 1
                """
            ) { try $0.next(String.self) }
        }
        for name in made {
            let table = try #require(Self.tables.first { name.hasPrefix("\($0)_2") })
            #expect(try await shape(name) == shape("\(table)_default"), "\(name)")
        }
        let other = try await test.makeTenant()
        let none = try await test.database.query(
            "select id from usage_events where tenant_id = \(scope.tenant)", in: other
        ) { try $0.next(String.self) }
        #expect(none == [])
        let application = try await OwnerConnection(test.configuration)
        await #expect(throws: DatabaseError.self) { try await application.run(script: "select id from \(part)") }
    }

    @Test func `only the owner makes parts, and of these tables only`() async throws {
        let call: SQL = "select gatehouse_attach_months('usage_events', 1)"
        let system = SystemScope(reason: "test")
        await #expect(throws: DatabaseError.self) { try await test.database.execute(call, in: scope) }
        await #expect(throws: DatabaseError.self) { try await test.database.execute(call, in: ProviderScope()) }
        await #expect(throws: DatabaseError.self) { try await test.database.execute(call, in: system) }
        let owner = try await test.owner()
        for wrong: SQL in [
            "select gatehouse_attach_months('users', 1)", "select gatehouse_attach_months('usage_events', 25)",
            "select gatehouse_attach_months('usage_events', -1)",
            "select gatehouse_attach_months('usage_events', null)",
        ] {
            await #expect(throws: DatabaseError.self) { try await owner.query(wrong) { _ in true } }
        }
    }

    @Test func `whoever holds the table is not waited for, and the next run makes what is missing`() async throws {
        let holder = try await test.superuser()
        try await holder.run(script: "begin; lock table usage_events_default in row exclusive mode")
        let made = try await parts.attach()
        #expect(made.count == 26 && !made.contains { $0.hasPrefix("usage_events") })
        try await holder.run(script: "rollback")
        #expect(try await parts.attach().count == 13)
    }
}

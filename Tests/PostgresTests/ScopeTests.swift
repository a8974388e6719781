import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// What the scope of a statement guarantees, case by case.
@Suite struct ScopeTests {
    let test: TestDatabase
    let database: Database
    let one: TenantScope
    let other: TenantScope

    init() async throws {
        test = try await TestDatabase(connections: 1)
        database = test.database
        one = try await test.makeTenant()
        other = try await test.makeTenant()
        try await Things.make(in: test)
        try await Things.add(["a", "b"], one, database)
        try await Things.add(["c"], other, database)
    }

    @Test func `a statement sees the rows of its tenant and no other`() async throws {
        #expect(try await Things.names(one, database) == ["a", "b"])
        #expect(try await Things.names(other, database) == ["c"])
    }

    @Test func `a statement cannot write a row of another tenant`() async throws {
        #expect(await sqlState { try await Things.add(["x"], one, database) } == nil)
        #expect(
            await sqlState {
                try await database.execute(
                    "insert into things (tenant_id, name) values (\(other.tenant), 'y')", in: one)
            } == "42501")
        #expect(
            await sqlState {
                try await database.execute("update things set tenant_id = \(other.tenant)", in: one)
            } == "42501")
        #expect(
            try await database.execute("delete from things where tenant_id = \(other.tenant)", in: one) == 0)
    }

    @Test func `the provider and the system do not reach a tenant's rows unless a policy says so`() async throws {
        #expect(await sqlState { _ = try await Things.names(ProviderScope(), database) } == "42501")
        #expect(await sqlState { _ = try await Things.names(SystemScope(reason: "test"), database) } == "42501")
    }

    @Test func `a role that a scope sets is gone afterwards`() async throws {
        let user: SQL = "select current_user::text, current_setting('gatehouse.tenant', true)"
        func seen(_ scope: some Scope) async throws -> [String?] {
            try await database.first(user, in: scope) { [try $0.next(), try $0.next()] } ?? []
        }
        #expect(try await seen(SystemScope(reason: "test"))[0] == "gatehouse_system")
        #expect(try await seen(one) == ["gatehouse_app", one.tenant.uuid.uuidString.lowercased()])
        #expect(try await seen(ProviderScope()) == ["gatehouse_provider", ""])
    }

    @Test func `a brief commit waits for no disk, whatever the scope, and leaves nothing behind`() async throws {
        let setting: SQL = "select setting || ' by ' || source from pg_settings where name = 'synchronous_commit'"
        func seen(_ scope: some Scope, _ durability: Durability) async throws -> String? {
            try await database.first(setting, in: scope, lasting: durability) { try $0.next() }
        }
        for _ in 1...2 {
            #expect(try await seen(one, .full)?.hasSuffix(" by session") == false)
            #expect(try await seen(one, .brief) == "off by session")
            #expect(try await seen(SystemScope(reason: "test"), .brief) == "off by session")
            let part = TenantScope(tenant: one.tenant, organizations: [.new()])
            let within = try await database.transaction(in: part, lasting: .brief) { tx in
                try await tx.first(setting) { try $0.next(String.self) }
            }
            #expect(within == "off by session")
        }
    }

    @Test func `a forgotten scope is an error, on a fresh connection and on a used one`() async throws {
        let owner = try await OwnerConnection(test.configuration)
        await #expect(throws: DatabaseError.self) { _ = try await owner.query("select name from things") { _ in 0 } }
        try await owner.run(
            script: "begin; select set_config('gatehouse.tenant', '\(one.tenant.uuid.uuidString)', true); commit")
        #expect(await sqlState { _ = try await owner.query("select name from things") { _ in 0 } } == "22P02")
    }

    @Test func `the application inherits nothing from the roles it may become`() async throws {
        let connection = try await OwnerConnection(test.configuration)
        #expect(await sqlState { _ = try await connection.query("select 1 from jobs") { _ in 0 } } == "42501")
        #expect(await sqlState { _ = try await connection.query("select 1 from workers") { _ in 0 } } == "42501")
    }

    @Test func `the owner of the tables is bound by row-level security too`() async throws {
        let owner = try await test.owner()
        #expect(try await owner.query("select name from things") { try $0.next(String.self) } == [])
    }

    @Test func `an error undoes the statement and leaves the connection usable and without scope`() async throws {
        let failing: SQL = """
            with added as (insert into things (tenant_id, name) values (\(one.tenant), 'z') returning 1)
            select 1 / (count(*)::int - 1) from added
            """
        #expect(await sqlState { try await database.execute(failing, in: one) } == "22012")
        #expect(try await Things.names(one, database) == ["a", "b"])
        #expect(database.statistics == PoolStatistics(idle: 1, busy: 0, waiting: 0))
    }

    @Test func `a violated constraint is named`() async throws {
        do {
            try await Things.add(["a"], one, database)
            Issue.record("the name is taken")
        } catch let error as DatabaseError {
            #expect(error.isUniqueViolation && error.constraint == "things_pk")
        }
    }

    @Test func `a begin that slips in leaks nothing to the next statement`() async throws {
        try await database.execute("begin", in: one)
        #expect(try await Things.names(other, database) == ["c"])
        #expect(await sqlState { _ = try await Things.names(ProviderScope(), database) } == "42501")
    }

    @Test func `a setting that outlives its statement leaks nothing to the next one`() async throws {
        let leak: SQL = "select set_config('gatehouse.tenant', \(other.tenant), false)"
        try await database.execute(leak, in: one)
        #expect(try await Things.names(one, database) == ["a", "b"])
        #expect(await sqlState { _ = try await Things.names(SystemScope(reason: "test"), database) } == "42501")
    }

    @Test func `a statement that one scope prepared obeys the scope of the next`() async throws {
        let sql: SQL = "select count(*) from tenants"
        func count(_ scope: some Scope) async throws -> Int? {
            try await database.first(sql, in: scope) { try $0.next() }
        }
        for _ in 0..<7 {
            #expect(try await count(one) == 1)
            #expect(try await count(ProviderScope()) == 2)
        }
    }

    @Test func `an unknown kind of scope is refused`() async throws {
        struct Anything: Scope {}
        #expect(await sqlState { _ = try await Things.names(Anything(), database) } == "42501")
    }

    @Test func `a role that bypasses row-level security cannot be used`() async throws {
        let configuration = test.cluster.configuration(
            test.name, user: "postgres", acquireTimeout: .seconds(2))
        let wrong = Database(configuration: configuration, logger: quiet)
        do {
            _ = try await Things.names(one, wrong)
            Issue.record("a superuser must not serve requests")
        } catch let error as DatabaseError {
            #expect(error.sqlState == "28000" && error.message.contains("bypasses row-level security"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `mixed load over few connections never shows a row of another tenant`() async throws {
        var configuration = test.cluster.configuration(test.name, connections: 3)
        configuration.queueLimit = 5000
        configuration.acquireTimeout = .seconds(60)
        let database = Database(configuration: configuration, logger: quiet)
        defer { database.close() }
        let owner = try await test.owner()
        var scopes: [TenantScope] = []
        for _ in 0..<20 { scopes.append(try await test.makeTenant()) }
        for scope in scopes { try await Things.add(["x", "y", "z"], scope, database) }
        owner.close()
        let tenants: SQL = "select distinct tenant_id from things"
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<3000 {
                let scope = scopes[number % scopes.count]
                group.addTask {
                    let seen: [TenantID]
                    switch number % 11 {
                    case 3:
                        _ = try? await database.execute("select 1 / (length(\("x")) - 1)", in: scope)
                        seen = try await database.query(tenants, in: scope) { try $0.next() }
                    case 5:
                        seen = try await database.transaction(in: scope) { transaction in
                            _ = try await transaction.execute("update things set size = size + 1 where name = 'x'")
                            return try await transaction.query(tenants) { try $0.next() }
                        }
                    case 7:
                        struct Stop: Error {}
                        do {
                            try await database.transaction(in: scope) { transaction in
                                try await transaction.execute("delete from things")
                                throw Stop()
                            }
                        } catch is Stop {}
                        seen = try await database.query(tenants, in: scope) { try $0.next() }
                    case 9:
                        let task = Task {
                            try await database.query(tenants, in: scope) { try $0.next(TenantID.self) }
                        }
                        task.cancel()
                        seen = (try? await task.value) ?? [scope.tenant]
                    default:
                        seen = try await database.query(tenants, in: scope) { try $0.next() }
                    }
                    return seen == [scope.tenant] ? 0 : 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}

import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct PoolTests {
    let test: TestDatabase
    private let scope = SystemScope(reason: "test")

    init() async throws {
        test = try await TestDatabase()
    }

    private func database(
        connections: Int = 1, acquireTimeout: Duration = .seconds(60), statementTimeout: Duration = .seconds(30),
        queueLimit: Int = 1000
    ) -> Database {
        var configuration = test.cluster.configuration(
            test.name, connections: connections, acquireTimeout: acquireTimeout, statementTimeout: statementTimeout)
        configuration.queueLimit = queueLimit
        return Database(configuration: configuration, logger: quiet)
    }

    private func sleep(_ seconds: Double, _ database: Database) async throws {
        try await database.execute("select pg_sleep(\(seconds))", in: scope)
    }

    @Test func `statements wait their turn for a connection`() async throws {
        let database = database(connections: 2)
        defer { database.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await sleep(0.01, database) } }
            try await group.waitForAll()
        }
        #expect(database.statistics == PoolStatistics(idle: 2, busy: 0, waiting: 0))
    }

    @Test func `who waits longer than the deadline is turned away, and the others are served`() async throws {
        let database = database(acquireTimeout: .seconds(2))
        defer { database.close() }
        async let slow: Void = sleep(6, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        let start = ContinuousClock.now
        let state = await sqlState { try await sleep(0, database) }
        let waited = ContinuousClock.now - start
        #expect(state == "53300")
        #expect(waited > .milliseconds(1900) && waited < .seconds(5))
        try await slow
        #expect(await sqlState { try await sleep(0, database) } == nil)
    }

    @Test func `those who let others go first never have all connections`() async throws {
        let database = database(connections: 4)
        defer { database.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await Database.lettingOthersGoFirst { try await sleep(1, database) }
                }
            }
            // Whoever comes meanwhile finds the fourth, however many of them wait.
            try await eventually("three run") { database.statistics.busy == 3 && database.statistics.waiting == 5 }
            try await sleep(0, database)
            #expect(database.statistics.busy == 3)
            #expect(database.statistics.waiting == 5)
            try await group.waitForAll()
        }
        #expect(database.statistics.busy == 0)
        #expect(database.statistics.waiting == 0)
    }

    @Test func `those who let others go first are not forgotten while others wait`() async throws {
        let database = database()
        defer { database.close() }
        async let running: Void = sleep(1, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        async let first: Void = sleep(0.05, database)
        async let second: Void = sleep(0.05, database)
        try await eventually("two wait") { database.statistics.waiting == 2 }
        async let patient: Void = Database.lettingOthersGoFirst { try await sleep(0.05, database) }
        _ = try await (running, first, second, patient)
        #expect(database.statistics == PoolStatistics(idle: 1, busy: 0, waiting: 0))
    }

    @Test func `who lets others go first may leave the line, and waits no longer than others`() async throws {
        let database = database(acquireTimeout: .seconds(1))
        defer { database.close() }
        async let slow: Void = sleep(3, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        let waits = Task { try await Database.lettingOthersGoFirst { try await sleep(0, database) } }
        try await eventually("it waits") { database.statistics.waiting == 1 }
        waits.cancel()
        await #expect(throws: CancellationError.self) { try await waits.value }
        #expect(database.statistics.waiting == 0)
        let state = await sqlState { try await Database.lettingOthersGoFirst { try await sleep(0, database) } }
        #expect(state == "53300")
        try await slow
    }

    @Test func `those who let others go first fill nobody else's line`() async throws {
        let database = database(queueLimit: 2)
        defer { database.close() }
        async let running: Void = sleep(1, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        async let first: Void = Database.lettingOthersGoFirst { try await sleep(0, database) }
        async let second: Void = Database.lettingOthersGoFirst { try await sleep(0, database) }
        try await eventually("two wait") { database.statistics.waiting == 2 }
        #expect(await sqlState { try await Database.lettingOthersGoFirst { try await sleep(0, database) } } == "53300")
        try await sleep(0, database)
        _ = try await (running, first, second)
    }

    @Test func `more than the queue holds are refused right away`() async throws {
        let database = database(queueLimit: 2)
        defer { database.close() }
        async let running: Void = sleep(2, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        async let first: Void = sleep(0, database)
        async let second: Void = sleep(0, database)
        try await eventually("two wait") { database.statistics.waiting == 2 }
        let error = await #expect(throws: DatabaseError.self) { try await sleep(0, database) }
        #expect(error?.isUnavailable == true)
        _ = try await (running, first, second)
    }

    @Test func `a cancelled task leaves the line and the next one is served`() async throws {
        let database = database()
        defer { database.close() }
        async let running: Void = sleep(2, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        let task = Task { try await sleep(0, database) }
        try await eventually("it waits") { database.statistics.waiting == 1 }
        async let next: Void = sleep(0, database)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = try await (running, next)
        #expect(database.statistics == PoolStatistics(idle: 1, busy: 0, waiting: 0))
    }

    @Test func `a cancelled task stops its statement within a moment and the connection is used again`() async throws {
        let database = database()
        defer { database.close() }
        let pid: SQL = "select pg_backend_pid()"
        let before = try await database.first(pid, in: scope) { try $0.next(Int.self) }
        for _ in 0..<5 {
            let start = ContinuousClock.now
            let task = Task { try await sleep(20, database) }
            try await eventually("it runs") { database.statistics.busy == 1 }
            try await Task.sleep(for: .milliseconds(30))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(10))
        }
        #expect(try await database.first(pid, in: scope) { try $0.next(Int.self) } == before)
    }

    @Test func `cancellations at any moment neither hang nor hit another statement`() async throws {
        let database = database(connections: 2)
        defer { database.close() }
        let failures = await withTaskGroup(of: Int.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let task = Task { try await sleep(0.002, database) }
                    if number % 2 == 0 {
                        try? await Task.sleep(for: .microseconds(number * 20))
                        task.cancel()
                    }
                    do {
                        try await task.value
                        return 0
                    } catch {
                        return number % 2 == 0 && error is CancellationError ? 0 : 1
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(failures == 0)
        try await eventually("all are back") { database.statistics.busy == 0 && database.statistics.waiting == 0 }
    }

    @Test func `a statement that runs too long is stopped by the server`() async throws {
        let database = database(statementTimeout: .milliseconds(200))
        defer { database.close() }
        do {
            try await sleep(5, database)
            Issue.record("it should have been stopped")
        } catch let error as DatabaseError {
            #expect(error.isTimeout && !error.isUnavailable)
        }
        #expect(await sqlState { try await sleep(0, database) } == nil)
    }

    @Test func `a closed database refuses, and lets what runs finish`() async throws {
        let database = database()
        async let running: Void = sleep(2, database)
        try await eventually("it runs") { database.statistics.busy == 1 }
        async let waiting = sqlState { try await sleep(0, database) }
        try await eventually("one waits") { database.statistics.waiting == 1 }
        database.close()
        try await running
        #expect(await waiting == "08003")
        #expect(await sqlState { try await sleep(0, database) } == "08003")
    }

    @Test func `a server that is not there is reported once the deadline has passed`() async throws {
        let configuration = DatabaseConfiguration(
            host: "/nonexistent", database: "none", acquireTimeout: .seconds(1))
        let database = Database(configuration: configuration, logger: quiet)
        defer { database.close() }
        let error = await #expect(throws: DatabaseError.self) { try await sleep(0, database) }
        #expect(error?.sqlState == "08001" && error?.isUnavailable == true)
    }

    @Test func `more texts than the cache holds are all answered`() async throws {
        let database = database()
        defer { database.close() }
        // Listings make many texts; here they come from a declared fragment.
        for number in 0..<600 {
            var interpolation = SQL.StringInterpolation(literalCapacity: 16, interpolationCount: 0)
            interpolation.append(declared: "select \(number)")
            let sql = SQL(stringInterpolation: interpolation)
            #expect(try await database.first(sql, in: scope) { try $0.next(Int.self) } == number)
        }
        let count: SQL = "select count(*) from pg_prepared_statements"
        let prepared = try await database.first(count, in: scope) { try $0.next(Int.self) }
        #expect(prepared.map { $0 <= 256 } == true)
    }

    @Test func `a statement survives a change of the table it reads`() async throws {
        let database = test.database
        try await Things.make(in: test)
        let scope = try await test.makeTenant()
        try await Things.add(["a"], scope, database)
        let all: SQL = "select * from things"
        for _ in 0..<3 { _ = try await database.query(all, in: scope) { _ in 0 } }
        let owner = try await test.owner()
        try await owner.run(script: "alter table things add column color text not null default 'red'")
        let rows = try await database.query(all, in: scope) { row in
            (try row.next(TenantID.self), try row.next(String.self), try row.next(Int.self), try row.next(String.self))
        }
        #expect(rows.map(\.3) == ["red"])
    }
}

import FoundationEssentials
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

/// The server is restarted, killed and stopped under load: a cluster of their own, and one test after the other.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct FaultTests {
    private static let cluster = Task { try await TestCluster() }
    private let scope = SystemScope(reason: "test")

    private func add(_ number: Int, _ database: Database, _ scope: TenantScope) async throws {
        try await database.execute(
            "insert into things (tenant_id, name) values (\(scope.tenant), \("n\(number)"))", in: scope)
    }

    /// Keeps eight tasks inserting while `disturb` runs; returns the errors and what was acknowledged.
    private func load(
        _ test: TestDatabase, _ scope: TenantScope, _ disturb: @Sendable () async throws -> Void
    ) async throws -> (errors: [String], acknowledged: [String]) {
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while let number = tally.next() {
                        do {
                            try await add(number, test.database, scope)
                            tally.succeeded("n\(number)")
                        } catch {
                            tally.failed("\(error)")
                        }
                    }
                }
            }
            // Also when the disturbance fails: the group waits for everybody before it says so.
            defer { tally.stop() }
            try await Task.sleep(for: .milliseconds(200))
            try await disturb()
            try await Task.sleep(for: .milliseconds(500))
            tally.stop()
            try await group.waitForAll()
        }
        return tally.result
    }

    private final class Tally: Sendable {
        private let state = Mutex((errors: [String](), acknowledged: [String](), last: 0, isOver: false))

        func next() -> Int? {
            state.withLock { state in
                guard !state.isOver else { return nil }
                state.last += 1
                return state.last
            }
        }

        func succeeded(_ name: String) { state.withLock { $0.acknowledged.append(name) } }
        func failed(_ error: String) { state.withLock { $0.errors.append(error) } }
        func stop() { state.withLock { $0.isOver = true } }
        var result: (errors: [String], acknowledged: [String]) { state.withLock { ($0.errors, $0.acknowledged) } }
    }

    @Test func `a restart under load costs no error, loses nothing and is over within two seconds`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value)
        let scope = try await test.makeTenant()
        try await Things.make(in: test)
        let (errors, acknowledged) = try await load(test, scope) {
            try await test.cluster.restart("fast")
            let start = ContinuousClock.now
            _ = try await Things.names(scope, test.database)
            #expect(ContinuousClock.now - start < .seconds(2))
        }
        #expect(errors == [])
        let rows = try await Things.names(scope, test.database)
        #expect(Set(rows) == Set(acknowledged) && rows.count == acknowledged.count)
    }

    @Test func `a crash under load fails only what was under way`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value)
        let scope = try await test.makeTenant()
        try await Things.make(in: test)
        let (errors, acknowledged) = try await load(test, scope) {
            try await test.cluster.restart("immediate")
            let start = ContinuousClock.now
            _ = try await Things.names(scope, test.database)
            #expect(ContinuousClock.now - start < .seconds(2))
        }
        // At most one statement for each connection was in the server's hands.
        #expect(errors.count <= 4, "\(errors)")
        #expect(acknowledged.count > 8)
    }

    @Test func `killed idle connections cause no visible error`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value)
        let scope = try await test.makeTenant()
        try await Things.make(in: test)
        let owner = try await test.superuser()
        for round in 0..<20 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await test.database.execute("select pg_sleep(0.02)", in: scope) }
                }
                try await group.waitForAll()
            }
            try await owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'gatehouse_app'")
            // At once, and in a transaction, and after the loop has noticed.
            if round % 3 == 0 { try await Task.sleep(for: .milliseconds(30)) }
            if round % 2 == 0 {
                try await test.database.transaction(in: scope) { transaction in
                    _ = try await transaction.execute("select 1")
                }
            } else {
                #expect(try await Things.names(scope, test.database) == [])
            }
        }
    }

    @Test func `connections that are killed under load cause no visible error for single statements`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value)
        let scope = try await test.makeTenant()
        try await Things.make(in: test)
        let owner = try await test.superuser()
        let (errors, acknowledged) = try await load(test, scope) {
            for _ in 0..<10 {
                try await owner.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'gatehouse_app'")
                // Long enough for a busy machine to have connected again and tried what was cut off.
                try await Task.sleep(for: .milliseconds(250))
            }
        }
        // A statement may be sent again once; one that is killed twice is reported.
        #expect(errors.count <= 2, "\(errors)")
        let rows = try await Things.names(scope, test.database)
        #expect(Set(rows).isSuperset(of: acknowledged))
    }

    @Test func `statements wait while the server is away and go on when it is back`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value)
        let scope = try await test.makeTenant()
        try await test.cluster.stop()
        async let count = test.database.first("select count(*) from tenants", in: scope) { try $0.next(Int.self) }
        try await Task.sleep(for: .milliseconds(700))
        try await test.cluster.start()
        #expect(try await count == 1)
    }

    @Test func `listening goes on after a restart and says that something may have been missed`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value)
        var events = test.database.notifications("things").makeAsyncIterator()
        #expect(await events.next() == "")
        try await test.database.execute("select pg_notify('things', 'one')", in: scope)
        #expect(await events.next() == "one")
        try await test.cluster.restart("fast")
        #expect(await events.next() == "")
        try await test.database.execute("select pg_notify('things', 'two')", in: scope)
        #expect(await events.next() == "two")
    }

    @Test func `a server that hangs is cut off, and nobody waits for it for ever`() async throws {
        let test = try await TestDatabase(on: Self.cluster.value, connections: 1)
        let scope = try await test.makeTenant()
        let find: SQL = "select pg_backend_pid()"
        let pid = try #require(try await test.database.first(find, in: scope) { try $0.next(Int.self) })
        let task = Task { try await test.database.execute("select pg_sleep(60)", in: scope) }
        try await eventually("it runs") { test.database.statistics.busy == 1 }
        try await ChildProcess.run(["kill", "-STOP", "\(pid)"])
        task.cancel()
        let start = ContinuousClock.now
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(8))
        try await ChildProcess.run(["kill", "-CONT", "\(pid)"])
        #expect(try await test.database.first(find, in: scope) { try $0.next(Int.self) } != pid)
    }
}

import FoundationEssentials
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct TransactionTests {
    struct Stop: Error {}

    let test: TestDatabase
    let database: Database
    let scope: TenantScope

    init() async throws {
        test = try await TestDatabase(connections: 2)
        database = test.database
        scope = try await test.makeTenant()
        try await Things.make(in: test)
    }

    private func add(_ name: String, _ transaction: Transaction) async throws {
        try await transaction.execute("insert into things (tenant_id, name) values (\(scope.tenant), \(name))")
    }

    @Test func `what the closure did is committed when it returns`() async throws {
        let count = try await database.transaction(in: scope) { transaction in
            try await add("a", transaction)
            try await add("b", transaction)
            return try await transaction.first("select count(*) from things") { try $0.next(Int.self) }
        }
        #expect(count == 2)
        #expect(try await Things.names(scope, database) == ["a", "b"])
    }

    @Test func `what the closure did is undone when it throws`() async throws {
        await #expect(throws: Stop.self) {
            try await database.transaction(in: scope) { transaction in
                try await add("a", transaction)
                throw Stop()
            }
        }
        #expect(try await Things.names(scope, database) == [])
        #expect(database.statistics.busy == 0)
    }

    @Test func `a failed statement ends the transaction even if its error is caught`() async throws {
        let state = await sqlState {
            try await database.transaction(in: scope) { transaction in
                try await add("a", transaction)
                try? await add("a", transaction)
                #expect(await sqlState { try await add("b", transaction) } == "25P02")
            }
        }
        #expect(state == "23505")
        #expect(try await Things.names(scope, database) == [])
    }

    @Test func `a transaction is refused after its closure has ended`() async throws {
        let kept = Mutex<Transaction?>(nil)
        try await database.transaction(in: scope) { transaction in
            try await add("a", transaction)
            kept.withLock { $0 = transaction }
        }
        let transaction = try #require(kept.withLock { $0 })
        #expect(await sqlState { try await add("b", transaction) } == "25P01")
    }

    @Test func `a transaction runs one statement at a time`() async throws {
        let states = try await database.transaction(in: scope) { transaction in
            try await transaction.execute("select 1")
            async let slow = sqlState { try await transaction.execute("select pg_sleep(2)") }
            try await Task.sleep(for: .milliseconds(500))
            let fast = await sqlState { try await transaction.execute("select 1") }
            return [await slow, fast]
        }
        #expect(states == [nil, "55006"])
    }

    @Test func `a transaction without statements takes no connection`() async throws {
        try await database.transaction(in: scope) { _ in
            #expect(database.statistics.busy == 0)
        }
    }

    @Test func `a constraint that is checked at the end fails the commit`() async throws {
        let owner = try await test.owner()
        try await owner.run(
            script: """
                create table pairs (tenant_id uuid not null, name text not null, other text not null,
                  constraint pairs_pk primary key (tenant_id, name),
                  constraint pairs_other_fk foreign key (tenant_id, other) references things (tenant_id, name)
                    deferrable initially deferred);
                select gatehouse_protect('pairs');
                """)
        let insert: SQL = "insert into pairs (tenant_id, name, other) values (\(scope.tenant), 'a', 'missing')"
        #expect(
            await sqlState {
                try await database.transaction(in: scope) { transaction in
                    _ = try await transaction.execute(insert)
                }
            } == "23503")
        #expect(await sqlState { try await database.execute(insert, in: scope) } == "23503")
        #expect(try await database.first("select count(*) from pairs", in: scope) { try $0.next(Int.self) } == 0)
        #expect(database.statistics.busy == 0)
    }

    @Test func `a serialization failure reaches the caller as such`() async throws {
        try await Things.add(["a"], scope, database)
        let state = await sqlState {
            try await database.transaction(in: scope, isolation: .repeatableRead) { transaction in
                _ = try await transaction.first("select size from things") { try $0.next(Int.self) }
                try await database.execute("update things set size = 7", in: scope)
                try await transaction.execute("update things set size = 8")
            }
        }
        #expect(state == "40001")
        #expect(DatabaseError(sqlState: "40001", message: "").isSerializationFailure)
    }

    @Test func `a cancelled task rolls its transaction back`() async throws {
        let task = Task {
            try await database.transaction(in: scope) { transaction in
                try await add("a", transaction)
                try await transaction.execute("select pg_sleep(20)")
            }
        }
        try await eventually("the statement runs") { database.statistics.busy == 1 }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await Things.names(scope, database) == [])
        try await eventually("the connection is back") { database.statistics.busy == 0 }
    }

    @Test func `a request to cancel that stopped nothing is sent again`() async throws {
        // As when the request comes between two statements of a trip: the first one is swallowed.
        let statement: SQL = """
            do $$ begin
              begin perform pg_sleep(20); exception when query_canceled then null; end;
              perform pg_sleep(20);
            end $$
            """
        let task = Task { try await database.execute(statement, in: scope) }
        try await eventually("the statement runs") { database.statistics.busy == 1 }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(database.statistics == PoolStatistics(idle: 1, busy: 0, waiting: 0))
    }

    @Test func `a value that cannot be bound ends the transaction and spoils no connection`() async throws {
        let state = await sqlState {
            try await database.transaction(in: scope) { transaction in
                try await add("a", transaction)
                try await add("nul\0", transaction)
            }
        }
        #expect(state == "22021")
        #expect(try await Things.names(scope, database) == [])
        #expect(database.statistics == PoolStatistics(idle: 1, busy: 0, waiting: 0))
    }
}

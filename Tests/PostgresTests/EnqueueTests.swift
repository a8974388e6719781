import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct EnqueueTests {
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

    private func enqueue(_ name: String, _ transaction: Transaction) async throws {
        try await transaction.enqueue("insert into things (tenant_id, name) values (\(scope.tenant), \(name))")
    }

    private func names() async throws -> [String] { try await Things.names(scope, database) }

    @Test func `what is enqueued happens before the next statement`() async throws {
        let counts = try await database.transaction(in: scope) { transaction in
            try await enqueue("a", transaction)
            let first = try await transaction.first("select count(*) from things") { try $0.next(Int.self) }
            try await enqueue("b", transaction)
            try await enqueue("c", transaction)
            let second = try await transaction.first("select count(*) from things") { try $0.next(Int.self) }
            return [first, second]
        }
        #expect(counts == [1, 3])
        #expect(try await names() == ["a", "b", "c"])
    }

    @Test(arguments: [true, false])
    func `what is enqueued last is committed`(isAlone: Bool) async throws {
        try await database.transaction(in: scope) { transaction in
            if !isAlone { try await transaction.execute("select 1") }
            try await enqueue("a", transaction)
        }
        #expect(try await names() == ["a"])
        #expect(database.statistics.busy == 0)
    }

    @Test(arguments: [true, false])
    func `what fails when it is committed undoes everything, and the connection is good again`(
        isAlone: Bool
    ) async throws {
        let state = await sqlState {
            try await database.transaction(in: scope) { transaction in
                if !isAlone { try await transaction.execute("select 1") }
                try await enqueue("a", transaction)
                try await enqueue("a", transaction)
                try await enqueue("b", transaction)
            }
        }
        #expect(state == "23505")
        #expect(try await names() == [])
        #expect(database.statistics.busy == 0)
        #expect(database.statistics.idle == 1)
    }

    @Test func `what fails with the next statement is thrown by it, and ends the transaction`() async throws {
        let state = await sqlState {
            try await database.transaction(in: scope) { transaction in
                try await enqueue("a", transaction)
                try await enqueue("a", transaction)
                #expect(await sqlState { try await transaction.execute("select 1") } == "23505")
                #expect(await sqlState { try await enqueue("b", transaction) } == "25P02")
            }
        }
        #expect(state == "23505")
        #expect(try await names() == [])
    }

    @Test func `nothing is sent when the closure throws`() async throws {
        await #expect(throws: Stop.self) {
            try await database.transaction(in: scope) { transaction in
                try await enqueue("a", transaction)
                throw Stop()
            }
        }
        #expect(try await names() == [])
        #expect(database.statistics.busy == 0)
    }

    @Test func `as many as one likes may be enqueued`() async throws {
        try await database.transaction(in: scope) { transaction in
            for number in 0..<100 { try await enqueue("\(number)", transaction) }
        }
        #expect(try await names().count == 100)
    }
}

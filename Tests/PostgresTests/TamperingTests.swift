import FoundationEssentials
import Kernel
import Logging
import Postgres
import TestSupport
import Testing

/// The proxy that changes scopes does change them, and nothing else.
@Suite struct TamperingTests {
    let test: TestDatabase
    let proxy: TamperingProxy
    let database: Database
    let one: TenantScope
    let other: TenantScope

    private static let names: SQL = "select name from things order by name"

    init() async throws {
        test = try await TestDatabase(connections: 1)
        proxy = try TamperingProxy(before: test.configuration)
        database = Database(
            configuration: proxy.configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        one = try await test.makeTenant()
        other = try await test.makeTenant()
        try await Things.make(in: test)
        try await Things.add(["a", "b"], one, test.database)
        try await Things.add(["c"], other, test.database)
    }

    private func names(_ transaction: Transaction) async throws -> [String] {
        try await transaction.query(Self.names) { try $0.next(String.self) }
    }

    @Test func `what nobody changes comes and goes as it is`() async throws {
        #expect(try await Things.names(one, database) == ["a", "b"])
        #expect(await sqlState { try await database.execute("select nonsense", in: one) } == "42703")
        let long = try await database.first("select repeat('x', 300000)", in: one) { try $0.next(String.self) }
        #expect(long?.utf8.count == 300_000)
        try await database.transaction(in: other) { transaction in
            let names = try await names(transaction)
            #expect(names == ["c"])
            try await transaction.execute("update things set size = 1 where tenant_id = \(other.tenant)")
        }
        #expect(
            await sqlState {
                try await database.transaction(in: one) { _ = try await $0.execute("select 1 / 0") }
            } == "22012")
        #expect(try await Things.names(other, database) == ["c"])
        let seen = await proxy.tampering.statements {
            _ = try? await Things.names(one, database)
        }
        #expect(seen == [Self.names.text: .tenant(one.tenant.uuid.uuidString.lowercased())])
    }

    @Test func `a statement without its scope is refused, and the next one is well`() async throws {
        for _ in 0..<3 {
            let (state, runs) = await proxy.tampering.change(.dropped, of: Self.names.text) {
                await sqlState { _ = try await Things.names(one, database) }
            }
            #expect(["42704", "22P02"].contains(state))
            #expect(runs.map(\.sqlState) == [state])
            #expect(try await Things.names(one, database) == ["a", "b"])
        }
        let workers: SQL = "select worker_id from workers"
        func count() async throws -> Int {
            try await database.query(workers, in: SystemScope(reason: "test")) { try $0.next(WorkerID.self) }.count
        }
        _ = try await test.makeWorker(at: .now)
        #expect(try await count() == 1)
        let (state, runs) = await proxy.tampering.change(.dropped, of: workers.text) {
            await sqlState { _ = try await count() }
        }
        #expect(state != nil && runs.map(\.sqlState) == [state])
        #expect(try await count() == 1)
    }

    @Test func `a statement in another's scope sees what is there`() async throws {
        let change = ScopeChange.foreign(other.tenant.uuid.uuidString)
        let (seen, runs) = try await proxy.tampering.change(change, of: Self.names.text) {
            try await Things.names(one, database)
        }
        #expect(seen == ["c"])
        #expect(runs.count == 1 && runs[0].rows.count == 1 && runs[0].sqlState == nil)
        #expect(runs[0].rows[0].suffix(1) == Array("c".utf8)[...])

        let update: SQL = "update things set size = size + 1"
        let (written, updates) = try await proxy.tampering.change(change, of: update.text) {
            try await database.execute(update, in: one)
        }
        #expect(written == 1 && updates.map(\.written) == [1])
        // Another statement is left alone, and then nothing is found to have been changed.
        let (own, none) = try await proxy.tampering.change(change, of: "select 1") {
            try await Things.names(one, database)
        }
        #expect(own == ["a", "b"] && none.isEmpty)
    }

    @Test func `of a transaction only that statement is in a wrong scope`() async throws {
        let size: SQL = "select max(size)::bigint from things"
        let (result, runs) = try await proxy.tampering.change(
            .foreign(other.tenant.uuid.uuidString), of: size.text
        ) {
            try await database.transaction(in: one) { transaction in
                try await transaction.execute("update things set size = 7 where name = 'a'")
                let foreign = try await transaction.first(size) { try $0.next(Int.self) }
                let names = try await names(transaction)
                let again = try await transaction.first(size) { try $0.next(Int.self) }
                return (sizes: [foreign, again], names: names)
            }
        }
        #expect(result.sizes == [0, 0] && result.names == ["a", "b"])
        #expect(runs.count == 2)
        #expect(try await database.first(size, in: one) { try $0.next(Int.self) } == 7)

        let (state, dropped) = await proxy.tampering.change(.dropped, of: size.text) {
            await sqlState {
                try await database.transaction(in: one) { transaction in
                    try await transaction.execute("update things set size = 9 where name = 'a'")
                    _ = try await transaction.first(size) { try $0.next(Int.self) }
                }
            }
        }
        #expect(state == "22P02" && dropped.map(\.sqlState) == ["22P02"])
        #expect(try await database.first(size, in: one) { try $0.next(Int.self) } == 7)
    }
}

import FoundationEssentials
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@Suite struct CallCounterTests {
    static let now = Date(timeIntervalSince1970: 1_795_000_020)

    let test: TestDatabase
    let scope: TenantScope

    init() async throws {
        test = try await TestDatabase()
        scope = try await test.makeTenant()
    }

    func sum(_ meter: String) async throws -> Int {
        try await test.database.first(
            """
            select coalesce(sum(quantity), 0)::bigint from usage_events
            where tenant_id = \(scope.tenant) and meter = \(meter)
            """, in: scope, { try $0.next(Int.self) }) ?? -1
    }

    @Test func `a minute of calls is one event of each process, written once`() async throws {
        let (one, other) = (CallCounter(database: test.database), CallCounter(database: test.database))
        let ada = UserID.new(), bob = UserID.new()
        for _ in 0..<5 { one.count(ada, of: scope.tenant, at: Self.now) }
        one.count(bob, of: scope.tenant, at: Self.now + 60)
        other.count(ada, of: scope.tenant, at: Self.now)
        try await one.flush(at: Self.now + 10)
        #expect(try await sum("api-calls") == 0)
        for _ in 0..<3 { try await one.flush(at: Self.now + 60) }
        #expect(try await sum("api-calls") == 5)
        try await other.flush(at: .distantFuture)
        try await one.flush(at: .distantFuture)
        #expect(try await sum("api-calls") == 7)
    }

    @Test func `a person is there once a day, in whichever process`() async throws {
        let counters = (0..<3).map { _ in CallCounter(database: test.database) }
        let ada = UserID.new(), bob = UserID.new()
        for counter in counters {
            for _ in 0..<4 { counter.count(ada, of: scope.tenant, at: Self.now) }
            counter.count(ada, of: scope.tenant, at: Self.now + 86_400)
            try await counter.flush(at: Self.now)
        }
        counters[0].count(bob, of: scope.tenant, at: Self.now)
        try await counters[0].flush(at: .distantFuture)
        #expect(try await sum("daily-active-users") == 3)
    }

    @Test func `what could not be written is kept, and what may have been is not written twice`() async throws {
        let counter = CallCounter(database: test.database)
        counter.count(.new(), of: scope.tenant, at: Self.now)
        let superuser = try await test.superuser()
        _ = try await superuser.execute("revoke insert on usage_events from gatehouse_system")
        await #expect(throws: DatabaseError.self) { try await counter.flush(at: Self.now + 60) }
        _ = try await superuser.execute("grant insert on usage_events to gatehouse_system")
        counter.count(.new(), of: scope.tenant, at: Self.now + 60)
        try await counter.flush(at: Self.now + 120)
        try await counter.flush(at: Self.now + 120)
        #expect(try await sum("api-calls") == 2)
    }
}

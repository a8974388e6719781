import FoundationEssentials
import Jobs
import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct JobQueueTests {
    let test: TestDatabase
    let queue: JobQueue
    let scope: TenantScope

    init() async throws {
        test = try await TestDatabase()
        queue = JobQueue(database: test.database)
        scope = try await test.makeTenant()
    }

    private func count() async throws -> Int {
        try await queue.counts()[.waiting] ?? 0
    }

    @Test func `a job exists exactly if its transaction commits`() async throws {
        struct Stop: Error {}
        try? await test.database.transaction(in: scope) { transaction in
            try await queue.enqueue(kind: "a", tenant: scope.tenant, runAt: Date(), in: transaction)
            throw Stop()
        }
        #expect(try await count() == 0)
        try await test.database.transaction(in: scope) { transaction in
            try await queue.enqueue(kind: "a", tenant: scope.tenant, runAt: Date(), in: transaction)
        }
        #expect(try await count() == 1)
    }

    @Test func `a tenant cannot enqueue work for another tenant or for nobody, nor read the queue`() async throws {
        let other = try await test.makeTenant()
        await #expect(throws: DatabaseError.self) {
            try await queue.enqueue(kind: "a", tenant: other.tenant, runAt: Date(), scope: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await queue.enqueue(kind: "a", tenant: nil, runAt: Date(), scope: scope)
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.execute("select 1 from jobs", in: scope)
        }
        #expect(try await count() == 0)
    }

    @Test func `the provider and the system enqueue for any tenant and for none`() async throws {
        try await queue.enqueue(kind: "a", tenant: scope.tenant, runAt: Date(), scope: ProviderScope())
        try await queue.enqueue(kind: "a", tenant: nil, runAt: Date(), scope: SystemScope(reason: "test"))
        #expect(try await count() == 2)
    }

    @Test func `a dedupe key admits one job that waits or runs`() async throws {
        for _ in 0..<3 {
            try await queue.enqueue(kind: "a", tenant: scope.tenant, runAt: Date(), dedupeKey: "x", scope: scope)
        }
        try await queue.enqueue(kind: "a", tenant: scope.tenant, runAt: Date(), dedupeKey: "y", scope: scope)
        try await queue.enqueue(kind: "b", tenant: scope.tenant, runAt: Date(), dedupeKey: "x", scope: scope)
        #expect(try await count() == 3)
    }
}

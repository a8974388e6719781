import FoundationEssentials
import GatewayContract
import Kernel
import Metering
import Postgres
import Sessions
import TestSupport
import Testing

@Suite struct SessionQuotaTests {
    @Test func `of two hundred sessions the last place takes one`() async throws {
        let fixture = try await Fixture()
        try await fixture.test.setLimit("sessions", 3, in: fixture.scope)
        for _ in 0..<2 { _ = try await fixture.makeSession() }
        let lucky = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        _ = try await fixture.makeSession()
                        return true
                    } catch is QuotaExceeded {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(lucky == 1)
    }

    @Test func `a place is free when its session ends, or when its worker is dead`() async throws {
        let fixture = try await Fixture()
        try await fixture.test.setLimit("sessions", 1, in: fixture.scope)
        let first = try await fixture.makeSession()
        let refusal = await #expect(throws: QuotaExceeded.self) { try await fixture.makeSession() }
        #expect(refusal?.limit == 1 && refusal?.used == 1)
        try await fixture.sessions.close(
            first.id, with: fixture.end(5), from: fixture.worker, at: Fixture.now + 5)
        _ = try await fixture.makeSession(at: Fixture.now + 6)
        // Nobody says that it ended: its worker was killed, and so was the server that would have swept it.
        await #expect(throws: QuotaExceeded.self) { try await fixture.makeSession(at: Fixture.now + 335) }
        _ = try await fixture.makeSession(at: Fixture.now + 6 + LeaseTerms.presumedLost)
    }

    @Test func `full recordings refuse a session, and a warning comes before`() async throws {
        let fixture = try await Fixture()
        let plans = Plans(database: fixture.database)
        let session = try await fixture.makeSession()
        try await fixture.test.setLimit("recorded-bytes", 100, in: fixture.scope)
        func store(_ bytes: Int) async throws {
            try await fixture.database.execute(
                "update recordings set bytes = \(bytes) where recording_id = \(session.recording)", in: fixture.scope)
            try await plans.measureRecordings(at: Fixture.now)
        }
        func warnings() async throws -> Int {
            try await fixture.database.first(
                "select count(*) from events where tenant_id = \(fixture.scope.tenant) and type = 'quota.warning'",
                in: fixture.scope, { try $0.next(Int.self) }) ?? -1
        }
        try await store(79)
        #expect(try await warnings() == 0)
        try await store(99)
        try await store(99)
        #expect(try await warnings() == 1)
        _ = try await fixture.makeSession()
        try await store(100)
        let refusal = await #expect(throws: QuotaExceeded.self) { try await fixture.makeSession() }
        #expect(refusal?.kind == .recordedBytes && refusal?.used == 100)
        try await store(0)
        _ = try await fixture.makeSession()
    }
}

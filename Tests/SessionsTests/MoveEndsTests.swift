import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Sessions

@Suite struct MoveEndsTests {
    @Test func `sessions on a grant go on until its new end, and their worker hears of it at once`() async throws {
        let (old, new) = (Fixture.now + 60, Fixture.now + 3600)
        let fixture = try await Fixture(grantEndsAt: old)
        let session = try await fixture.makeSession(grantEndsAt: old)
        // This one's hours of the day close first, whatever becomes of the grant.
        let hours = try await fixture.makeSession(grantEndsAt: Fixture.now + 30)
        func move() async throws -> [SessionID] {
            try await fixture.sessions.moveEnds(on: fixture.grant, in: fixture.scope, at: Fixture.now + 5)
        }
        #expect(try await move() == [])
        try await fixture.database.execute("update grants set ends_at = \(new)", in: fixture.scope)
        #expect(try await move() == [session.id])
        #expect(
            fixture.told.all.map(\.event) == [WorkerEvent(kind: .extend, session: session.id, endsAt: new)])
        #expect(try await move() == [])
        _ = try await fixture.sessions.sweep(at: Fixture.now + 61)
        #expect(try await fixture.find(session.id).state == .pending)
        #expect(try await fixture.find(hours.id).endReason == .grantEnded)
        #expect(try await fixture.renew(fixture.report(session.id, 1, 1), at: Fixture.now + 61)?.endsAt == new)
        _ = try await fixture.sessions.sweep(at: new)
        #expect(try await fixture.find(session.id).endReason == .grantEnded)
    }

    @Test func `what is over comes back by no later end`() async throws {
        let fixture = try await Fixture(grantEndsAt: Fixture.now + 60)
        let session = try await fixture.makeSession(grantEndsAt: Fixture.now + 60)
        for state in ["revoked", "ended"] {
            try await fixture.database.execute(
                "update grants set state = \(state), ends_at = \(Fixture.now + 3600)", in: fixture.scope)
            #expect(
                try await fixture.sessions.moveEnds(on: fixture.grant, in: fixture.scope, at: Fixture.now + 5) == [])
        }
        let lease = try await fixture.renew(fixture.report(session.id, 1, 1), at: Fixture.now + 10)
        #expect(lease?.state == .ended && lease?.endReason == .grantEnded)
    }
}

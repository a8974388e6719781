import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Sessions

@Suite struct EndSessionsTests {
    @Test func `ending by grant tells the worker of each session, once`() async throws {
        let fixture = try await Fixture()
        let first = try await fixture.makeSession()
        let second = try await fixture.makeSession()
        let ended = try await fixture.sessions.end(
            where: .grant(fixture.grant), because: .grantRevoked, in: fixture.scope, at: Fixture.now + 5)
        #expect(Set(ended) == [first.id, second.id])
        #expect(fixture.told.all.count == 2)
        #expect(fixture.told.all.allSatisfy { $0.worker == fixture.worker && $0.event.kind == .end })
        #expect(fixture.told.all.allSatisfy { $0.event.reason == .grantRevoked && $0.event.text != nil })
        let again = try await fixture.sessions.end(
            where: .all, because: .tenantSuspended, in: fixture.scope, at: Fixture.now + 6)
        #expect(again == [])
        #expect(fixture.told.all.count == 2)
        #expect(try await fixture.find(first.id).endReason == .grantRevoked)
    }

    @Test func `only what is meant ends`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        for selection: SessionSelection in [.grant(.new()), .user(.new()), .asset(.new()), .session(.new())] {
            #expect(
                try await fixture.sessions.end(
                    where: selection, because: .terminated, in: fixture.scope, at: Fixture.now) == [])
        }
        for selection: SessionSelection in [.user(fixture.user), .asset(fixture.asset)] {
            let made = try await fixture.makeSession()
            let ended = try await fixture.sessions.end(
                where: selection, because: .userDisabled, in: fixture.scope, at: Fixture.now)
            #expect(ended.contains(made.id))
        }
        #expect(try await fixture.find(session.id).state == .ended)
    }

    @Test func `what began after the moment that is named goes on`() async throws {
        let fixture = try await Fixture()
        let older = try await fixture.makeSession()
        let newer = try await fixture.makeSession(at: Fixture.now + 1)
        for _ in 0..<2 {
            try await fixture.sessions.end(
                where: .user(fixture.user, begunBy: Fixture.now), because: .terminated, in: fixture.scope,
                at: Fixture.now + 5)
        }
        #expect(try await fixture.find(older.id).state == .ended)
        #expect(try await fixture.find(newer.id).state == .pending)
        #expect(fixture.told.all.count == 1)
    }

    @Test func `an administrator ends a session with a reason that the person reads`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let view = try await fixture.sessions.terminate(
            session.id, saying: TerminationReason(text: "Friday"), in: fixture.scope, at: Fixture.now,
            audit: .discarding)
        #expect(view.state == .ended)
        #expect(view.endReason == .terminated)
        #expect(fixture.told.all.first?.event.text?.contains("Friday") == true)
        await #expect(throws: SessionError.ended) {
            try await fixture.sessions.terminate(
                session.id, saying: TerminationReason(text: "x"), in: fixture.scope, at: Fixture.now,
                audit: .discarding)
        }
    }

    @Test func `another tenant's session does not exist`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let stranger = try await fixture.test.makeTenant()
        await #expect(throws: SessionError.notFound) { try await fixture.sessions.find(session.id, in: stranger) }
        await #expect(throws: SessionError.notFound) {
            try await fixture.sessions.terminate(
                session.id, saying: TerminationReason(text: "x"), in: stranger, at: Fixture.now, audit: .discarding)
        }
        #expect(
            try await fixture.sessions.end(
                where: .session(session.id), because: .terminated, in: stranger, at: Fixture.now) == [])
        #expect(try await fixture.find(session.id).state == .pending)
    }

    @Test func `the sweeper ends what is over, what is lost, and what a quarantined worker holds`() async throws {
        let fixture = try await Fixture()
        let over = try await fixture.makeSession(grantEndsAt: Fixture.now + 60)
        let lasting = try await fixture.makeSession(grantEndsAt: Fixture.now + 3600)
        #expect(try await fixture.sessions.sweep(at: Fixture.now + 59) == 0)
        #expect(try await fixture.sessions.sweep(at: Fixture.now + 60) == 1)
        #expect(try await fixture.find(over.id).endReason == .grantEnded)
        #expect(try await fixture.sessions.sweep(at: Fixture.now + LeaseTerms.presumedLost) == 1)
        #expect(try await fixture.find(lasting.id).endReason == .workerLost)
        let barred = try await fixture.makeSession()
        try await fixture.database.execute(
            "update workers set state = 'quarantined' where worker_id = \(fixture.worker)",
            in: SystemScope(reason: "test"))
        #expect(try await fixture.sessions.sweep(at: Fixture.now + 1) == 1)
        #expect(try await fixture.find(barred.id).endReason == .workerQuarantined)
        #expect(fixture.told.all.count == 3)
    }

    @Test func `a lease that comes in time keeps the sweeper away`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        _ = try await fixture.renew(fixture.report(session.id, 1), at: Fixture.now + 300)
        #expect(try await fixture.sessions.sweep(at: Fixture.now + 400) == 0)
        #expect(try await fixture.sessions.sweep(at: Fixture.now + 300 + LeaseTerms.presumedLost) == 1)
    }
}

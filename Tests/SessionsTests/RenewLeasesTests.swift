import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions
import TestSupport
import Testing

@Suite struct RenewLeasesTests {
    @Test func `a report keeps a session alive and is billed`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let lease = try await fixture.renew(fixture.report(session.id, 1, 10))
        #expect(lease?.state == .ok)
        #expect(lease?.endsAt == Fixture.now + LeaseTerms.longestSession)
        let view = try await fixture.find(session.id)
        #expect(view.state == .live)
        #expect(view.seconds == 10)
        #expect(try await fixture.billed("session-seconds") == 10)
        #expect(try await fixture.billed("bytes-out") == 30)
    }

    @Test func `repeated, late and lost reports change nothing twice`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        for (sequence, seconds) in [(1, 5), (1, 5), (4, 9), (2, 6), (4, 9), (3, 8)] {
            _ = try await fixture.renew(fixture.report(session.id, sequence, seconds))
        }
        #expect(try await fixture.billed("session-seconds") == 9)
        try await fixture.sessions.close(
            session.id, with: fixture.end(12), from: fixture.worker, at: Fixture.now + 20)
        try await fixture.sessions.close(
            session.id, with: fixture.end(19), from: fixture.worker, at: Fixture.now + 30)
        _ = try await fixture.renew(fixture.report(session.id, 5, 15), at: Fixture.now + 40)
        #expect(try await fixture.billed("session-seconds") == 12)
        #expect(try await fixture.find(session.id).seconds == 12)
    }

    @Test func `sessions of two tenants are renewed in one request`() async throws {
        let fixture = try await Fixture()
        var made: [MadeSession] = []
        for _ in 0..<5 { made.append(try await fixture.makeSession()) }
        let answer = try await fixture.sessions.renew(
            made.map { fixture.report($0.id, 1, 1) }, of: fixture.worker, at: Fixture.now + 10)
        #expect(answer.sessions.count == 5)
        #expect(answer.sessions.allSatisfy { $0.state == .ok })
        #expect(try await fixture.billed("session-seconds") == 5)
    }

    enum Loss: CaseIterable { case revoked, ended, user, tenant, grantGone }

    @Test(arguments: Loss.allCases)
    func `a lease finds out by itself what a session has lost`(loss: Loss) async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let scope = fixture.scope
        let reason: EndReason
        switch loss {
        case .revoked:
            reason = .grantRevoked
            try await fixture.database.execute("update grants set state = 'revoked'", in: scope)
        case .ended:
            reason = .grantEnded
            try await fixture.database.execute(
                "update grants set ends_at = \(Fixture.now + 5)", in: scope)
        case .user:
            reason = .userDisabled
            try await fixture.database.execute(
                "update users set state = 'disabled' where user_id = \(fixture.user)", in: scope)
        case .tenant:
            reason = .tenantSuspended
            try await fixture.database.execute("update tenants set state = 'suspended'", in: ProviderScope())
        case .grantGone:
            reason = .grantRevoked
            try await fixture.database.execute("delete from grants", in: scope)
        }
        let lease = try await fixture.renew(fixture.report(session.id, 1, 8))
        #expect(lease?.state == .ended)
        #expect(lease?.endReason == reason)
        #expect(lease?.endText == reason.text)
        let view = try await fixture.find(session.id)
        #expect(view.state == .ended)
        #expect(view.endReason == reason)
        #expect(try await fixture.billed("session-seconds") == 8)
        #expect(try await fixture.events() == ["session.ended"])
        // The next lease says it again, and changes nothing.
        #expect(try await fixture.renew(fixture.report(session.id, 2, 8))?.endReason == reason)
        #expect(try await fixture.events() == ["session.ended"])
    }

    @Test func `an end that moves is told`() async throws {
        let fixture = try await Fixture(grantEndsAt: Fixture.now + 600)
        let session = try await fixture.makeSession(grantEndsAt: Fixture.now + 600)
        #expect(try await fixture.renew(fixture.report(session.id, 1))?.endsAt == Fixture.now + 600)
        try await fixture.database.execute("update grants set ends_at = \(Fixture.now + 900)", in: fixture.scope)
        #expect(try await fixture.renew(fixture.report(session.id, 2))?.endsAt == Fixture.now + 900)
        try await fixture.database.execute("update grants set ends_at = \(Fixture.now + 300)", in: fixture.scope)
        #expect(try await fixture.renew(fixture.report(session.id, 3))?.endsAt == Fixture.now + 300)
    }

    @Test func `the hours of a grant are not outlived, however long the grant is`() async throws {
        let fixture = try await Fixture(grantEndsAt: Fixture.now + 7200)
        let session = try await fixture.makeSession(grantEndsAt: Fixture.now + 600)
        #expect(try await fixture.renew(fixture.report(session.id, 1))?.endsAt == Fixture.now + 600)
        try await fixture.database.execute("update grants set ends_at = null", in: fixture.scope)
        #expect(try await fixture.renew(fixture.report(session.id, 2))?.endsAt == Fixture.now + 600)
        let lease = try await fixture.renew(fixture.report(session.id, 3), at: Fixture.now + 600)
        #expect(lease?.endReason == .grantEnded)
    }

    @Test func `the same reports sent many times at once are billed once`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let other = try await fixture.makeSession()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sequence in 1...6 {
                for _ in 0..<3 {
                    group.addTask {
                        let reports = [session, other].shuffled().map { fixture.report($0.id, sequence, sequence) }
                        _ = try await fixture.sessions.renew(reports, of: fixture.worker, at: Fixture.now + 10)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.billed("session-seconds") == 12)
        #expect(try await fixture.find(session.id).seconds == 6)
    }

    @Test func `a thousand leases are one request`() async throws {
        let fixture = try await Fixture()
        var made: [SessionID] = []
        for _ in 0..<1000 { made.append(try await fixture.makeSession().id) }
        let began = ContinuousClock.now
        let answer = try await fixture.sessions.renew(
            made.map { fixture.report($0, 1, 1) }, of: fixture.worker, at: Fixture.now + 10)
        #expect(answer.sessions.count == 1000)
        #expect(answer.sessions.allSatisfy { $0.state == .ok })
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test func `another worker's session is unknown, and stays as it is`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let other = try await fixture.test.makeWorker("other", at: Fixture.now)
        #expect(try await fixture.renew(fixture.report(session.id, 1, 10), on: other)?.state == .unknown)
        #expect(try await fixture.renew(fixture.report(.new(), 1, 10))?.state == .unknown)
        #expect(try await fixture.find(session.id).seconds == 0)
        #expect(try await fixture.billed("session-seconds") == 0)
    }
}

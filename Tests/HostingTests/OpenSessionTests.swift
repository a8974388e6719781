import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import Sessions
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Hosting

@Suite struct OpenSessionTests {
    @Test func `a grant carries the secret and the recording key, for this worker alone`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let grant = try await fixture.open(worker)
        #expect(grant.tenant == fixture.scope.tenant)
        #expect(grant.user == fixture.user)
        #expect(grant.hostKeys.count == 1)
        #expect(grant.limits.endsAt == Fixture.now + LeaseTerms.longestSession)
        let sealing = worker.sealing.reveal().reveal()
        let secret = try SealedField.secret.open(grant.sealedSecret, with: sealing, session: grant.session)
        #expect(secret == Array("s3cret".utf8))
        let key = try SealedField.recordingKey.open(grant.recording.sealedKey, with: sealing, session: grant.session)
        let tenantKey = try await fixture.tenantKeys.key(grant.recording.tenantKey, in: fixture.scope)
        let unwrapped = try tenantKey.open(
            grant.recording.wrappedKey.value, associated: Array(grant.recording.id.text.utf8))
        #expect(unwrapped == key)
        let session = try await fixture.sessions.find(grant.session, in: fixture.scope)
        #expect(session.state == .pending)
        #expect(session.recording.id == grant.recording.id)
        #expect(session.clientAddress == "192.0.2.1")
    }

    @Test func `a grant's end is the session's end`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        fixture.world.target.withLock { answer in
            guard case .allowed(let target) = answer else { return }
            answer = .allowed(
                AllowedTarget(
                    asset: target.asset, addresses: target.addresses, account: target.account,
                    accountName: target.accountName, actions: target.actions, grant: target.grant,
                    grantEndsAt: Fixture.now + 120))
        }
        #expect(try await fixture.open(worker).limits.endsAt == Fixture.now + 120)
    }

    func refusal(_ fixture: Fixture, _ worker: TestWorker) async throws -> SessionRefused {
        let admitted = try await fixture.admit(worker)
        let answer = try await fixture.hosting.open(
            fixture.ask(admitted.admission), from: worker.id, at: Fixture.now, traceID: "t")
        guard case .refused(let refusal) = answer else { throw Unexpected() }
        return refusal
    }

    @Test func `what the plan does not allow is refused in words, until a session is over`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        try await fixture.test.setLimit("sessions", 1, in: fixture.scope)
        let grant = try await fixture.open(worker)
        let refusal = try await refusal(fixture, worker)
        #expect(refusal.reasons.map(\.code) == ["quota-sessions"])
        #expect(
            refusal.text
                == "Your plan is used up: 1 of 1 sessions at the same time. For more, ask your hosting provider.")
        try await fixture.sessions.end(
            where: .session(grant.session), because: .terminated, in: fixture.scope, at: Fixture.now)
        _ = try await fixture.open(worker)
    }

    @Test func `without a pinned host key or a secret nothing is opened`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        fixture.world.secret.withLock { $0 = nil }
        #expect(try await refusal(fixture, worker).reasons.map(\.code) == ["secret-missing"])
        fixture.world.pinned.withLock { $0 = [] }
        #expect(try await refusal(fixture, worker).reasons.map(\.code) == ["host-key-missing"])
        let page = try PageRequest.parse("createdAt pr", SessionView.listing)
        #expect(try await fixture.sessions.list(page, in: fixture.scope).rows.isEmpty)
    }

    @Test func `a refusal says why and is in the trail`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let hint = AccessRequestHint(command: "gatehouse request web-1", url: "http://acme.localhost/requests")
        let wanted = SessionRefused(
            text: "Nothing allows it.", reasons: [RefusalReason(code: "no-grant", text: "Nothing allows it.")],
            request: hint)
        fixture.world.target.withLock { $0 = .refused(wanted) }
        #expect(try await refusal(fixture, worker) == wanted)
        let refused = try await fixture.database.first(
            "select count(*) from audit_events where action = 'session.granted' and outcome = 'refused'",
            in: fixture.scope, { try $0.next(Int.self) })
        #expect(refused == 1)
        // As those read it who ask what another policy would have said.
        let told = try await fixture.database.query(
            "select actor_id, target_name, reasons::text from refused_openings where tenant_id = \(fixture.scope.tenant)",
            in: fixture.scope, { [try $0.next(String.self), try $0.next(String.self), try $0.next(String.self)] })
        #expect(told.count == 1 && UserID(told[0][0]) != nil && told[0][2] == #"["no-grant"]"#)
        #expect(told[0][1].contains(" on "), "\(told)")
    }

    @Test func `a review ends what would not be opened any more`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let grant = try await fixture.open(worker)
        #expect(try await fixture.hosting.review(in: fixture.scope, at: Fixture.now + 5) == 0)
        fixture.world.target.withLock {
            $0 = .refused(SessionRefused(text: "You left the group.", reasons: []))
        }
        try await fixture.hosting.review(at: Fixture.now + 6)
        let session = try await fixture.sessions.find(grant.session, in: fixture.scope)
        #expect(session.endReason == .grantRevoked)
        #expect(session.endText == "You left the group.")
        let asked = fixture.world.wishes.withLock { $0.last?.target }
        #expect(asked == SessionTarget(account: "root", asset: fixture.asset.text))
    }

    @Test func `the menu shows what there is`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let admitted = try await fixture.admit(worker)
        let page = try await fixture.hosting.targets(
            TargetsRequest(admission: admitted.admission, page: 0), from: worker.id, at: Fixture.now)
        #expect(page.items.map(\.name) == ["web-1"])
    }

    @Test func `whoever waits for a word about a connection is told when there is one, and may leave`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let other = try await fixture.enrol("other")
        let admitted = try await fixture.admit(worker)
        let (ticket, strange) = (TicketID.new(), TicketID.new())
        fixture.world.standings.withLock {
            $0 = ["\(ticket) \(fixture.user.id)": .waiting, "\(strange) \(UserID.new())": .waiting]
        }
        func ask(_ ticket: TicketID, isGone: Bool = false, from asking: WorkerID? = nil) async throws
            -> ReviewAnswer.State
        {
            try await fixture.hosting.review(
                ReviewRequest(admission: admitted.admission, ticket: ticket, isGone: isGone),
                from: asking ?? worker.id, at: Fixture.now
            ).state
        }
        for _ in 0..<2 { #expect(try await ask(ticket) == .waiting) }
        await #expect(throws: HostingError.notAdmitted) { try await ask(strange) }
        await #expect(throws: HostingError.notAdmitted) { try await ask(ticket, from: other.id) }
        fixture.world.standings.withLock { $0["\(ticket) \(fixture.user.id)"] = .approved }
        #expect(try await ask(ticket) == .approved)
        #expect(try await ask(ticket, isGone: true) == .approved)
        fixture.world.standings.withLock { $0["\(ticket) \(fixture.user.id)"] = .waiting }
        #expect(try await ask(ticket, isGone: true) == .withdrawn)
    }

    @Test func `an unknown host key is kept, and ends the session`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let other = try await fixture.enrol("other")
        let grant = try await fixture.open(worker)
        let report = HostKeyReport(session: grant.session, algorithm: "ssh-ed25519", key: Bytes([9, 9]))
        await #expect(throws: SessionError.notFound) {
            try await fixture.hosting.report(report, from: other.id, at: Fixture.now)
        }
        #expect(fixture.world.seen.withLock { $0.isEmpty })
        try await fixture.hosting.report(report, from: worker.id, at: Fixture.now)
        #expect(fixture.world.seen.withLock { $0.map(\.key) } == [Bytes([9, 9])])
        #expect(try await fixture.sessions.find(grant.session, in: fixture.scope).endReason == .hostKeyChanged)
    }

    @Test func `a worker that came back gets its recording key again, another does not`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let other = try await fixture.enrol("other")
        let grant = try await fixture.open(worker)
        let resumption = try await fixture.hosting.resume(grant.recording.id, from: worker.id)
        let sealing = worker.sealing.reveal().reveal()
        #expect(
            try SealedField.recordingKey.open(resumption.sealedKey, with: sealing, session: grant.session)
                == SealedField.recordingKey.open(grant.recording.sealedKey, with: sealing, session: grant.session))
        #expect(resumption.nextSequence == 1)
        await #expect(throws: SessionError.notFound) {
            try await fixture.hosting.resume(grant.recording.id, from: other.id)
        }
    }
}

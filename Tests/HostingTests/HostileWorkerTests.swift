import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Sessions
import Testing

@testable import Hosting

/// A worker that was taken over asks for everything that is not its own.
@Suite struct HostileWorkerTests {
    @Test func `what a worker was never given does not exist for it`() async throws {
        let fixture = try await Fixture()
        let honest = try await fixture.enrol("honest")
        let hostile = try await fixture.enrol("hostile")
        let grant = try await fixture.open(honest)
        let facts = [
            SessionFact(
                sequence: 1, at: Fixture.now,
                event: .command(CommandFact(line: "id", verdict: .allow, confidence: .high, offsetUs: 0)))
        ]
        for session in [grant.session, .new()] {
            await #expect(throws: SessionError.notFound) {
                try await fixture.sessions.store(facts, of: session, from: hostile.id, at: Fixture.now)
            }
            let lease = try await fixture.hosting.renew(
                LeaseRequest(sessions: [SessionReport(session: session, sequence: 1, state: .live, counters: .zero)]),
                of: hostile.id, at: Fixture.now)
            #expect(lease.sessions.map(\.state) == [.unknown])
        }
        for recording in [grant.recording.id, .new()] {
            await #expect(throws: SessionError.notFound) {
                try await fixture.recordings.store(
                    [1, 2, 3], first: 1, of: recording, from: hostile.id, at: Fixture.now)
            }
            await #expect(throws: SessionError.notFound) {
                try await fixture.hosting.resume(recording, from: hostile.id)
            }
        }
        let session = try await fixture.sessions.find(grant.session, in: fixture.scope)
        #expect(session.state == .pending)
    }

    @Test func `another worker's grant opens nothing for it`() async throws {
        let fixture = try await Fixture()
        let honest = try await fixture.enrol("honest")
        let hostile = try await fixture.enrol("hostile")
        let admitted = try await fixture.admit(honest)
        let answer = try await fixture.hosting.open(
            fixture.ask(admitted.admission), from: honest.id, at: Fixture.now, traceID: "t")
        guard case .granted(let signed) = answer else { throw Unexpected() }
        #expect(throws: GrantFault.forAnotherWorker) {
            try signed.opened(by: hostile.serverKey.value, for: hostile.id, now: Fixture.now)
        }
        let grant = try signed.opened(by: honest.serverKey.value, for: honest.id, now: Fixture.now)
        #expect(throws: (any Error).self) {
            try SealedField.secret.open(
                grant.sealedSecret, with: hostile.sealing.reveal().reveal(), session: grant.session)
        }
    }

    @Test func `a worker that makes sessions up, by the thousand, changes nothing`() async throws {
        let fixture = try await Fixture()
        let hostile = try await fixture.enrol("hostile")
        let reports = (0..<1000).map { number in
            SessionReport(session: .new(), sequence: number + 1, state: .live, counters: .zero)
        }
        let answer = try await fixture.hosting.renew(LeaseRequest(sessions: reports), of: hostile.id, at: Fixture.now)
        #expect(answer.sessions.count == 1000)
        #expect(answer.sessions.allSatisfy { $0.state == .unknown })
    }
}

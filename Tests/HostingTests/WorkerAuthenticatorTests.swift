import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import HTTPTypes
import Kernel
import Sessions
import Testing

@testable import Hosting

@Suite struct WorkerAuthenticatorTests {
    func incoming(_ token: String?) -> Incoming {
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        let facts = RequestFacts(traceID: "t", clientAddress: "192.0.2.1", host: "workers.localhost", headers: headers)
        return Incoming(method: .get, facts: facts, host: .unknown)
    }

    func token(_ fixture: Fixture, _ worker: TestWorker, at now: Date = Fixture.now) async throws -> String {
        let assertion = try worker.assertion(at: now, id: "\(UInt64.random(in: .min ... .max))-0123456789")
        return try await fixture.hosting.token(assertion, at: now).accessToken.reveal()
    }

    @Test func `a worker is known by its token`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let caller = try await fixture.authenticator(incoming(try await token(fixture, worker)))
        #expect(caller.caller.worker == worker.id)
        #expect(caller.permissions == [.workerServe])
    }

    @Test func `a token that is old, changed or missing is none`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let other = try await fixture.enrol("other")
        let good = try await token(fixture, worker)
        let old = try await token(fixture, worker, at: Fixture.now - 601)
        let forged = good.replacing(worker.id.text, with: other.id.text)
        for bad in [old, forged, good + "A", String(good.dropLast()), "", nil] as [String?] {
            await #expect(throws: Problem.self) { try await fixture.authenticator(incoming(bad)) }
        }
    }

    @Test(arguments: [WorkerOrder.quarantine, .remove])
    func `a worker that is taken out is refused at once`(order: WorkerOrder) async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let token = try await token(fixture, worker)
        _ = try await fixture.authenticator(incoming(token))
        _ = try await fixture.hosting.order(order, worker.id, at: Fixture.now, audit: .discarding)
        await #expect(throws: Problem.self) { try await fixture.authenticator(incoming(token)) }
        await #expect(throws: HostingError.assertionRefused) {
            try await fixture.hosting.token(try worker.assertion(at: Fixture.now), at: Fixture.now)
        }
    }

    @Test func `a draining worker goes on, but gets no new session`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let token = try await token(fixture, worker)
        let admitted = try await fixture.admit(worker)
        _ = try await fixture.hosting.order(.drain, worker.id, at: Fixture.now, audit: .discarding)
        _ = try await fixture.authenticator(incoming(token))
        let answer = try await fixture.hosting.open(
            fixture.ask(admitted.admission), from: worker.id, at: Fixture.now, traceID: "t")
        guard case .refused(let refusal) = answer else { throw Unexpected() }
        #expect(refusal.reasons.map(\.code) == ["gateway-draining"])
        _ = try await fixture.hosting.order(.resume, worker.id, at: Fixture.now, audit: .discarding)
        guard
            case .granted = try await fixture.hosting.open(
                fixture.ask(admitted.admission), from: worker.id, at: Fixture.now, traceID: "t")
        else { throw Unexpected() }
    }

    @Test func `quarantine ends what the worker holds`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let grant = try await fixture.open(worker)
        _ = try await fixture.hosting.order(.quarantine, worker.id, at: Fixture.now + 1, audit: .discarding)
        let session = try await fixture.sessions.find(grant.session, in: fixture.scope)
        #expect(session.state == .ended)
        #expect(session.endReason == .workerQuarantined)
        await #expect(throws: HostingError.wrongState) {
            try await fixture.hosting.order(.drain, worker.id, at: Fixture.now, audit: .discarding)
        }
    }
}

import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import Sessions
import Synchronization
import TestSupport
import Testing

@testable import Hosting

/// People who show a key, and the code that is asked for after it.
extension AdmissionTests {
    @Test func `a key of the person lets them in, another does not`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        func admit(_ key: [UInt8], login: String = "ada") async throws -> AdmissionAnswer {
            let proof = AdmissionProof.publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(key)))
            return try await fixture.hosting.admit(
                fixture.request(worker.id, proof, login: login), from: worker.id, at: Fixture.now)
        }
        guard case .admitted(let admitted) = try await admit([7, 7, 7]) else { throw Unexpected() }
        #expect(admitted.user == fixture.user)
        for answer in [try await admit([6, 6, 6]), try await admit([7, 7, 7], login: "nobody")] {
            guard case .refused(let refusal) = answer else { throw Unexpected() }
            #expect(refusal.methods == [.publicKey, .keyboardInteractive])
        }
    }

    private func byKey(_ fixture: Fixture, _ worker: TestWorker, _ key: [UInt8]) async throws -> AdmissionAnswer {
        let proof = AdmissionProof.publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(key)))
        return try await fixture.hosting.admit(fixture.request(worker.id, proof), from: worker.id, at: Fixture.now)
    }

    private func code(
        _ fixture: Fixture, _ worker: TestWorker, _ answers: [String], _ admission: AdmissionID, login: String = "ada"
    ) async throws -> AdmissionAnswer {
        let proof = AdmissionProof.answers(AnswersProof(answers: answers.map { PassedSecret($0) }))
        return try await fixture.hosting.admit(
            fixture.request(worker.id, proof, admission, login: login), from: worker.id, at: Fixture.now)
    }

    @Test func `after a key the code is asked for, and only that`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        guard case .challenge(let challenge) = try await byKey(fixture, worker, [8, 8, 8]) else { throw Unexpected() }
        #expect(challenge.prompts.map(\.text) == ["Verification code: "])
        // Nobody has come in yet.
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.targets(
                TargetsRequest(admission: challenge.admission, page: 0), from: worker.id, at: Fixture.now)
        }
        guard case .challenge(let again) = try await code(fixture, worker, ["000000"], challenge.admission) else {
            throw Unexpected()
        }
        #expect(again.prompts == challenge.prompts && again.admission == challenge.admission)
        guard case .admitted(let admitted) = try await code(fixture, worker, ["123456"], challenge.admission) else {
            throw Unexpected()
        }
        #expect(admitted.user == fixture.user)
    }

    @Test func `what was asked after a key takes no password, no other login and three tries`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        func ask() async throws -> AdmissionID {
            guard case .challenge(let challenge) = try await byKey(fixture, worker, [8, 8, 8]) else {
                throw Unexpected()
            }
            return challenge.admission
        }
        for answers in [["right", "123456"], [], ["123456", "123456", "123456"]] {
            guard case .refused = try await code(fixture, worker, answers, try await ask()) else { throw Unexpected() }
        }
        guard case .refused = try await code(fixture, worker, ["123456"], try await ask(), login: "bob") else {
            throw Unexpected()
        }
        let admission = try await ask()
        for _ in 0..<3 { _ = try await code(fixture, worker, ["000000"], admission) }
        guard case .refused = try await code(fixture, worker, ["123456"], admission) else { throw Unexpected() }
        // A question about password and code is not answered by a code alone.
        let asked = try await self.ask(fixture, worker)
        guard case .refused = try await code(fixture, worker, ["123456"], asked.admission) else { throw Unexpected() }
    }

    @Test func `a code that is mailed is asked for after the password, and only that`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        func mailed() async throws -> AdmissionID {
            let asked = try await ask(fixture, worker)
            let answer = try await fixture.hosting.admit(
                fixture.request(worker.id, answers("mailed", ""), asked.admission), from: worker.id, at: Fixture.now)
            guard case .challenge(let challenge) = answer else { throw Unexpected() }
            #expect(challenge.prompts.map(\.text) == ["Verification code: "])
            #expect(challenge.title.contains("on its way"))
            return challenge.admission
        }
        let first = try await mailed()
        guard case .challenge = try await code(fixture, worker, ["000000"], first),
            case .admitted = try await code(fixture, worker, ["123456"], first)
        else { throw Unexpected() }
        #expect(fixture.world.waysOfConfirming.withLock { $0 } == [.password])
        // Password and code are not asked for together any more, and wrong codes are bounded.
        let second = try await mailed()
        guard
            case .refused = try await fixture.hosting.admit(
                fixture.request(worker.id, answers("right", "123456"), second), from: worker.id, at: Fixture.now)
        else { throw Unexpected() }
        let third = try await mailed()
        for _ in 0..<3 { _ = try await code(fixture, worker, ["000000"], third) }
        guard case .refused = try await code(fixture, worker, ["123456"], third) else { throw Unexpected() }
    }

    @Test func `who has no code to type is told what to do, and comes in no other way`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        guard case .refused(let refusal) = try await byKey(fixture, worker, [9, 9, 9]) else { throw Unexpected() }
        #expect(refusal.text == "Use the web terminal." && refusal.methods == nil)
    }
}

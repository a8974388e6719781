import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import HTTPTypes
import Kernel
import Testing

@testable import Hosting

@Suite struct EnrolmentTests {
    @Test func `a token makes one worker, once`() async throws {
        let fixture = try await Fixture()
        let enrolment = try await fixture.hosting.prepare(
            WorkerPlace(pool: "default"), at: Fixture.now, in: ProviderScope(), audit: .discarding)
        let worker = try await fixture.enrol("one", with: enrolment.token, at: Fixture.now)
        #expect(worker.serverKey.value == fixture.keys.grants.verifyingKey.bytes)
        await #expect(throws: HostingError.enrolmentRefused) {
            try await fixture.enrol("two", with: enrolment.token, at: Fixture.now)
        }
        let view = try await fixture.hosting.worker(worker.id, at: Fixture.now, in: ProviderScope())
        #expect(view.name == "one")
        #expect(view.state == .active)
        #expect(view.isConnected)
    }

    @Test func `of two that come at once with one token, one gets in`() async throws {
        let fixture = try await Fixture()
        let enrolment = try await fixture.hosting.prepare(
            WorkerPlace(pool: "default"), at: Fixture.now, in: ProviderScope(), audit: .discarding)
        let winners = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<4 {
                group.addTask {
                    (try? await fixture.enrol("w\(number)", with: enrolment.token, at: Fixture.now)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test func `a token that is too old or made up is refused`() async throws {
        let fixture = try await Fixture()
        let enrolment = try await fixture.hosting.prepare(
            WorkerPlace(pool: "default"), at: Fixture.now, in: ProviderScope(), audit: .discarding)
        await #expect(throws: HostingError.enrolmentRefused) {
            try await fixture.enrol("late", with: enrolment.token, at: Fixture.now + WorkerEnrolment.lifetime)
        }
        await #expect(throws: HostingError.enrolmentRefused) {
            try await fixture.hosting.challenge(PassedSecret("gwe_made-up"), at: Fixture.now)
        }
    }

    @Test func `a signature for other keys does not enrol, and does not spend the token`() async throws {
        let fixture = try await Fixture()
        let enrolment = try await fixture.hosting.prepare(
            WorkerPlace(pool: "default"), at: Fixture.now, in: ProviderScope(), audit: .discarding)
        let challenge = try await fixture.hosting.challenge(enrolment.token, at: Fixture.now)
        let good = try Fixture.request("w", enrolment.token, challenge, SigningKey(), SealingPrivateKey())
        let other = try Fixture.request("w", enrolment.token, challenge, SigningKey(), SealingPrivateKey())
        let exchanged = EnrolRequest(
            token: good.token, signingKey: good.signingKey, sealingKey: other.sealingKey, signature: good.signature,
            name: good.name, sshEndpoint: "", webEndpoint: "", version: "1")
        await #expect(throws: HostingError.enrolmentRefused) {
            try await fixture.hosting.enrol(exchanged, at: Fixture.now, audit: .discarding)
        }
        _ = try await fixture.hosting.enrol(good, at: Fixture.now, audit: .discarding)
    }

    @Test func `a name is taken until its worker is removed`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol("gw")
        await #expect(throws: HostingError.nameTaken) { try await fixture.enrol("gw") }
        _ = try await fixture.hosting.order(.remove, worker.id, at: Fixture.now, audit: .discarding)
        _ = try await fixture.enrol("gw")
    }

    @Test func `an assertion counts once`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let assertion = try worker.assertion(at: Fixture.now)
        let token = try await fixture.hosting.token(assertion, at: Fixture.now)
        #expect(token.expiresInSeconds == 600)
        await #expect(throws: HostingError.assertionRefused) {
            try await fixture.hosting.token(assertion, at: Fixture.now)
        }
        _ = try await fixture.hosting.token(
            try worker.assertion(at: Fixture.now, id: "another-assertion"), at: Fixture.now)
    }

    @Test func `another worker's key, or a worker that nobody knows, gets no token`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol("one")
        let other = try await fixture.enrol("two")
        await #expect(throws: HostingError.assertionRefused) {
            try await fixture.hosting.token(
                try worker.assertion(at: Fixture.now, by: other.signing), at: Fixture.now)
        }
        let stranger = TestWorker(
            id: .new(), serverKey: worker.serverKey, signing: SigningKey(), sealing: SealingPrivateKey())
        await #expect(throws: HostingError.assertionRefused) {
            try await fixture.hosting.token(try stranger.assertion(at: Fixture.now), at: Fixture.now)
        }
    }

    @Test func `after a rotation the old key signs for an hour, and both had to agree`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let signing = SigningKey()
        let sealing = SealingPrivateKey()
        func rotation(old: SigningKey, new: SigningKey) throws -> RotateKeysRequest {
            let keys = (Bytes(signing.verifyingKey.bytes), Bytes(sealing.publicKey.bytes))
            let text = ProofText.rotation(of: worker.id, signingKey: keys.0, sealingKey: keys.1)
            return RotateKeysRequest(
                signingKey: keys.0, sealingKey: keys.1, signatureOld: Bytes(try old.sign(text)),
                signatureNew: Bytes(try new.sign(text)))
        }
        for (old, new) in [(signing, signing), (worker.signing, worker.signing)] {
            await #expect(throws: HostingError.rotationRefused) {
                try await fixture.hosting.rotate(
                    try rotation(old: old, new: new), of: worker.id, at: Fixture.now, audit: .discarding)
            }
        }
        _ = try await fixture.hosting.rotate(
            try rotation(old: worker.signing, new: signing), of: worker.id, at: Fixture.now, audit: .discarding)
        let later = Fixture.now + 3599
        _ = try await fixture.hosting.token(
            try worker.assertion(at: later, id: "by-the-new-key-00", by: signing), at: later)
        _ = try await fixture.hosting.token(try worker.assertion(at: later, id: "by-the-old-key-00"), at: later)
        let tooLate = Fixture.now + 3600
        await #expect(throws: HostingError.assertionRefused) {
            try await fixture.hosting.token(try worker.assertion(at: tooLate, id: "by-the-old-key-01"), at: tooLate)
        }
    }
}

import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Hosting

/// Two calls about one admission, of which one is done while the other is about to be.
@Suite struct AdmissionRaceTests {
    private struct Scene {
        let fixture: Fixture
        let worker: TestWorker
        let admission: AdmissionID
        let answers = AdmissionProof.answers(
            AnswersProof(answers: [PassedSecret("right"), PassedSecret("123456")]))
        let look = AdmissionProof.waiting(WaitingProof())
        let leave = AdmissionProof.gone(GoneProof())

        /// Somebody who is asked for a password, and will have to wait.
        init() async throws {
            fixture = try await Fixture()
            worker = try await fixture.enrol()
            fixture.world.words.withLock { $0 = [:] }
            let asked = try await fixture.hosting.admit(
                fixture.request(worker.id, .none(NoProof())), from: worker.id, at: Fixture.now)
            guard case .challenge(let challenge) = asked else { throw Unexpected() }
            admission = challenge.admission
        }

        func say(_ proof: AdmissionProof) async throws -> AdmissionAnswer {
            try await fixture.hosting.admit(
                fixture.request(worker.id, proof, admission), from: worker.id, at: Fixture.now)
        }

        /// Somebody agrees.
        func agree() {
            fixture.world.words.withLock { $0?[admission.text] = .admitted(fixture.user) }
        }

        /// Does the one while the other is decided and not yet kept: the answers to both.
        func say(
            _ late: AdmissionProof, overtakenBy work: @escaping @Sendable () async throws -> AdmissionAnswer
        ) async throws -> (late: AdmissionAnswer, other: AdmissionAnswer?) {
            let other = Mutex<AdmissionAnswer?>(nil)
            fixture.world.interruption.withLock {
                $0 = {
                    let answer = try await work()
                    other.withLock { $0 = answer }
                }
            }
            return (try await say(late), other.withLock { $0 })
        }

        var stage: Admission.Stage? {
            get async throws {
                try await fixture.database.first(
                    AdmissionStore.find(admission, tenant: fixture.scope.tenant), in: fixture.scope,
                    AdmissionStore.decode)?.stage
            }
        }
    }

    @Test func `of two answers at once both wait for one review`() async throws {
        let scene = try await Scene()
        let one = TicketID.new()
        let (late, other) = try await scene.say(scene.answers) {
            scene.fixture.world.ticket.withLock { $0 = one }
            return try await scene.say(scene.answers)
        }
        guard case .challenge(let first) = other, case .challenge(let second) = late else { throw Unexpected() }
        #expect(first.prompts.isEmpty && first == second)
        guard case .waiting(_, by: _, for: one) = try await scene.stage else { throw Unexpected() }
    }

    @Test func `an answer that is late asks nobody about whoever is in by then, and takes nothing from them`()
        async throws
    {
        let scene = try await Scene()
        let (late, other) = try await scene.say(scene.answers) {
            guard case .challenge = try await scene.say(scene.answers) else { throw Unexpected() }
            scene.agree()
            return try await scene.say(scene.look)
        }
        guard case .admitted = other, case .refused = late else { throw Unexpected() }
        #expect(try await scene.stage == .admitted(scene.fixture.user.id))
    }

    @Test func `of two looks at once one lets in, and the other takes nothing from them`() async throws {
        let scene = try await Scene()
        guard case .challenge = try await scene.say(scene.answers) else { throw Unexpected() }
        scene.agree()
        let (late, other) = try await scene.say(scene.look) {
            let answer = try await scene.say(scene.look)
            // Their proof is used up.
            scene.fixture.world.words.withLock {
                $0?[scene.admission.text] = .notReady("This sign-in was ended meanwhile. Sign in again.")
            }
            return answer
        }
        guard case .admitted(let admitted) = other, case .refused = late else { throw Unexpected() }
        #expect(try await scene.stage == .admitted(scene.fixture.user.id))
        _ = try await scene.fixture.hosting.targets(
            TargetsRequest(admission: admitted.admission, page: 0), from: scene.worker.id, at: Fixture.now)
    }

    @Test func `whoever is taken for gone is let in no more, and whoever is in is not taken for gone`() async throws {
        let gone = try await Scene()
        guard case .challenge = try await gone.say(gone.answers) else { throw Unexpected() }
        gone.agree()
        guard case (.refused, .refused) = try await gone.say(gone.look, overtakenBy: { try await gone.say(gone.leave) })
        else { throw Unexpected() }
        #expect(try await gone.stage == .refused)
        #expect(gone.fixture.world.gone.withLock { $0 } == [gone.admission.text])

        let there = try await Scene()
        guard case .challenge = try await there.say(there.answers) else { throw Unexpected() }
        there.agree()
        guard
            case (.refused, .admitted) = try await there.say(
                there.leave, overtakenBy: { try await there.say(there.look) })
        else { throw Unexpected() }
        #expect(try await there.stage == .admitted(there.fixture.user.id))
        #expect(there.fixture.world.gone.withLock { $0.isEmpty })
    }

    @Test func `of two keys at a browser's link that was confirmed, the other spoils nothing`() async throws {
        let scene = try await Scene()
        let world = scene.fixture.world
        world.browser.withLock { $0 = .waiting }
        let nothing = AdmissionProof.answers(AnswersProof(answers: [PassedSecret(""), PassedSecret("")]))
        guard case .challenge = try await scene.say(nothing) else { throw Unexpected() }
        world.browser.withLock { $0 = .confirmed(.admitted(scene.fixture.user)) }
        let press = AdmissionProof.answers(AnswersProof(answers: [PassedSecret("")]))
        let (late, other) = try await scene.say(press) {
            // Confirmed is told once.
            world.browser.withLock { $0 = .over }
            return try await scene.say(press)
        }
        guard case .admitted = late, case .refused = other else { throw Unexpected() }
        #expect(try await scene.stage == .admitted(scene.fixture.user.id))
    }
}

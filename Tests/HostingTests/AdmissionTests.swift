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

@Suite struct AdmissionTests {
    func answers(_ password: String, _ code: String) -> AdmissionProof {
        .answers(AnswersProof(answers: [PassedSecret(password), PassedSecret(code)]))
    }

    func ask(_ fixture: Fixture, _ worker: TestWorker, login: String = "ada", tenant: String = "acme") async throws
        -> AdmissionChallenge
    {
        let request = fixture.request(worker.id, .none(NoProof()), login: login, tenant: tenant)
        guard
            case .challenge(let challenge) = try await fixture.hosting.admit(request, from: worker.id, at: Fixture.now)
        else { throw Unexpected() }
        return challenge
    }

    @Test func `password and code let a person in`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let admitted = try await fixture.admit(worker)
        #expect(admitted.user == fixture.user)
        #expect(admitted.tenantName == "Acme")
        #expect(admitted.portal == "http://acme.localhost")
        #expect(admitted.target == nil)
    }

    @Test func `a login or a company that nobody has is asked and told the same`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        for (login, tenant) in [("nobody", "acme"), ("ada", "no-such-company"), ("ada", "")] {
            let challenge = try await ask(fixture, worker, login: login, tenant: tenant)
            #expect(challenge.prompts == (try await ask(fixture, worker)).prompts)
        }
        let known = try await ask(fixture, worker)
        let wrong = try await fixture.hosting.admit(
            fixture.request(worker.id, answers("wrong", "1"), known.admission), from: worker.id, at: Fixture.now)
        let unknown = try await ask(fixture, worker, login: "nobody")
        let told = try await fixture.hosting.admit(
            fixture.request(worker.id, answers("wrong", "1"), unknown.admission, login: "nobody"), from: worker.id,
            at: Fixture.now)
        guard case .challenge(let first) = wrong, case .challenge(let second) = told else { throw Unexpected() }
        #expect(first.title == second.title)
        #expect(first.prompts == second.prompts)
    }

    @Test func `a browser is offered where there is one, and lets in whom it confirmed`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        func answer(_ texts: [String], _ admission: AdmissionID, connection: String? = nil) async throws
            -> AdmissionAnswer
        {
            let proof = AdmissionProof.answers(AnswersProof(answers: texts.map { PassedSecret($0) }))
            return try await fixture.hosting.admit(
                fixture.request(worker.id, proof, admission), from: worker.id, at: Fixture.now)
        }
        let plain = try await ask(fixture, worker)
        #expect(plain.title.isEmpty)
        // Two empty answers are a wrong password where there is no browser, and nothing waits.
        guard case .challenge = try await answer(["", ""], plain.admission) else { throw Unexpected() }
        #expect(fixture.world.links.withLock { $0 }.isEmpty)
        fixture.world.browser.withLock { $0 = .waiting }
        let offered = try await ask(fixture, worker)
        #expect(offered.title.contains("browser"))
        #expect(offered.title == (try await ask(fixture, worker, login: "nobody")).title)
        guard case .refused = try await answer([""], offered.admission) else { throw Unexpected() }
        guard case .challenge(let link) = try await answer(["", ""], offered.admission) else { throw Unexpected() }
        #expect(link.title.contains("http://acme.localhost/device#token") && link.title.contains("BCDF-GHJK"))
        #expect(link.prompts.count == 1)
        for _ in 0..<5 {
            guard case .challenge(let again) = try await answer([""], offered.admission) else { throw Unexpected() }
            #expect(again.prompts == link.prompts)
        }
        fixture.world.browser.withLock { $0 = .confirmed(.admitted(fixture.user)) }
        guard case .admitted(let admitted) = try await answer([""], offered.admission) else { throw Unexpected() }
        #expect(admitted.user == fixture.user)
        // The admission is spent.
        guard case .refused = try await answer([""], offered.admission) else { throw Unexpected() }
        // Who confirmed and needs somebody's word besides waits as after any other proof.
        fixture.world.words.withLock { $0 = [:] }
        let waits = try await ask(fixture, worker)
        guard case .challenge = try await answer(["", ""], waits.admission) else { throw Unexpected() }
        // The password is not asked any more.
        guard case .refused = try await answer(["right", "123456"], waits.admission) else { throw Unexpected() }
        fixture.world.browser.withLock {
            $0 = .confirmed(.waits(fixture.user.id, fixture.world.ticket.withLock { $0 }, until: Fixture.now + 600))
        }
        guard case .challenge(let waiting) = try await answer([""], waits.admission) else { throw Unexpected() }
        #expect(waiting.prompts.isEmpty)
        fixture.world.words.withLock { $0 = [waits.admission.text: .admitted(fixture.user)] }
        guard case .admitted = try await answer([], waits.admission) else { throw Unexpected() }
        #expect(fixture.world.waysOfWaiting.withLock { $0 } == [.browser])
    }

    @Test func `after three wrong answers even the right one is refused`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let challenge = try await ask(fixture, worker)
        var last: AdmissionAnswer?
        for _ in 0..<3 {
            last = try await fixture.hosting.admit(
                fixture.request(worker.id, answers("wrong", "000000"), challenge.admission), from: worker.id,
                at: Fixture.now)
        }
        guard case .refused = last else { throw Unexpected() }
        let right = try await fixture.hosting.admit(
            fixture.request(worker.id, answers("right", "123456"), challenge.admission), from: worker.id,
            at: Fixture.now)
        guard case .refused = right else { throw Unexpected() }
    }

    @Test func `what an identity provider asks is passed on, and its answer back`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        func say(_ proof: AdmissionProof, in id: AdmissionID) async throws -> AdmissionAnswer {
            try await fixture.hosting.admit(
                fixture.request(worker.id, proof, id), from: worker.id, at: Fixture.now)
        }
        func answers(_ texts: String...) -> AdmissionProof {
            .answers(AnswersProof(answers: texts.map(PassedSecret.init)))
        }
        let id = try await ask(fixture, worker).admission
        // An answer before there was a question is none.
        guard case .refused = try await say(answers("sesame"), in: try await ask(fixture, worker).admission) else {
            throw Unexpected()
        }
        guard case .challenge(let first) = try await say(answers("asked", "1"), in: id) else { throw Unexpected() }
        #expect(first.prompts.map(\.text) == ["Token? ", "Verification code: "])
        #expect(first.prompts.first?.echo == false)
        guard case .challenge(let second) = try await say(answers("again", "1"), in: id) else { throw Unexpected() }
        #expect(second.prompts.map(\.text) == ["Code: "])
        guard case .admitted(let admitted) = try await say(answers("sesame"), in: id) else { throw Unexpected() }
        #expect(admitted.user == fixture.user)
    }

    @Test func `a wrong answer begins again with the password, and counts`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let id = try await ask(fixture, worker).admission
        func say(_ texts: String...) async throws -> AdmissionAnswer {
            let proof = AdmissionProof.answers(AnswersProof(answers: texts.map(PassedSecret.init)))
            return try await fixture.hosting.admit(
                fixture.request(worker.id, proof, id), from: worker.id, at: Fixture.now)
        }
        for _ in 0..<2 {
            guard case .challenge(let question) = try await say("asked", "") else { throw Unexpected() }
            #expect(question.prompts.count == 1)
            guard case .challenge(let again) = try await say("wrong") else { throw Unexpected() }
            #expect(again.prompts.map(\.text) == ["Password: ", "Verification code: "])
        }
        guard case .challenge = try await say("asked", "") else { throw Unexpected() }
        guard case .refused = try await say("wrong") else { throw Unexpected() }
        guard case .refused = try await say("right", "123456") else { throw Unexpected() }
    }

    @Test(arguments: [AdmissionProof.waiting(WaitingProof()), .answers(AnswersProof(answers: []))])
    func `who has to wait for somebody's word is asked about with nothing, and comes in once`(
        _ nothing: AdmissionProof
    ) async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        fixture.world.words.withLock { $0 = [:] }
        let challenge = try await ask(fixture, worker)
        // Nothing is no answer to questions.
        guard
            case .refused = try await fixture.hosting.admit(
                fixture.request(worker.id, nothing, challenge.admission), from: worker.id, at: Fixture.now)
        else { throw Unexpected() }
        let keyed = AdmissionProof.publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes([7, 7, 7])))
        let ways: [(AdmissionProof, AdmissionID?, AdmissionWay)] = [
            (answers("right", "123456"), challenge.admission, .password), (keyed, nil, .publicKey([7, 7, 7])),
        ]
        let other = try await fixture.enrol("other")
        for (proof, admission, way) in ways {
            let asked = try await fixture.hosting.admit(
                fixture.request(worker.id, proof, admission), from: worker.id, at: Fixture.now)
            guard case .challenge(let waiting) = asked else { throw Unexpected() }
            #expect(waiting.prompts.isEmpty && waiting.title.contains("Somebody has to agree"))
            // Another connection, login or worker has nothing to do with it.
            for (request, from) in [
                (fixture.request(worker.id, nothing, waiting.admission, connection: "c2"), worker.id),
                (fixture.request(worker.id, nothing, waiting.admission, login: "bob"), worker.id),
                (fixture.request(other.id, nothing, waiting.admission), other.id),
            ] {
                guard case .refused = try await fixture.hosting.admit(request, from: from, at: Fixture.now) else {
                    throw Unexpected()
                }
            }
            await #expect(throws: HostingError.notAdmitted) {
                try await fixture.hosting.open(
                    fixture.ask(waiting.admission), from: worker.id, at: Fixture.now, traceID: "t")
            }
            func again() async throws -> AdmissionAnswer {
                try await fixture.hosting.admit(
                    fixture.request(worker.id, nothing, waiting.admission), from: worker.id, at: Fixture.now)
            }
            for number in 1...3 {
                guard case .challenge(let more) = try await again() else { throw Unexpected() }
                #expect(more.prompts.isEmpty && more.title.isEmpty)
                #expect(fixture.world.waysOfWaiting.withLock { $0 } == Array(repeating: way, count: number))
            }
            fixture.world.words.withLock { $0?[waiting.admission.text] = .admitted(fixture.user) }
            guard case .admitted = try await again() else { throw Unexpected() }
            // A worker that waits by itself is kept no moment, and no other for somebody who does not wait.
            let kept = if case .answers = nothing { 3 } else { 0 }
            #expect(fixture.world.rests.withLock { $0 } == kept)
            fixture.world.rests.withLock { $0 = 0 }
            fixture.world.waysOfWaiting.withLock { $0 = [] }
            // In already: there is nothing to ask any more.
            guard
                case .refused = try await fixture.hosting.admit(
                    fixture.request(worker.id, nothing, waiting.admission), from: worker.id, at: Fixture.now)
            else { throw Unexpected() }
        }
    }

    @Test func `whoever waits and leaves is asked about no more, and nobody leaves for another`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        fixture.world.words.withLock { $0 = [:] }
        let challenge = try await ask(fixture, worker)
        func say(_ proof: AdmissionProof, connection: String? = nil) async throws -> AdmissionAnswer {
            try await fixture.hosting.admit(
                connection.map { fixture.request(worker.id, proof, challenge.admission, connection: $0) }
                    ?? fixture.request(worker.id, proof, challenge.admission), from: worker.id, at: Fixture.now)
        }
        // Whoever does not wait yet has nothing to take back.
        _ = try await say(.gone(GoneProof()))
        guard case .challenge = try await say(answers("right", "123456")) else { throw Unexpected() }
        _ = try await say(.gone(GoneProof()), connection: "c2")
        #expect(fixture.world.gone.withLock { $0.isEmpty })
        guard case .refused = try await say(.gone(GoneProof())) else { throw Unexpected() }
        #expect(fixture.world.gone.withLock { $0 } == [challenge.admission.text])
        fixture.world.words.withLock { $0?[challenge.admission.text] = .admitted(fixture.user) }
        guard case .refused = try await say(.waiting(WaitingProof())) else { throw Unexpected() }
    }

    @Test func `who waits is told of a no, and that time is over`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        fixture.world.words.withLock { $0 = [:] }
        let nothing = AdmissionProof.waiting(WaitingProof())
        for isLate in [false, true] {
            let challenge = try await ask(fixture, worker)
            guard
                case .challenge(let waiting) = try await fixture.hosting.admit(
                    fixture.request(worker.id, answers("right", "123456"), challenge.admission), from: worker.id,
                    at: Fixture.now)
            else { throw Unexpected() }
            fixture.world.words.withLock { $0?[waiting.admission.text] = .notReady("Nobody agreed.") }
            let answer = try await fixture.hosting.admit(
                fixture.request(worker.id, nothing, waiting.admission), from: worker.id,
                at: Fixture.now + (isLate ? 600 : 0))
            guard case .refused(let refusal) = answer else { throw Unexpected() }
            #expect(refusal.text == (isLate ? "Nobody has answered in time." : "Nobody agreed."))
            #expect(refusal.methods == nil)
        }
    }

    @Test func `many answers at once are not more tries than three`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let challenge = try await ask(fixture, worker)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    _ = try await fixture.hosting.admit(
                        fixture.request(worker.id, answers("wrong", "000000"), challenge.admission), from: worker.id,
                        at: Fixture.now)
                }
            }
            try await group.waitForAll()
        }
        #expect(fixture.world.signIns.withLock { $0 } == 3)
    }

    @Test func `an admission lives on while it is used, for half a day at most`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let admitted = try await fixture.admit(worker)
        var now = Fixture.now
        while now < Fixture.now + 12 * 3600 - 240 {
            now += 240
            _ = try await fixture.hosting.targets(
                TargetsRequest(admission: admitted.admission, page: 0), from: worker.id, at: now)
        }
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.targets(
                TargetsRequest(admission: admitted.admission, page: 0), from: worker.id, at: Fixture.now + 12 * 3600)
        }
    }

    @Test func `an admission is good for one worker, one connection, one login and five minutes`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let other = try await fixture.enrol("other")
        let challenge = try await ask(fixture, worker)
        let proof = answers("right", "123456")
        let attempts: [(AdmissionRequest, WorkerID, Date)] = [
            (fixture.request(other.id, proof, challenge.admission), other.id, Fixture.now),
            (fixture.request(worker.id, proof, challenge.admission, connection: "c2"), worker.id, Fixture.now),
            (fixture.request(worker.id, proof, challenge.admission, login: "bob"), worker.id, Fixture.now),
            (fixture.request(worker.id, proof, challenge.admission), worker.id, Fixture.now + 300),
            (fixture.request(worker.id, proof, .new()), worker.id, Fixture.now),
            (fixture.request(worker.id, proof, nil), worker.id, Fixture.now),
        ]
        for (request, from, now) in attempts {
            guard case .refused = try await fixture.hosting.admit(request, from: from, at: now) else {
                throw Unexpected()
            }
        }
        let admitted = try await fixture.admit(worker)
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.open(
                fixture.ask(admitted.admission), from: other.id, at: Fixture.now, traceID: "t")
        }
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.targets(
                TargetsRequest(admission: admitted.admission, page: 0), from: worker.id, at: Fixture.now + 301)
        }
    }

    @Test func `a terminal's token opens its one target and nothing else`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let token = try await fixture.terminals.issue(
            TerminalTokenRequest(asset: fixture.asset, account: "root"), to: fixture.user.id, origin: "http://acme",
            clientAddress: "192.0.2.1", in: fixture.scope, at: Fixture.now, audit: .discarding)
        let proof = AdmissionProof.terminalToken(TerminalTokenProof(token: token.token, origin: "http://acme"))
        let answer = try await fixture.hosting.admit(
            fixture.request(worker.id, proof, login: "", tenant: ""), from: worker.id, at: Fixture.now)
        guard case .admitted(let admitted) = answer else { throw Unexpected() }
        #expect(admitted.target == AdmittedTarget(account: "root", asset: fixture.asset))
        let ticket = TicketID.new()
        fixture.world.standings.withLock { $0 = ["\(ticket) \(fixture.user.id)": .waiting] }
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.requests(
                RequestListQuestion(admission: admitted.admission, view: .mine), from: worker.id, at: Fixture.now)
        }
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.review(
                ReviewRequest(admission: admitted.admission, ticket: ticket, isGone: true), from: worker.id,
                at: Fixture.now)
        }
        #expect(fixture.world.standings.withLock { Array($0.values) } == [.waiting])
        for wrong in [
            fixture.ask(admitted.admission, asset: "db-1"),
            fixture.ask(admitted.admission, asset: fixture.asset.text, account: "oracle"),
        ] {
            guard
                case .refused(let refusal) = try await fixture.hosting.open(
                    wrong, from: worker.id, at: Fixture.now, traceID: "t")
            else { throw Unexpected() }
            #expect(refusal.reasons.map(\.code) == ["another-target"])
        }
        let right = fixture.ask(admitted.admission, asset: fixture.asset.text)
        guard case .granted = try await fixture.hosting.open(right, from: worker.id, at: Fixture.now, traceID: "t")
        else {
            throw Unexpected()
        }
        guard
            case .refused = try await fixture.hosting.admit(
                fixture.request(worker.id, proof), from: worker.id, at: Fixture.now)
        else { throw Unexpected() }
    }

    @Test func `a suspended tenant lets nobody in`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let challenge = try await ask(fixture, worker)
        try await fixture.database.execute("update tenants set state = 'suspended'", in: ProviderScope())
        let answer = try await fixture.hosting.admit(
            fixture.request(worker.id, answers("right", "123456"), challenge.admission), from: worker.id,
            at: Fixture.now)
        guard case .refused = answer else { throw Unexpected() }
    }

    @Test func `somebody who lost their account meanwhile gets no further`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let admitted = try await fixture.admit(worker)
        fixture.world.people.withLock { $0 = [:] }
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.open(
                fixture.ask(admitted.admission), from: worker.id, at: Fixture.now, traceID: "t")
        }
    }
}

import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import Sessions
import Synchronization
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
        fixture.world.browser.withLock { $0 = .admitted(fixture.user) }
        guard case .admitted(let admitted) = try await answer([""], offered.admission) else { throw Unexpected() }
        #expect(admitted.user == fixture.user)
        // The admission is spent.
        guard case .refused = try await answer([""], offered.admission) else { throw Unexpected() }
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
        for answer in [try await admit([8, 8, 8]), try await admit([7, 7, 7], login: "nobody")] {
            guard case .refused(let refusal) = answer else { throw Unexpected() }
            #expect(refusal.methods == [.publicKey, .keyboardInteractive])
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

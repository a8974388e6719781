import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions
import Synchronization
import TestSupport
import Testing

@testable import Hosting

/// Those who wait at a worker, from where their word comes.
@Suite struct WaitingAdmissionTests {
    private struct Scene {
        let fixture: Fixture
        let worker: TestWorker
        let other: TestWorker

        init() async throws {
            fixture = try await Fixture()
            worker = try await fixture.enrol()
            other = try await fixture.enrol("other")
            fixture.world.words.withLock { $0 = [:] }
        }

        /// Somebody by key who waits for a review of their own.
        func wait(at worker: TestWorker, for ticket: TicketID, connection: String = "c1") async throws -> AdmissionID {
            let key = AdmissionProof.publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes([7, 7, 7])))
            fixture.world.ticket.withLock { $0 = ticket }
            let answer = try await fixture.hosting.admit(
                fixture.request(worker.id, key, connection: connection), from: worker.id, at: Fixture.now)
            guard case .challenge(let challenge) = answer else { throw Unexpected() }
            return challenge.admission
        }

        func look(_ list: [AdmissionID], at worker: TestWorker, after seconds: Double = 0) async throws -> [AdmissionID]
        {
            try await fixture.hosting.lookAfter(
                WaitingList(admissions: list), at: worker.id, at: Fixture.now + seconds
            ).admissions
        }

        /// What workers were told since the last time.
        func told() async throws -> [String] {
            let superuser = try await fixture.test.superuser()
            let rows = try await superuser.query(
                "select worker_id, data from worker_events order by sequence"
            ) { row in (try row.next(WorkerID.self), try row.next(JSON.self)) }
            _ = try await superuser.execute("delete from worker_events")
            return try rows.map { worker, data in
                let event = try WorkerEvent.schema.parse(data)
                #expect(event.kind == .decision)
                return "\(worker.text) \(event.ticket?.text ?? "") \(event.admission?.text ?? "")"
            }
        }
    }

    @Test func `one call looks after all who wait at a worker, and finds those of whom there is news`() async throws {
        let scene = try await Scene()
        let tickets = (0..<4).map { _ in TicketID.new() }
        var waiting: [AdmissionID] = []
        for (number, ticket) in tickets.enumerated() {
            let worker = number == 3 ? scene.other : scene.worker
            waiting.append(try await scene.wait(at: worker, for: ticket, connection: "c\(number)"))
        }
        let mine = Array(waiting.prefix(3))
        #expect(try await scene.look(mine, at: scene.worker) == [])
        #expect(try await scene.look([], at: scene.worker) == [])
        let looks = scene.fixture.world.looks.withLock { $0 }
        #expect(looks.count == 1)
        #expect(Set(looks[0].map(\.ticket)) == Set(tickets.prefix(3)))
        #expect(looks[0].allSatisfy { $0.scope == scene.fixture.scope })

        scene.fixture.world.decided.withLock { $0 = [tickets[1], tickets[3]] }
        #expect(try await scene.look(mine, at: scene.worker) == [waiting[1]])
        // Of somebody else's, or of nobody's, it hears the same, and they are taken for there by nobody else's word.
        scene.fixture.world.decided.withLock { $0 = [] }
        scene.fixture.world.looks.withLock { $0 = [] }
        let strange = AdmissionID.new()
        #expect(try await scene.look([waiting[3], strange], at: scene.worker) == [waiting[3], strange])
        #expect(scene.fixture.world.looks.withLock { $0 }.allSatisfy { $0.isEmpty })
        // Their time is over.
        #expect(try await scene.look(mine, at: scene.worker, after: 601) == mine)
    }

    @Test func `the word about a sign-in is left for the worker at which its person waits, and for no other`()
        async throws
    {
        let scene = try await Scene()
        let fixture = scene.fixture
        let (one, two) = (TicketID.new(), TicketID.new())
        let first = try await scene.wait(at: scene.worker, for: one, connection: "c1")
        let second = try await scene.wait(at: scene.other, for: two, connection: "c2")
        try await fixture.hosting.requestEnded(one, of: fixture.user.id, at: Fixture.now, in: fixture.scope)
        #expect(try await scene.told() == ["\(scene.worker.id.text)  \(first.text)"])
        // Somebody who is in already, too, hears that a request of theirs has ended, and of nothing else.
        fixture.world.words.withLock { $0 = nil }
        _ = try await fixture.admit(scene.worker)
        try await fixture.hosting.requestEnded(two, of: fixture.user.id, at: Fixture.now, in: fixture.scope)
        #expect(
            try await scene.told() == [
                "\(scene.worker.id.text) \(two.text) ", "\(scene.other.id.text)  \(second.text)",
            ])
        // The rules have changed: all who wait are asked about again.
        try await fixture.hosting.stirWaiting(in: fixture.scope)
        #expect(
            try await Set(scene.told()) == [
                "\(scene.worker.id.text)  \(first.text)", "\(scene.other.id.text)  \(second.text)",
            ])
        try await fixture.hosting.stirWaiting(in: TenantScope(tenant: .new()))
        #expect(try await scene.told() == [])
    }

    @Test func `whom another rule asks others about waits for these from then on`() async throws {
        let scene = try await Scene()
        let fixture = scene.fixture
        let (before, after) = (TicketID.new(), TicketID.new())
        let waiting = try await scene.wait(at: scene.worker, for: before)
        fixture.world.ticket.withLock { $0 = after }
        guard
            case .challenge = try await fixture.hosting.admit(
                fixture.request(scene.worker.id, .waiting(WaitingProof()), waiting), from: scene.worker.id,
                at: Fixture.now)
        else { throw Unexpected() }
        try await fixture.hosting.requestEnded(before, of: fixture.user.id, at: Fixture.now, in: fixture.scope)
        #expect(try await scene.told() == [])
        try await fixture.hosting.requestEnded(after, of: fixture.user.id, at: Fixture.now, in: fixture.scope)
        #expect(try await scene.told() == ["\(scene.worker.id.text)  \(waiting.text)"])
    }
}

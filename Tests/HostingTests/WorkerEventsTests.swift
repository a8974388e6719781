import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import Sessions
import TestSupport
import Testing

@testable import Hosting

@Suite struct WorkerEventsTests {
    func withHub(_ fixture: Fixture, _ body: (WorkerEvents) async throws -> Void) async throws {
        let hub = WorkerEventHub(database: fixture.database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hub.run() }
            try await body(WorkerEvents(database: fixture.database, hub: hub))
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a revoked grant reaches the worker's stream at once`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let grant = try await fixture.open(worker)
        try await withHub(fixture) { events in
            var stream = events.stream(for: worker.id, after: "0").makeAsyncIterator()
            let began = ContinuousClock.now
            try await fixture.sessions.end(
                where: .grant(fixture.grant), because: .grantRevoked, in: fixture.scope, at: Fixture.now)
            let event = await stream.next()
            #expect(event?.event.kind == .end)
            #expect(event?.event.session == grant.session)
            #expect(event?.event.reason == .grantRevoked)
            #expect(ContinuousClock.now - began < .seconds(3))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a worker goes on where it broke off, and hears nobody else's events`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let other = try await fixture.enrol("other")
        let mail = WorkerMail()
        for (id, text) in [(worker.id, "one"), (other.id, "not for you"), (worker.id, "two"), (worker.id, "three")] {
            try await fixture.database.transaction(in: SystemScope(reason: "test")) { transaction in
                try await mail.tell(id, WorkerEvent(kind: .message, text: text), in: transaction)
            }
        }
        // Older than what is looked at twice.
        try await fixture.database.execute(
            "update worker_events set at = at - interval '1 minute'", in: SystemScope(reason: "test"))
        try await withHub(fixture) { events in
            var first = events.stream(for: worker.id, after: "0").makeAsyncIterator()
            let one = await first.next()
            #expect(one?.event.text == "one")
            var second = events.stream(for: worker.id, after: one?.id).makeAsyncIterator()
            #expect(await second.next()?.event.text == "two")
            #expect(await second.next()?.event.text == "three")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `more events than are read at a time arrive without another call, each once`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let notices = (1...1200).map {
            WorkerLine.Notice(worker: worker.id, event: WorkerEvent(kind: .message, text: "\($0)"))
        }
        try await fixture.database.transaction(in: SystemScope(reason: "test")) { transaction in
            try await WorkerMail().tell(notices, in: transaction)
        }
        // A hub that does not run calls once, when the stream begins.
        let events = WorkerEvents(database: fixture.database, hub: WorkerEventHub(database: fixture.database))
        var stream = events.stream(for: worker.id, after: "0").makeAsyncIterator()
        var heard: [String?] = []
        for _ in notices { heard.append(await stream.next()?.event.text) }
        #expect(heard == notices.map(\.event.text))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a worker that is quarantined hears that, and nothing after it`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        try await withHub(fixture) { events in
            var stream = events.stream(for: worker.id, after: "0").makeAsyncIterator()
            _ = try await fixture.hosting.order(.quarantine, worker.id, at: Fixture.now, audit: .discarding)
            try await fixture.database.transaction(in: SystemScope(reason: "test")) { transaction in
                try await WorkerMail().tell(
                    worker.id, WorkerEvent(kind: .message, text: "not for you"), in: transaction)
            }
            #expect(await stream.next()?.event.kind == .quarantine)
            #expect(await stream.next() == nil)
        }
    }

    @Test func `an event that was undone is not told`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let grant = try await fixture.open(worker)
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await fixture.database.transaction(in: fixture.scope) { transaction in
                try await fixture.sessions.end(
                    where: .session(grant.session), because: .terminated, tenant: fixture.scope.tenant, in: transaction,
                    at: Fixture.now)
                throw Undone()
            }
        }
        let count = try await fixture.database.first(
            "select count(*) from worker_events", in: SystemScope(reason: "test"), { try $0.next(Int.self) })
        #expect(count == 0)
    }

    @Test func `a tenant's statement reads no worker's events`() async throws {
        let fixture = try await Fixture()
        await #expect(throws: DatabaseError.self) {
            try await fixture.database.query(
                "select kind from worker_events", in: fixture.scope, { try $0.next(String.self) })
        }
    }

    @Test func `what is old is forgotten`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        _ = try await fixture.admit(worker)
        _ = try await fixture.hosting.token(try worker.assertion(at: Fixture.now), at: Fixture.now)
        try await fixture.hosting.sweep(at: Fixture.now + 86_400 * 3)
        let left = try await fixture.test.superuser().query(
            """
            select (select count(*) from worker_assertions) + (select count(*) from admissions)
              + (select count(*) from worker_enrolments)
            """
        ) { try $0.next(Int.self) }
        #expect(left == [0])
    }
}

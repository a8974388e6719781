import Access
import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Logging
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Tickets

/// What people wait for at a door.
@Suite struct ReviewTests {
    private typealias Unexpected = ReviewDoor.Unexpected

    @Test func `who looks after flows seats nobody where a rule says who answers, and who sits may`() async throws {
        let door = try await ReviewDoor()
        let desk = door.desk
        let ticket = try await door.ticket(door.signIn("one"))
        await #expect(throws: TicketError.seatOfRule) {
            try await desk.reassign(ticket, from: desk.ann, to: desk.abe, by: desk.abe, isManager: true)
        }
        let moved = try await desk.reassign(ticket, to: desk.abe, by: desk.ann)
        #expect(moved.path[0].seats.map(\.user.id) == [desk.abe])
    }

    @Test func `a connection and a command wait like a sign-in, and each word is good for one attempt`() async throws {
        let door = try await ReviewDoor()
        let desk = door.desk
        func question(_ subject: ReviewQuestion.Subject, _ attempt: String) -> ReviewQuestion {
            ReviewQuestion(
                subject, by: desk.rita, "Rita", attempt: attempt, rule: door.rule, "eyes", from: "192.0.2.1",
                asking: [Seat(user: desk.ann, reason: .group, detail: "leads"), Seat(user: desk.rita, reason: .named)],
                lifetime: 600, isAttended: true)
        }
        let root = try AccountName("root")
        let connect = ConnectKind.Content(entrance: "ssh", clientAddress: "192.0.2.1", rule: "eyes")
        let command = CommandReviewKind.Content(session: .new(), command: "rm -r /srv", rule: "eyes")
        let subjects: [(ReviewQuestion.Subject, [TicketFact])] = [
            (
                .connect(connect, desk.asset, root, .ssh),
                [
                    TicketFact("assets", ["web-1"]), TicketFact("accounts", ["root"]),
                    TicketFact("actions", ["connect"]),
                    TicketFact("client-address", ["192.0.2.1"]), TicketFact("entrance", ["ssh"]),
                    TicketFact("rule", ["eyes"]),
                ]
            ),
            (
                .command(command, desk.asset, root, .ssh),
                [
                    TicketFact("assets", ["web-1"]), TicketFact("accounts", ["root"]),
                    TicketFact("actions", ["connect"]),
                    TicketFact("command", ["rm -r /srv"]), TicketFact("rule", ["eyes"]),
                ]
            ),
        ]
        for (subject, facts) in subjects {
            let asked = try await door.ticket(question(subject, "one"))
            #expect(asked.facts == facts)
            #expect(asked.path.first?.seats.map(\.user.id) == [desk.ann])
            #expect(asked.path.first?.seats.first?.detail == "leads")
            // Nothing of it can be less.
            await #expect(throws: TicketError.wider) {
                try await desk.decide(asked, by: desk.ann, duration: 60)
            }
            #expect(try await desk.decide(asked, by: desk.ann).state == .approved)
            guard case .waits = try await door.ask(question(subject, "two")) else { throw Unexpected() }
            #expect(try await door.ask(question(subject, "one")) == .approved(asked.id))
            guard case .waits(let next, _) = try await door.ask(question(subject, "one")) else { throw Unexpected() }
            #expect(next != asked.id)
        }
        // They have doors of their own.
        for kind in ["sign-in", "connect", "command"] {
            let answer = try await desk.stage.call(
                desk.endpoints, "tickets.open", body: ["kind": .string(kind), "reason": "let me", "content": [:]],
                by: desk.rita, in: desk.scope)
            #expect(answer.problem == "invalid-fields", "\(kind)")
        }
        // And no flow says who is asked.
        try await desk.makeFlow()
        for (subject, _) in subjects + [(door.signIn("three").subject, [])] {
            let draft = try question(subject, "three").draft()
            await #expect(
                throws: FieldErrors(
                    errors: [FieldError(pointer: "/kind", message: "is asked for at a door of its own")])
            ) {
                try await desk.tickets.preview(draft, by: desk.rita, at: desk.stage.now, in: desk.scope)
            }
        }
    }

    @Test func `letting somebody in who waits takes a fresh second factor, and keeping them out does not`()
        async throws
    {
        let door = try await ReviewDoor()
        let desk = door.desk
        func decide(_ ticket: Ticket, _ outcome: String) async throws -> Answer {
            try await desk.stage.call(
                desk.endpoints, "tickets.decide", [ticket.id.text],
                body: ["outcome": .string(outcome), "digest": .string(ticket.digest), "comment": ""], by: desk.ann,
                headers: ["X-Test-Without-Factor": "yes"], in: desk.scope)
        }
        let asked = try await door.ticket(door.signIn("one"))
        let refused = try await decide(asked, "approved")
        #expect(refused.status == 401 && refused.problem == "step-up-required")
        #expect(try await desk.read(asked).state == .open)
        #expect(try await decide(asked, "rejected").status == 200)
        // A messenger and a mail have rules of their own.
        let other = try await door.ticket(door.signIn("two"))
        #expect(try await desk.decide(other, by: desk.ann).state == .approved)
    }

    @Test func `what was agreed under a rule that changes lets nobody in, and others are asked`() async throws {
        let door = try await ReviewDoor()
        let desk = door.desk
        let (open, agreed) = (door.signIn("open"), door.signIn("agreed"))
        let (first, second) = (try await door.ticket(open), try await door.ticket(agreed))
        try await desk.decide(second, by: desk.ann)
        func void(_ rules: [UUID]) async throws {
            try await desk.stage.database.transaction(in: desk.scope) {
                try await door.reviews.void(rules, at: desk.stage.now, in: desk.scope, $0)
            }
        }
        try await void([UUID()])
        #expect(try await desk.read(first).state == .open)
        try await void([door.rule])
        #expect(try await desk.read(first).state == .withdrawn)
        for question in [open, agreed] {
            guard case .waits(let id, _) = try await door.ask(question) else { throw Unexpected() }
            #expect(id != first.id && id != second.id)
        }
    }

    @Test func `silence is a no, and what is taken back cannot be agreed to`() async throws {
        let door = try await ReviewDoor()
        let desk = door.desk
        let silent = try await door.ticket(door.signIn("silent"))
        let left = try await door.ticket(door.signIn("left"))
        try await desk.stage.database.transaction(in: desk.scope) {
            try await door.reviews.withdraw("left", of: desk.rita, at: desk.stage.now, in: desk.scope, $0)
        }
        await #expect(throws: TicketError.notOpen) { try await desk.decide(left, by: desk.ann) }
        #expect(try await door.state(of: left, for: desk.rita) == .withdrawn)
        #expect(try await door.state(of: silent, for: desk.ann) == nil)
        // Nobody takes back what somebody else waits for.
        try await door.reviews.withdraw(silent.id, of: desk.ann, at: desk.stage.now, in: desk.scope)
        #expect(try await door.state(of: silent, for: desk.rita) == .open)
        #expect(try await door.ask(door.signIn("left")) == .withdrawn)
        desk.stage.wait(599)
        guard case .waits = try await door.ask(door.signIn("silent")) else { throw Unexpected() }
        desk.stage.wait(1)
        #expect(try await desk.tickets.moveDueTickets(at: desk.stage.now, trail: desk.stage.trail) == 1)
        #expect(try await desk.read(silent).state == .rejected)
        await #expect(throws: TicketError.notOpen) { try await desk.decide(silent, by: desk.ann) }
    }

    @Test func `those who are gone are asked about no more, also after a restart, and those who wait are`() async throws
    {
        let door = try await ReviewDoor()
        let desk = door.desk
        let (gone, here) = (try await door.ticket(door.signIn("gone")), try await door.ticket(door.signIn("here")))
        desk.stage.wait(Reviews.patience + 1)
        // Another node, of which only the one is still asking.
        let (stage, scope) = (desk.stage, desk.scope)
        let hub = ReviewHub(database: stage.database, logger: Logger(label: "test"), now: { stage.now })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await hub.wait(for: here.id, in: scope, from: nil, atMost: .seconds(30)) }
            while hub.count == 0 { await Task.yield() }
            await hub.lookAround()
            group.cancelAll()
        }
        #expect(try await door.reviews.withdrawAbandoned(at: desk.stage.now) == 1)
        #expect(try await desk.read(gone).state == .withdrawn)
        #expect(try await desk.read(here).state == .open)
        #expect(try await door.reviews.withdrawAbandoned(at: desk.stage.now) == 0)
        // What was decided while nobody listened is told to whoever asks again.
        #expect(try await desk.decide(here, by: desk.ann).state == .approved)
        #expect(try await door.ask(door.signIn("here")) == .approved(here.id))
    }

    @Test func `whom a gateway tells of, or asks about, is not taken for gone`() async throws {
        let door = try await ReviewDoor()
        let desk = door.desk
        var tickets: [Ticket] = []
        for name in ["told", "asked", "looked", "silent"] {
            tickets.append(try await door.ticket(door.signIn(name)))
            desk.stage.wait(1)
        }
        desk.stage.wait(Reviews.patience + 1)
        let (now, tenant) = (desk.stage.now, desk.scope.tenant)
        #expect(try await door.reviews.look(at: [(tenant, tickets[0].id)], at: now) == [])
        guard case .waits(tickets[1].id, _) = try await door.ask(door.signIn("asked")) else { throw Unexpected() }
        #expect(try await door.state(of: tickets[2], for: desk.rita) == .open)
        #expect(try await door.reviews.withdrawAbandoned(at: now) == 1)
        #expect(try await desk.read(tickets[3]).state == .withdrawn)
        // What is over, and nothing else, is news.
        try await desk.decide(tickets[0], by: desk.ann)
        let all = tickets.map { (tenant, $0.id) } + [(TenantID.new(), tickets[1].id)]
        #expect(try await Set(door.reviews.look(at: all, at: now)) == [tickets[0].id, tickets[3].id])
    }

    @Test func `one that cannot be taken back keeps no other from it`() async throws {
        let door = try await ReviewDoor()
        let desk = door.desk
        let stuck = try await door.ticket(door.signIn("stuck"))
        desk.stage.wait(1)
        let gone = try await door.ticket(door.signIn("gone"))
        try await desk.stage.database.execute(
            "update tickets set actions = '{nonsense}' where ticket_id = \(stuck.id)", in: desk.scope)
        desk.stage.wait(Reviews.patience + 1)
        await #expect(throws: (any Error).self) {
            _ = try await door.reviews.withdrawAbandoned(at: desk.stage.now)
        }
        #expect(try await door.state(of: stuck, for: desk.rita) == .open)
        #expect(try await door.state(of: gone, for: desk.rita) == .withdrawn)
    }

    @Test(.timeLimit(.minutes(2)))
    func `five thousand wait without a connection, one statement looks after all, and a word wakes who it is about`()
        async throws
    {
        let door = try await ReviewDoor()
        let desk = door.desk
        let asked = try await door.ticket(door.signIn("one"))
        let lost = try await door.ticket(door.signIn("two"))
        // One connection for all of them, and it is free.
        let counted = SystemStatements()
        let database = Database(
            configuration: desk.stage.test.cluster.configuration(desk.stage.test.name, connections: 1),
            logger: counted.logger)
        defer { database.close() }
        var limits = WaitingRoom.Limits()
        limits.places = SharedPlaces(all: 20_000, ofOne: 5_002)
        // Looks when it begins, and when it is told to.
        let hub = ReviewHub(
            database: database, limits: limits, look: .seconds(3_600), logger: Logger(label: "test"))
        let scope = desk.scope
        let begun = try await seen(asked, desk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while hub.count < 5_002, !Task.isCancelled { try await Task.sleep(for: .milliseconds(10)) }
                await hub.run()
            }
            let waking = try await withThrowingTaskGroup(of: (TicketID, WaitingRoom.Waking).self) { waiters in
                for id in (0..<5_000).map({ _ in TicketID.new() }) + [asked.id, lost.id] {
                    waiters.addTask {
                        (id, await hub.wait(for: id, in: scope, from: nil, atMost: .seconds(90)))
                    }
                }
                // It listens, and has looked for what it may have missed.
                while try await seen(asked, desk) == begun { try await Task.sleep(for: .milliseconds(10)) }
                while database.statistics.busy > 0 { try await Task.sleep(for: .milliseconds(10)) }
                #expect(await hub.wait(for: .new(), in: scope, from: nil, atMost: .seconds(90)) == .crowded)
                // Nobody has the connection, and nothing is asked while they wait.
                #expect(database.statistics.busy == 0)
                let last = try await lastStatement(desk)
                try await Task.sleep(for: .seconds(1))
                #expect(try await lastStatement(desk) == last)
                let before = counted.count

                let start = ContinuousClock.now
                try await desk.decide(asked, by: desk.ann)
                let first = try await waiters.next()
                #expect(first?.0 == asked.id && first?.1 == .woken)
                #expect(ContinuousClock.now - start < .seconds(5))
                #expect(hub.count == 5_001)

                // Without a word, as if it had been lost.
                _ = try await desk.stage.test.superuser().execute(
                    "update tickets set state = 'rejected', decided_at = now() where ticket_id = \(lost.id)")
                await hub.lookAround()
                #expect(counted.count == before + 1)
                let second = try await waiters.next()
                #expect(second?.0 == lost.id && second?.1 == .woken)
                #expect(hub.count == 5_000)

                try await hub.stir(in: scope)
                var others: [WaitingRoom.Waking] = []
                while let next = try await waiters.next() { others.append(next.1) }
                return others
            }
            #expect(waking.count == 5_000 && waking.allSatisfy { $0 == .woken })
            group.cancelAll()
        }
    }

    /// When somebody was last known to wait for this.
    private func seen(_ ticket: Ticket, _ desk: Desk) async throws -> Date? {
        try await desk.stage.test.superuser().query(
            "select seen_at from ticket_reviews where ticket_id = \(ticket.id)"
        ) { try $0.next(Date.self) }.first
    }

    /// When anybody last asked the database something.
    private func lastStatement(_ desk: Desk) async throws -> Date? {
        try await desk.stage.test.superuser().query(
            """
            select max(query_start) from pg_stat_activity
            where datname = current_database() and usename = 'gatehouse_app'
            """
        ) { try $0.next(Date?.self) }.first ?? nil
    }
}

/// Counts the statements that a database runs for the system, which it tells its log of.
private final class SystemStatements: Sendable {
    private struct Handler: LogHandler {
        let counted: SystemStatements
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if "\(event.message)".contains("for the system") { counted.number.withLock { $0 += 1 } }
        }
    }

    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(counted: self) } }
}

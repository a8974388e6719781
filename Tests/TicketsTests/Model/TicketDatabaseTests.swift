import Access
import Audit
import Foundation
import HTTPAPI
import Kernel
import Logging
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Tickets

/// The same on the real database: many requests at once, with people who answer twice at once, servers that end between a
/// change and its commit, clocks that are set back, and deliveries that come late and twice.
@Suite(.timeLimit(.minutes(5))) struct TicketDatabaseTests {
    static let sequences = 200
    /// So many may be open at once, which may be too few for all of them.
    static let mostOpen = 40

    @Test func `of what happens to many requests at once nothing is lost, doubled or of one's own`() async throws {
        let desk = try await Desk()
        var people: [UserID] = []
        for number in 0..<8 { people.append(try await desk.stage.makeUser("p\(number)", in: desk.scope)) }
        // One of them is the person who asks, under another name.
        try await desk.give(people[0], "asks@example.com")
        try await desk.give(people[7], "Asks@example.com")
        try await desk.makeFlow()
        _ = try await desk.tickets.setApprovalRules(
            SetApprovalRules(floors: [], mostOpenPerPerson: Self.mostOpen, mostOpen: 10_000), from: 0,
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        let flow = try #require(try await desk.tickets.flows(in: desk.scope).items.first?.id)
        let (table, crashes) = (people, Crashes())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<6 {
                group.addTask {
                    for seed in stride(from: part, to: Self.sequences, by: 6) {
                        var life = TicketLife(
                            desk: desk, people: table, flow: flow, crashes: crashes, seed: UInt64(seed))
                        try await life.run()
                    }
                }
            }
            try await group.waitForAll()
        }
        // Each got as far as its commit: one that is refused before it proves nothing.
        for act in Crashes.Act.allCases { #expect(crashes.count(of: act) > 2, "\(act)") }
        desk.stage.wait(100_000)
        var rounds = 0
        while try await desk.sweep() > 0, rounds < 50 { rounds += 1 }
        try await hold(desk)
        try await deliver(desk)
        try await hold(desk)
    }

    /// What must be, of all requests.
    private func hold(_ desk: Desk) async throws {
        func count(_ sql: SQL) async throws -> Int { try await desk.stage.count(sql, in: desk.scope) }
        #expect(try await count("select count(*) from tickets") == Self.sequences)
        #expect(try await count("select count(*) from tickets where state = 'open'") == 0)
        for state in ["approved", "rejected", "withdrawn", "expired"] {
            // A walk that never gets there would prove nothing.
            #expect(try await count("select count(*) from tickets where state = \(state)") > 4, "\(state)")
        }
        #expect(
            try await count(
                """
                select count(*) from tickets t where (state = 'approved') <> (grant_id is not null)
                    or (select count(*) from grants g where g.ticket_id = t.ticket_id)
                        <> case state when 'approved' then 1 else 0 end
                """) == 0, "an approved request has one grant, and no other has any")
        #expect(
            try await count(
                """
                select count(*) from ticket_decisions d join tickets t on t.ticket_id = d.ticket_id
                join users a on a.user_id = t.requester_id
                join users u on u.user_id in (d.user_id, d.on_behalf_of)
                where u.user_id = a.user_id or lower(u.email) = lower(a.email)
                """) == 0, "nobody decides their own request")
        #expect(
            try await count(
                """
                select count(*) from ticket_decisions d join ticket_decisions e on e.ticket_id = d.ticket_id
                    and e.decision_id <> d.decision_id
                    and (e.user_id in (d.user_id, d.on_behalf_of) or e.on_behalf_of in (d.user_id, d.on_behalf_of))
                """) == 0, "a person counts once")
        #expect(
            try await count(
                """
                select count(*) from ticket_levels l join tickets t on t.ticket_id = l.ticket_id
                where t.state = 'approved' and (select count(*) from ticket_decisions d
                    where d.ticket_id = l.ticket_id and d.level = l.level and d.outcome = 'approved') < l.quorum
                """) == 0, "every level of an approved request has its quorum")
        let ends = try await desk.stage.database.query(
            """
            select subject, count(*) from events
            where tenant_id = \(desk.scope.tenant)
                and type in ('ticket.approved', 'ticket.rejected', 'ticket.withdrawn', 'ticket.expired')
            group by subject
            """, in: desk.scope
        ) { (try $0.next(String.self), try $0.next(Int.self)) }
        #expect(ends.count == Self.sequences && ends.allSatisfy { $0.1 == 1 }, "each end is told of once")
        #expect(
            try await count("select count(distinct subject) from events where type = 'ticket.opened'")
                == Self.sequences, "what was rolled back is told to nobody")
        #expect(
            try await count("select count(*) from events where type = 'ticket.opened'") == Self.sequences,
            "each beginning is told of once")
        #expect(try await count("select count(*) from ticket_decisions") > Self.sequences)
    }

    /// Servers that deliver end in the middle, and begin again: everything is heard, whatever is heard twice.
    private func deliver(_ desk: Desk) async throws {
        let heard = Mutex<[EventID: Int]>([:])
        let calls = Mutex(0)
        struct Crash: Error {}
        let subscriber = EventSubscriber("cards", types: ["ticket.*"]) { _, event in
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            heard.withLock { $0[event.id, default: 0] += 1 }
            // Heard, and the server is gone before it could say so.
            if number % 40 == 0 { throw Crash() }
        }
        var settings = EventDispatcher.Settings()
        settings.lease = .seconds(1)
        settings.pollInterval = .milliseconds(50)
        settings.firstDelay = .milliseconds(10)
        settings.longestDelay = .milliseconds(50)
        let wanted = try await desk.stage.count(
            "select count(*) from events where type like 'ticket.%'", in: desk.scope)
        var rounds = 0
        while heard.withLock({ $0.count }) < wanted, rounds < 100 {
            rounds += 1
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    let dispatcher = EventDispatcher(
                        database: desk.stage.database, subscribers: [subscriber], settings: settings,
                        logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
                    group.addTask { try? await dispatcher.run() }
                }
                try? await Task.sleep(for: .milliseconds(300))
                group.cancelAll()
            }
        }
        #expect(heard.withLock { $0.count } == wanted, "everything is delivered")
        #expect(heard.withLock { $0.values.contains { $0 > 1 } }, "something came twice")
    }
}

/// Servers that ended after a change and before its commit, by what they were doing.
private final class Crashes: Sendable {
    enum Act: CaseIterable { case opening, deciding, withdrawing }

    private let counts = Mutex<[Act: Int]>([:])

    func count(of act: Act) -> Int { counts.withLock { $0[act] ?? 0 } }

    /// Does this in a transaction that never commits.
    func crash(
        _ act: Act, _ desk: Desk, _ work: (Transaction) async throws -> Void
    ) async {
        struct Crash: Error {}
        do {
            try await desk.stage.database.transaction(in: desk.scope) { transaction in
                try await work(transaction)
                throw Crash()
            }
        } catch is Crash {
            counts.withLock { $0[act, default: 0] += 1 }
        } catch {
            // Refused before it came so far.
        }
    }
}

/// One request, and people who do what they may and what they may not.
private struct TicketLife {
    let desk: Desk
    let people: [UserID]
    let flow: FlowID
    let crashes: Crashes
    private var numbers: SeededNumbers

    init(desk: Desk, people: [UserID], flow: FlowID, crashes: Crashes, seed: UInt64) {
        self.desk = desk
        self.people = people
        self.flow = flow
        self.crashes = crashes
        numbers = SeededNumbers(seed: seed &+ 1_000_000)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &numbers) < percent }
    private mutating func some(_ count: Int) -> [Seat] {
        people[1...].shuffled(using: &numbers).prefix(count).map { Seat(user: $0, reason: .named) }
    }

    mutating func run() async throws {
        var levels: [PlannedLevel] = []
        for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            levels.append(
                PlannedLevel(
                    name: "Level", seats: some(3), quorum: Int.random(in: 1...2, using: &numbers),
                    deadline: Int.random(in: 200...4000, using: &numbers), reminder: 100,
                    lapse: chance(50) ? .rejected : .expired, escalation: .init(after: 150, seats: some(2))))
        }
        if chance(10) { try await crashOpening(levels) }
        var ticket = try await opened(levels, isParallel: chance(40))
        for _ in 0..<Int.random(in: 4...12, using: &numbers) {
            switch Int.random(in: 0..<100, using: &numbers) {
            case ..<70: await decide(ticket)
            case ..<76: try await crash(ticket)
            case ..<82:
                let pair = people.shuffled(using: &numbers)
                _ = try? await desk.handOver(pair[0], to: pair[1], for: 2000)
            case ..<87:
                let pair = people.shuffled(using: &numbers)
                _ = try? await desk.reassign(ticket, to: pair[0], by: pair[1], isManager: chance(50))
            case ..<92:
                _ = try? await desk.tickets.withdraw(
                    ticket.id, by: people[0], at: desk.stage.now, audit: .discarding, in: desk.scope)
            case ..<95:
                // A clock may be set back as well.
                let step = Int.random(in: 1...120, using: &numbers)
                desk.stage.wait(TimeInterval(chance(40) ? -step : step))
                _ = try await desk.sweep()
            default: _ = try await desk.sweep()
            }
            // Some look again before they answer, and some answer what they saw.
            if chance(80) { ticket = try await desk.read(ticket) }
        }
    }

    /// Where too many are open, time goes by until there is room.
    private func opened(_ levels: [PlannedLevel], isParallel: Bool) async throws -> Ticket {
        while true {
            do {
                let ticket = try await desk.open(levels, isParallel: isParallel, by: people[0])
                let open = try await desk.stage.count(
                    "select count(*) from tickets where state = 'open'", in: desk.scope)
                #expect(open <= TicketDatabaseTests.mostOpen)
                return ticket
            } catch TicketError.tooManyOpen(most: TicketDatabaseTests.mostOpen) {
                desk.stage.wait(200)
                _ = try await desk.sweep()
            }
        }
    }

    /// Whoever it is: mostly somebody whose turn it is, at times twice at once, or two people at once.
    private mutating func decide(_ ticket: Ticket) async {
        let turn = ticket.waitingFor.map(\.id)
        let first = (chance(80) ? turn : people).randomElement(using: &numbers) ?? people[0]
        let second = chance(50) ? first : people.randomElement(using: &numbers) ?? first
        let outcome: TicketOutcome = chance(4) ? .rejected : .approved
        let duration: Int? = chance(10) ? 1800 : nil
        let (desk, isDouble) = (desk, chance(30))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await desk.decide(ticket, by: first, outcome, duration: duration) }
            if isDouble { group.addTask { _ = try? await desk.decide(ticket, by: second, outcome) } }
        }
    }

    /// The server ends after the change and before the commit.
    private mutating func crash(_ ticket: Ticket) async throws {
        let (desk, now) = (desk, desk.stage.now)
        if chance(30) {
            return await crashes.crash(.withdrawing, desk) { transaction in
                guard let (number, before) = try await desk.tickets.store.lock(ticket.id, in: desk.scope, transaction)
                else { throw TicketError.notFound }
                try await desk.tickets.withdraw(
                    before, number, by: ticket.requester.id, at: now, in: desk.scope, transaction)
            }
        }
        guard let user = ticket.waitingFor.randomElement(using: &numbers)?.id else { return }
        let decision = NewDecision(
            level: nil, user: user, outcome: .approved, comment: "", channel: .api,
            digest: [UInt8](hexadecimal: ticket.digest) ?? [], at: now)
        let office = try await desk.tickets.office(in: desk.scope)
        await crashes.crash(.deciding, desk) { transaction in
            _ = try await desk.tickets.decide(
                ticket.id, decision, Narrowing(), from: office, audit: .discarding, in: desk.scope, transaction)
        }
    }

    /// The same before anybody knows of the request; its number is nobody's.
    private func crashOpening(_ levels: [PlannedLevel]) async throws {
        let (desk, flow, requester, now) = (desk, flow, people[0], desk.stage.now)
        let plan = FlowPlan(flow: flow, flowName: "Laid out", because: [], risk: .medium, levels: levels)
        let draft = TicketDraft(try desk.request())
        let number = try await desk.tickets.store.takeNumber(in: desk.scope, desk.stage.database)
        let office = try await desk.tickets.office(in: desk.scope)
        await crashes.crash(.opening, desk) { transaction in
            let routed = try await desk.tickets.routed(
                draft, on: plan, by: requester, at: now, in: desk.scope, transaction)
            _ = try await desk.tickets.open(
                routed, number, by: requester, from: office, at: now, audit: .discarding, in: desk.scope, transaction)
        }
    }
}

import Access
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// What time does to requests.
@Suite struct TicketTimeTests {
    @Test func `a level reminds, escalates and lapses on its own clock, each once`() async throws {
        let desk = try await Desk()
        let late = PlannedLevel.Escalation(after: 200, seats: [Seat(user: desk.bob, reason: .escalation)])
        let ticket = try await desk.open([
            .of(desk.ann), .of(desk.abe, deadline: 300, reminder: 100, lapse: .rejected, escalation: late),
        ])
        desk.stage.wait(1000)
        #expect(try await desk.sweep() == 0)
        let second = try await desk.decide(ticket, by: desk.ann)
        #expect(try await desk.inbox(of: desk.bob) == [])
        await #expect(throws: TicketError.notFound) { try await desk.decide(second, by: desk.bob) }
        desk.stage.wait(100)
        #expect(try await desk.sweep() == 1)
        #expect(try await desk.sweep() == 0)
        #expect(try await desk.newest("ticket.reminded")?["approvers"] == [.string(desk.abe.text)])
        desk.stage.wait(100)
        #expect(try await desk.sweep() == 1)
        #expect(try await desk.newest("ticket.escalated")?["approvers"] == [.string(desk.bob.text)])
        #expect(try await desk.inbox(of: desk.bob) == [ticket.number])
        desk.stage.wait(99)
        #expect(try await desk.sweep() == 0)
        desk.stage.wait(1)
        await #expect(throws: TicketError.expired) { try await desk.decide(second, by: desk.bob) }
        #expect(try await desk.sweep() == 1)
        let over = try await desk.read(ticket)
        #expect(over.state == .rejected && over.decisions.count == 1)
        #expect(
            try await desk.stage.lines(in: desk.scope).filter { $0.hasPrefix("ticket.") } == [
                "ticket.reminded success #1", "ticket.escalated success #1", "ticket.lapsed success #1",
            ])
        #expect(try await desk.newest("ticket.rejected")?["lapsed"] == true)
    }

    @Test func `an escalation's people decide once it is there`() async throws {
        let desk = try await Desk()
        let late = PlannedLevel.Escalation(after: 10, seats: [Seat(user: desk.bob, reason: .escalation)])
        let ticket = try await desk.open([.of(desk.ann, escalation: late)])
        desk.stage.wait(10)
        _ = try await desk.sweep()
        let after = try await desk.decide(ticket, by: desk.bob)
        #expect(after.state == .approved && after.path[0].seats.map(\.isEscalation).contains(true))
    }

    @Test func `one sweep is for all companies, and what is open elsewhere is left alone`() async throws {
        let desk = try await Desk()
        let first = try await desk.open([.of(desk.ann, deadline: 60)])
        let longer = try await desk.open([.of(desk.ann, deadline: 61)])
        let theirs = try await desk.stage.makeTenant("bolt")
        let eve = try await desk.stage.makeUser("eve", in: theirs)
        let pat = try await desk.stage.makeUser("pat", in: theirs)
        let flow = try await desk.tickets.createFlow(
            SaveFlow(
                name: "One", isDefault: true,
                levels: [FlowLevel(name: "One", webhook: nil, approvers: [.user(pat)])]),
            at: desk.stage.now, audit: .discarding, in: theirs)
        let other = try await desk.tickets.open(
            TicketDraft(kind: .general, ask: .nothing, content: ["subject": "x"], reason: "x"),
            on: FlowPlan(flow: flow.id, flowName: "One", levels: [.of(pat, deadline: 60)]), by: eve,
            at: desk.stage.now, audit: .discarding, in: theirs)
        desk.stage.wait(60)
        #expect(try await desk.sweep() == 2)
        #expect(try await desk.read(first).state == .expired)
        #expect(try await desk.read(longer).state == .open)
        #expect(try await desk.tickets.card(for: other, in: theirs).state == .expired)
    }

    @Test func `of sweeps and decisions at once one counts`() async throws {
        let desk = try await Desk()
        for _ in 0..<6 {
            let ticket = try await desk.open([.of(desk.ann, deadline: 60)])
            desk.stage.wait(60)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { _ = try await desk.sweep() } }
                group.addTask { _ = try? await desk.decide(ticket, by: desk.ann) }
                try await group.waitForAll()
            }
            #expect(try await desk.read(ticket).state == .expired)
        }
        #expect(try await desk.stage.events(in: desk.scope).filter { $0 == "ticket.expired" }.count == 6)
    }

    @Test func `low risk is let through by a rule that stays on the record, more than low is not`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([], risk: .low, approvesItself: true, because: ["label env is test"])
        #expect(ticket.state == .approved && ticket.because == ["label env is test"] && ticket.decisions.isEmpty)
        #expect(try await desk.grants(of: ticket) == 1)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
        #expect(
            try await desk.stage.events(in: desk.scope).suffix(3) == [
                "ticket.opened", "grant.created", "ticket.approved",
            ])
        await #expect(throws: TicketError.noApprovers(level: 1)) {
            try await desk.open([], risk: .medium, approvesItself: true)
        }
        let asked = try await desk.open([.of(desk.ann)], risk: .high, approvesItself: true)
        #expect(asked.state == .open)
    }
}

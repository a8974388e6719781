import Access
import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct ExtensionTests {
    /// Rita holds access for an hour from a request that Ann and Bob have approved.
    private func held(_ desk: Desk) async throws -> GrantID {
        try await desk.makeFlow()
        let ticket = try await desk.open()
        try await desk.decide(ticket, by: desk.ann)
        return try #require(try await desk.decide(ticket, by: desk.bob).grant)
    }

    private func ask(_ desk: Desk, for grant: GrantID, until end: Date, by user: UserID? = nil) async throws -> Answer {
        try await desk.stage.call(
            desk.endpoints, "tickets.open",
            body: [
                "kind": "extension", "reason": "Not done yet",
                "content": ["grant": .string(grant.text), "endsAt": .string(Timestamp.text(end))],
            ], by: user ?? desk.rita, in: desk.scope)
    }

    @Test func `approved in time it moves the end, and shows its approvers what it is for`() async throws {
        let desk = try await Desk()
        let grant = try await held(desk)
        let (old, end) = (desk.stage.now.addingTimeInterval(3_600), desk.stage.now.addingTimeInterval(7_200))
        let asked = try await ask(desk, for: grant, until: end)
        #expect(asked.status == 201, "\(asked.json)")
        let ticket = try await desk.tickets.find(
            try #require(TicketID(asked["id"])), for: desk.rita, at: desk.stage.now, in: desk.scope)
        #expect(ticket.assets.map(\.id) == [desk.asset] && ticket.durationSeconds == 7_200)
        let card = try await desk.tickets.card(for: ticket.id, in: desk.scope)
        #expect(card.facts.contains(TicketFact("ends-now", [Timestamp.text(old)], as: .time)))
        #expect(card.facts.contains(TicketFact("ends-then", [Timestamp.text(end)], as: .time)))
        await #expect(throws: TicketError.wider) { try await desk.decide(ticket, by: desk.ann, duration: 600) }
        desk.stage.wait(3_000)
        try await desk.decide(ticket, by: desk.ann)
        #expect(try await desk.decide(ticket, by: desk.bob).grant == grant)
        #expect(try await desk.access.find(grant, in: desk.scope).endsAt == end)
        #expect(try await desk.stage.events(in: desk.scope).contains("grant.extended"))
        desk.stage.wait(600)
        #expect(try await desk.access.endDueGrants(at: desk.stage.now) == 0)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
    }

    @Test func `an earlier end is told to whoever decides next, as the end that it was and is`() async throws {
        let desk = try await Desk()
        let grant = try await held(desk)
        let (end, sooner) = (desk.stage.now.addingTimeInterval(7_200), desk.stage.now.addingTimeInterval(5_400))
        let asked = try await ask(desk, for: grant, until: end)
        let id = try #require(TicketID(asked["id"]))
        let decided = try await desk.stage.call(
            desk.endpoints, "tickets.decide", [id.text],
            body: [
                "outcome": "approved", "digest": .string(asked["digest"]),
                "content": ["grant": .string(grant.text), "endsAt": .string(Timestamp.text(sooner))],
            ], by: desk.ann, in: desk.scope)
        #expect(decided.status == 200, "\(decided.json)")
        let card = try await desk.tickets.card(for: id, in: desk.scope)
        let changes = try #require(card.decisions.first).changes
        let change = TicketChange(
            label: "ends-then", before: [Timestamp.text(end)], after: [Timestamp.text(sooner)])
        #expect(changes.contains(change) && !changes.contains { $0.label == "content" }, "\(changes)")
        #expect(card.fact("ends-then", change.before).form == .time)
    }

    @Test func `what is over is not brought back`() async throws {
        let desk = try await Desk()
        let grant = try await held(desk)
        let asked = try await ask(desk, for: grant, until: desk.stage.now.addingTimeInterval(7_200))
        let ticket = try await desk.tickets.find(
            try #require(TicketID(asked["id"])), for: desk.rita, at: desk.stage.now, in: desk.scope)
        try await desk.decide(ticket, by: desk.ann)
        desk.stage.wait(3_600)
        await #expect(throws: AccessError.notActive) { try await desk.decide(ticket, by: desk.bob) }
        #expect(try await desk.read(ticket).state == .open)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
        let again = try await ask(desk, for: grant, until: desk.stage.now.addingTimeInterval(7_200))
        #expect(again.problem == "grant-not-active")
    }

    @Test func `only one's own, to later, and not for ever`() async throws {
        let desk = try await Desk()
        let grant = try await held(desk)
        let now = desk.stage.now
        #expect(try await ask(desk, for: grant, until: now.addingTimeInterval(7_200), by: desk.abe).status == 404)
        #expect(try await ask(desk, for: .new(), until: now.addingTimeInterval(7_200)).status == 404)
        #expect(
            try await ask(desk, for: grant, until: now.addingTimeInterval(3_600)).problem == "grant-end-not-later")
        #expect(try await ask(desk, for: grant, until: now.addingTimeInterval(2_592_001)).problem == "invalid-fields")
        #expect(try await desk.access.find(grant, in: desk.scope).endsAt == now.addingTimeInterval(3_600))
    }
}

import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// People who are away, and those who answer in their seats.
@Suite struct DelegationTests {
    @Test func `who stands in answers in the other's seat while it lasts, and the record says for whom`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann), .of(desk.bob)])
        #expect(try await desk.inbox(of: desk.abe) == [])
        await #expect(throws: TicketError.notFound) { try await desk.decide(ticket, by: desk.abe) }
        try await desk.handOver(desk.ann, to: desk.abe, after: 60, for: 600)
        await #expect(throws: TicketError.notFound) { try await desk.decide(ticket, by: desk.abe) }
        desk.stage.wait(60)
        #expect(try await desk.inbox(of: desk.abe) == [ticket.number])
        let after = try await desk.decide(ticket, by: desk.abe)
        #expect(after.level == 2 && after.decisions.map(\.onBehalfOf?.id) == [desk.ann])
        #expect(after.decisions.map(\.user.id) == [desk.abe])
        // The seat has its answer.
        await #expect(throws: TicketError.notYours) { try await desk.decide(after, by: desk.ann) }
        // Seen by who has answered, also when it is over.
        desk.stage.wait(600)
        #expect(try await desk.tickets.find(ticket.id, for: desk.abe, at: desk.stage.now, in: desk.scope).level == 2)
    }

    @Test func `it ends when its time is up, when one of both ends it, and with the account of who is away`()
        async throws
    {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann, deadline: 86_400)])
        let first = try await desk.handOver(desk.ann, to: desk.abe, for: 600)
        desk.stage.wait(600)
        await #expect(throws: TicketError.notFound) { try await desk.decide(ticket, by: desk.abe) }
        await #expect(throws: TicketError.notFound) { try await end(first, by: desk.ann, desk) }
        for ending in [desk.ann, desk.abe] {
            let one = try await desk.handOver(desk.ann, to: desk.abe)
            await #expect(throws: TicketError.notFound) { try await end(one, by: desk.bob, desk) }
            #expect(try await desk.inbox(of: desk.abe) == [ticket.number])
            #expect(try await end(one, by: ending, desk).endedAt == desk.stage.now)
            #expect(try await desk.inbox(of: desk.abe) == [])
        }
        try await desk.handOver(desk.ann, to: desk.abe)
        try await desk.stage.disable(desk.ann, in: desk.scope)
        await #expect(throws: TicketError.notFound) { try await desk.decide(ticket, by: desk.abe) }
        #expect(try await desk.inbox(of: desk.abe) == [])
    }

    private func end(_ delegation: Delegation, by user: UserID, _ desk: Desk) async throws -> Delegation {
        try await desk.tickets.endDelegation(
            delegation.id, by: user, at: desk.stage.now, audit: .discarding, in: desk.scope)
    }

    @Test func `nobody decides their own request in somebody's seat, nor twice by it`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann), .of(desk.bob)])
        try await desk.handOver(desk.ann, to: desk.rita)
        try await desk.handOver(desk.bob, to: desk.ann)
        #expect(try await desk.inbox(of: desk.rita) == [])
        await #expect(throws: TicketError.ownTicket) { try await desk.decide(ticket, by: desk.rita) }
        let first = try await desk.decide(ticket, by: desk.ann)
        // Ann has decided, so she does not in Bob's seat.
        #expect(try await desk.inbox(of: desk.ann) == [])
        await #expect(throws: TicketError.alreadyDecided) { try await desk.decide(first, by: desk.ann) }
        #expect(try await desk.decide(first, by: desk.bob).state == .approved)
    }

    @Test func `who stands in sees what waits, and neither what was before nor what others decided`() async throws {
        let desk = try await Desk()
        let before = try await desk.open([.of(desk.ann)])
        try await desk.decide(before, by: desk.ann)
        let open = try await desk.open([.of(desk.ann), .of(desk.bob)])
        try await desk.handOver(desk.ann, to: desk.abe)
        func see(_ ticket: Ticket) async throws -> TicketState.Word {
            try await desk.tickets.find(ticket.id, for: desk.abe, at: desk.stage.now, in: desk.scope).state
        }
        #expect(try await see(open) == .open)
        await #expect(throws: TicketError.notFound) { try await see(before) }
        // What they have answered in that seat stays theirs to see.
        try await desk.decide(open, by: desk.abe)
        try await desk.decide(open, by: desk.bob)
        #expect(try await see(open) == .approved)
    }

    @Test func `it reaches one step`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann)])
        try await desk.handOver(desk.ann, to: desk.abe)
        try await desk.handOver(desk.abe, to: desk.bob)
        await #expect(throws: TicketError.notFound) { try await desk.decide(ticket, by: desk.bob) }
        #expect(try await desk.inbox(of: desk.bob) == [])
    }

    @Test func `those who stand in are told with the others, but never who asks`() async throws {
        let desk = try await Desk()
        try await desk.handOver(desk.ann, to: desk.abe)
        try await desk.handOver(desk.ann, to: desk.rita)
        _ = try await desk.open([.of(desk.ann)])
        let told = try await desk.newest("ticket.level-opened")
        #expect(told?["approvers"] == [.string(desk.ann.text), .string(desk.abe.text)])
    }

    @Test func `the endpoints take a colleague by login, and nobody who is oneself, gone or of another company`()
        async throws
    {
        let desk = try await Desk()
        let (stage, scope) = (desk.stage, desk.scope)
        let day = Timestamp.text(stage.now.addingTimeInterval(86_400))
        func create(_ to: JSON, until end: String? = nil, from start: String? = nil) async throws -> Answer {
            try await stage.call(
                desk.endpoints, "delegations.create",
                body: ["to": to, "endsAt": .string(end ?? day), "startsAt": start.map(JSON.string) ?? .null],
                by: desk.ann, in: scope)
        }
        let made = try await create(["login": "bob"])
        #expect(made.status == 201 && made.json["to"]?["name"] == "Bob")
        let theirs = try await stage.makeTenant("bolt")
        let eve = try await stage.makeUser("eve", in: theirs)
        try await stage.disable(desk.abe, in: scope)
        let twin = try await stage.makeUser("ann2", in: scope)
        try await desk.give(desk.ann, "ann@example.com")
        try await desk.give(twin, "Ann@Example.com")
        for to: JSON in [
            ["login": "ann"], ["login": "abe"], ["login": "nobody"], ["user": .string(eve.text)], [:],
            ["user": .string(desk.bob.text), "login": "bob"], ["user": .string(twin.text)],
        ] {
            #expect(try await create(to).status == 422, "\(to)")
        }
        let late = Timestamp.text(stage.now.addingTimeInterval(91 * 86_400))
        #expect(try await create(["login": "bob"], until: late).status == 422)
        #expect(try await create(["login": "bob"], until: Timestamp.text(stage.now)).status == 422)
        #expect(try await create(["login": "bob"], until: day, from: late).status == 422)
        let listed = try await stage.call(desk.endpoints, "delegations.list", by: desk.bob, in: scope)
        #expect(listed.items.compactMap { $0["from"]?["name"]?.text } == ["Ann"])
        #expect(try await stage.call(desk.endpoints, "delegations.list", by: desk.rita, in: scope).items.isEmpty)
        let path = [made["id"]]
        #expect(
            try await stage.call(desk.endpoints, "delegations.end", path, by: desk.rita, in: scope).status == 404)
        #expect(try await stage.call(desk.endpoints, "delegations.end", path, by: desk.ann, in: scope).status == 200)
        #expect(
            try await stage.lines(in: scope).filter { $0.hasPrefix("delegation.") && $0.contains("success") }.count == 2
        )
        #expect(try await stage.events(in: scope).suffix(2) == ["delegation.created", "delegation.ended"])
    }
}

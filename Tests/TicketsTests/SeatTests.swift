import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Who sits where, and who does not.
@Suite struct SeatTests {
    @Test func `a level needs its quorum, of different people, in any order`() async throws {
        let desk = try await Desk()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        let ticket = try await desk.open([.of(desk.ann, desk.abe, desk.bob, quorum: 2), .of(zoe)])
        let first = try await desk.decide(ticket, by: desk.bob)
        #expect(first.level == 1 && Set(first.waitingFor.map(\.id)) == [desk.ann, desk.abe])
        #expect(try await desk.stage.events(in: desk.scope).last == "ticket.answered")
        await #expect(throws: TicketError.alreadyDecided) { try await desk.decide(first, by: desk.bob) }
        let second = try await desk.decide(first, by: desk.ann)
        #expect(second.level == 2)
        await #expect(throws: TicketError.notYours) { try await desk.decide(second, by: desk.abe) }
        #expect(try await desk.decide(second, by: zoe).state == .approved)
        #expect(try await desk.grants(of: ticket) == 1)
    }

    @Test func `levels at once are answered in any order, and one refusal ends them all`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann), .of(desk.abe), .of(desk.bob)], isParallel: true)
        #expect(Set(ticket.waitingFor.map(\.id)) == [desk.ann, desk.abe, desk.bob])
        let first = try await desk.decide(ticket, by: desk.bob)
        #expect(first.state == .open && first.level == 1)
        let second = try await desk.decide(first, by: desk.ann)
        #expect(second.level == 2)
        #expect(try await desk.decide(second, by: desk.abe).state == .approved)
        let other = try await desk.open([.of(desk.ann), .of(desk.abe)], isParallel: true)
        #expect(try await desk.decide(other, by: desk.abe, .rejected).state == .rejected)
    }

    @Test func `nobody decides by another account of theirs, given before or after`() async throws {
        let desk = try await Desk()
        let twin = try await desk.stage.makeUser("rita-admin", in: desk.scope)
        let ticket = try await desk.open([.of(twin, desk.ann)])
        try await desk.give(desk.rita, "rita@example.com")
        try await desk.give(twin, "RITA@example.com")
        await #expect(throws: TicketError.ownTicket) { try await desk.decide(ticket, by: twin) }
        // By an address at which codes arrive, too.
        try await desk.give(twin, "other@example.com")
        try await desk.stage.database.execute(
            """
            insert into code_factors (tenant_id, user_id, address, confirmed_at, channel)
            values (\(desk.scope.tenant), \(twin), 'Rita@Example.com', now(), 'email')
            """, in: desk.scope)
        await #expect(throws: TicketError.ownTicket) { try await desk.decide(ticket, by: twin) }
        // Nor does somebody else in the seat of that account.
        try await desk.handOver(twin, to: desk.bob)
        await #expect(throws: TicketError.notYours) { try await desk.decide(ticket, by: desk.bob) }
        #expect(try await desk.decide(ticket, by: desk.ann).state == .approved)
    }

    @Test func `two accounts of one person are one answer`() async throws {
        let desk = try await Desk()
        let twin = try await desk.stage.makeUser("ann-admin", in: desk.scope)
        try await desk.give(desk.ann, "ann@example.com")
        try await desk.give(twin, "ann@example.com")
        let ticket = try await desk.open([.of(desk.ann, twin, desk.bob, quorum: 2), .of(twin, desk.abe)])
        let first = try await desk.decide(ticket, by: desk.ann)
        await #expect(throws: TicketError.alreadyDecided) { try await desk.decide(first, by: twin) }
        let second = try await desk.decide(first, by: desk.bob)
        await #expect(throws: TicketError.alreadyDecided) { try await desk.decide(second, by: twin) }
        #expect(try await desk.decide(second, by: desk.abe).state == .approved)
    }

    @Test func `a group that somebody joins after the opening gives no seat`() async throws {
        let desk = try await Desk()
        let flow = try await desk.makeFlow()
        let ticket = try await desk.open()
        let group = try #require(flow.levels[0].approvers[0].group)
        for user in [desk.rita, desk.bob] {
            try await desk.stage.database.execute(
                """
                insert into group_members (tenant_id, group_id, user_id)
                values (\(desk.scope.tenant), \(group), \(user))
                """, in: desk.scope)
        }
        await #expect(throws: TicketError.ownTicket) { try await desk.decide(ticket, by: desk.rita) }
        await #expect(throws: TicketError.notYours) { try await desk.decide(ticket, by: desk.bob) }
    }

    @Test func `a seat goes to another person, by who has it or who manages flows`() async throws {
        let desk = try await Desk()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        let ticket = try await desk.open([.of(desk.ann), .of(desk.bob)])
        await #expect(throws: TicketError.notYours) {
            try await desk.reassign(ticket, from: desk.ann, to: zoe, by: desk.bob)
        }
        await #expect(throws: TicketError.notFound) { try await desk.reassign(ticket, to: zoe, by: zoe) }
        let moved = try await desk.reassign(ticket, to: desk.abe, by: desk.ann)
        #expect(moved.path[0].seats.map(\.user.id) == [desk.abe])
        #expect(moved.path[0].seats.map(\.reason) == [.reassigned] && moved.path[0].seats.map(\.detail) == ["Ann"])
        #expect(moved.digest == ticket.digest)
        await #expect(throws: TicketError.notYours) { try await desk.decide(moved, by: desk.ann) }
        #expect(moved.copies.map(\.id) == [desk.ann])
        let again = try await desk.reassign(moved, level: 2, from: desk.bob, to: zoe, by: desk.rita2, isManager: true)
        let first = try await desk.decide(again, by: desk.abe)
        #expect(try await desk.decide(first, by: zoe).state == .approved)
        #expect(try await desk.stage.events(in: desk.scope).filter { $0 == "ticket.reassigned" }.count == 2)
    }

    @Test func `seats of one request are handed over two hundred times, and no more`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann)])
        func keep(_ count: Int, _ kind: String, of other: Ticket) async throws {
            let isCopy = kind == "copied"
            try await desk.stage.database.execute(
                """
                insert into ticket_moves (tenant_id, ticket_id, kind, level, from_id, to_id, by_id, moved_at)
                select \(desk.scope.tenant)::uuid, \(other.id)::uuid, \(kind)::text,
                    case when \(isCopy) then null else 1 end, case when \(isCopy) then null else \(desk.abe)::uuid end,
                    \(desk.ann)::uuid, \(desk.abe)::uuid, \(desk.stage.now)::timestamptz
                from generate_series(1, \(count)::int)
                """, in: desk.scope)
        }
        // Neither who was put in copy counts, nor what was handed over of another request.
        try await keep(200, "copied", of: ticket)
        try await keep(200, "reassigned", of: try await desk.open([.of(desk.ann)]))
        try await keep(199, "reassigned", of: ticket)
        let moved = try await desk.reassign(ticket, to: desk.abe, by: desk.ann)
        await #expect(throws: TicketError.movedTooOften(most: 200)) {
            try await desk.reassign(moved, to: desk.bob, by: desk.abe)
        }
        // Nor does whoever manages flows go on.
        await #expect(throws: TicketError.movedTooOften(most: 200)) {
            try await desk.reassign(moved, from: desk.abe, to: desk.ann, by: desk.bob, isManager: true)
        }
        #expect(try await desk.decide(moved, by: desk.abe).state == .approved)
    }

    @Test func `a seat that counts later can be handed over before and after it does`() async throws {
        let desk = try await Desk()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        let late = PlannedLevel.Escalation(after: 600, seats: [Seat(user: desk.bob, reason: .named)])
        let ticket = try await desk.open([.of(desk.ann, escalation: late)])
        // Whoever cannot see it yet moves nothing; who manages flows does.
        await #expect(throws: TicketError.notFound) { try await desk.reassign(ticket, to: zoe, by: desk.bob) }
        await #expect(throws: TicketError.seatTaken) {
            try await desk.reassign(ticket, from: desk.bob, to: desk.ann, by: desk.abe, isManager: true)
        }
        let moved = try await desk.reassign(ticket, from: desk.bob, to: desk.abe, by: desk.rita2, isManager: true)
        #expect(moved.path[0].seats.map(\.isEscalation) == [true, false])
        // It is none of theirs before.
        await #expect(throws: TicketError.notFound) { try await desk.decide(moved, by: desk.abe) }
        desk.stage.wait(600)
        #expect(try await desk.sweep() == 1)
        _ = try await desk.reassign(moved, to: zoe, by: desk.abe)
        await #expect(throws: TicketError.notYours) { try await desk.decide(moved, by: desk.abe) }
        #expect(try await desk.decide(moved, by: zoe).state == .approved)
    }

    @Test func `who asks gets no seat and moves none, and nobody gets two that one person would have to fill`()
        async throws
    {
        let desk = try await Desk()
        let twin = try await desk.stage.makeUser("rita-admin", in: desk.scope)
        try await desk.give(desk.rita, "rita@example.com")
        try await desk.give(twin, "rita@example.com")
        let ticket = try await desk.open([.of(desk.ann), .of(desk.bob)])
        for other in [desk.rita, twin] {
            await #expect(throws: TicketError.ownTicket) {
                try await desk.reassign(ticket, to: other, by: desk.ann)
            }
        }
        // Also where they manage flows.
        for asker in [desk.rita, twin] {
            await #expect(throws: TicketError.ownTicket) {
                try await desk.reassign(ticket, from: desk.ann, to: desk.abe, by: asker, isManager: true)
            }
        }
        await #expect(throws: TicketError.noApprovers(level: 1)) {
            try await desk.reassign(ticket, to: desk.bob, by: desk.ann)
        }
        let two = try await desk.open([.of(desk.ann, desk.abe)])
        await #expect(throws: TicketError.seatTaken) { try await desk.reassign(two, to: desk.abe, by: desk.ann) }
        let done = try await desk.decide(ticket, by: desk.ann)
        await #expect(throws: TicketError.notOpen) {
            try await desk.reassign(done, from: desk.ann, to: desk.abe, by: desk.abe, isManager: true)
        }
        await #expect(throws: TicketError.alreadyDecided) {
            try await desk.reassign(done, level: 2, to: desk.ann, by: desk.bob)
        }
    }

    @Test func `who is told sees and does not decide`() async throws {
        let desk = try await Desk()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        let ticket = try await desk.open([.of(desk.ann)], copies: [desk.bob])
        #expect(ticket.copies.map(\.id) == [desk.bob])
        await #expect(throws: TicketError.notYours) { try await desk.decide(ticket, by: desk.bob) }
        #expect(try await desk.inbox(of: desk.bob) == [])
        func copy(by user: UserID) async throws -> Answer {
            try await desk.stage.call(
                desk.endpoints, "tickets.copy", [ticket.id.text], body: ["people": [["login": "zoe"]]], by: user,
                in: desk.scope)
        }
        #expect(try await copy(by: zoe).status == 404)
        #expect(try await copy(by: desk.abe).status == 404)
        #expect(try await copy(by: desk.rita).status == 200)
        #expect(try await desk.tickets.find(ticket.id, for: zoe, at: desk.stage.now, in: desk.scope).copies.count == 2)
        await #expect(throws: TicketError.notYours) { try await desk.decide(ticket, by: zoe) }
        #expect(try await desk.newest("ticket.copied")?["people"] == [.string(zoe.text)])
    }
}

extension Desk {
    /// Somebody who has nothing to do with a request but manages flows.
    fileprivate var rita2: UserID { abe }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// What a request says of whether its reader may decide it is what the answer of that reader would find.
@Suite struct MayDecideTests {
    private func shown(_ ticket: Ticket, to user: UserID, _ desk: Desk) async throws -> Ticket {
        try await desk.tickets.find(ticket.id, for: user, readable: desk.scope, at: desk.stage.now, in: desk.scope)
    }

    /// Whether the answer would count, by giving it: a refusal, taken back with its transaction.
    private func counts(_ ticket: Ticket, by user: UserID, _ desk: Desk) async throws -> Bool {
        struct Undone: Error {}
        let decision = NewDecision(
            user: user, outcome: .rejected, comment: "", channel: .portal,
            digest: [UInt8](hexadecimal: ticket.digest) ?? [], at: desk.stage.now)
        let office = try await desk.tickets.office(in: desk.scope)
        do {
            try await desk.stage.database.transaction(in: desk.scope) { transaction in
                _ = try await desk.tickets.decide(
                    ticket.id, decision, Narrowing(), from: office, audit: .discarding, in: desk.scope, transaction)
                throw Undone()
            }
        } catch is Undone { return true } catch is TicketError { return false }
        return false
    }

    @Test func `it says of everybody what their answer would find, at each step`() async throws {
        let desk = try await Desk()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        let late = try await desk.stage.makeUser("late", in: desk.scope)
        let twin = try await desk.stage.makeUser("rita-admin", in: desk.scope)
        try await desk.give(desk.rita, "rita@example.com")
        try await desk.give(twin, "RITA@example.com")
        let everybody = [desk.rita, desk.ann, desk.abe, desk.bob, zoe, late, twin]
        let escalation = PlannedLevel.Escalation(after: 600, seats: [Seat(user: late, reason: .escalation)])
        var ticket = try await desk.open([
            .of(desk.ann, twin, desk.abe, quorum: 2, escalation: escalation),
            .of(desk.bob, desk.ann, needsPasskey: true),
        ])
        try await desk.handOver(desk.abe, to: zoe, after: 60, for: 86_400)
        var turns: [Set<UserID>] = []
        func look() async throws {
            var turn: Set<UserID> = []
            for user in everybody {
                let shown = try await shown(ticket, to: user, desk)
                #expect(try await counts(ticket, by: user, desk) == shown.mayDecide, "\(user) at step \(turns.count)")
                #expect(shown.mayDecide == (shown.turn != nil))
                if shown.mayDecide { turn.insert(user) }
            }
            turns.append(turn)
        }
        try await look()
        desk.stage.wait(60)
        try await look()
        #expect(try await shown(ticket, to: zoe, desk).turn?.onBehalfOf?.id == desk.abe)
        desk.stage.wait(600)
        _ = try await desk.sweep()
        try await look()
        ticket = try await desk.decide(ticket, by: zoe)
        try await look()
        ticket = try await desk.decide(ticket, by: desk.ann)
        try await look()
        let turn = try await shown(ticket, to: desk.bob, desk).turn
        #expect(turn?.level == 2 && turn?.needsPasskey == true && turn?.onBehalfOf == nil)
        try await desk.decide(ticket, by: desk.bob, .rejected)
        try await look()
        #expect(
            turns == [
                [desk.ann, desk.abe], [desk.ann, desk.abe, zoe], [desk.ann, desk.abe, zoe, late], [desk.ann, late],
                [desk.bob], [],
            ])
    }

    @Test func `who has lost the right to decide is not asked, and lists say the same`() async throws {
        let desk = try await Desk()
        let lost = desk.abe
        let tickets = Tickets(
            database: desk.stage.database, access: desk.access, messaging: desk.messaging, outbox: desk.tickets.outbox,
            portal: desk.tickets.portal, deciders: Deciders { users, _, _, _ in Set(users).subtracting([lost]) })
        let ticket = try await desk.open([.of(desk.ann, desk.abe)])
        try await desk.handOver(desk.abe, to: desk.bob)
        let page = try PageRequest.parse(#"state eq "open""#, Ticket.listing)
        for (user, may) in [(desk.ann, true), (desk.abe, false), (desk.bob, false), (desk.rita, false)] {
            let shown = try await tickets.find(
                ticket.id, for: user, readable: desk.scope, at: desk.stage.now, in: desk.scope)
            #expect(shown.mayDecide == may)
            let listed = try await tickets.list(page, for: user, at: desk.stage.now, in: desk.scope).rows
            #expect(listed.map(\.mayDecide) == [may])
        }
        let inbox = try await tickets.inbox(page, of: desk.ann, at: desk.stage.now, in: desk.scope).rows
        #expect(inbox.map(\.mayDecide) == [true])
    }
}

import Access
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// What changes between the asking and the answer: rights, people and time.
@Suite struct LateAnswerTests {
    private func tickets(_ desk: Desk, without user: UserID) -> Tickets {
        Tickets(
            database: desk.stage.database, access: desk.access, messaging: desk.messaging, outbox: desk.tickets.outbox,
            portal: desk.tickets.portal,
            deciders: Deciders { users, _, _, _ in Set(users).subtracting([user]) })
    }

    private func approval(of ticket: Ticket) -> DecideTicket {
        DecideTicket(
            outcome: .approved, comment: "", digest: ticket.digest, assets: nil, accounts: nil, actions: nil,
            durationSeconds: nil, content: nil, passkey: nil)
    }

    @Test func `who may not decide any more does not, in the portal or in a messenger, and not for others`()
        async throws
    {
        let desk = try await Desk()
        try await desk.makeFlow()
        let ticket = try await desk.open()
        let tickets = tickets(desk, without: desk.ann)
        await #expect(throws: TicketError.mayNotDecide) {
            try await tickets.decide(
                ticket.id, approval(of: ticket), by: desk.ann, through: .portal, at: desk.stage.now,
                audit: .discarding, in: desk.scope)
        }
        await #expect(throws: TicketError.mayNotDecide) {
            try await tickets.decide(
                fromMessenger: MessengerClick(
                    ticket: ticket.id, level: 1, user: desk.ann, outcome: .approved, digest: ticket.digest,
                    channel: .slack),
                at: desk.stage.now, audit: .discarding, in: desk.scope)
        }
        #expect(try await desk.read(ticket).decisions.isEmpty)
        // Nobody gives them a seat either.
        let next = try await tickets.open(
            desk.request(), by: desk.rita, at: desk.stage.now, audit: .discarding, in: desk.scope)
        #expect(next.path.allSatisfy { stage in stage.seats.allSatisfy { $0.user.id != desk.ann } })
    }

    @Test func `a window that is past is not asked for, and one that is decided late does not move`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        for days in [-1.0, 91] {
            await #expect(throws: FieldErrors.self) {
                try await desk.open(startsAt: desk.stage.now.addingTimeInterval(days * 86_400))
            }
        }
        let start = desk.stage.now.addingTimeInterval(600)
        let late = try await desk.open(startsAt: start)
        desk.stage.wait(1800)
        let passed = try await desk.decide(late, by: desk.abe)
        let decided = try await desk.decide(passed, by: desk.bob)
        let grant = try await desk.access.find(try #require(decided.grant), in: desk.scope)
        #expect(grant.endsAt == start.addingTimeInterval(3600))
        let over = try await desk.open(startsAt: desk.stage.now.addingTimeInterval(600))
        let half = try await desk.decide(over, by: desk.abe)
        desk.stage.wait(7200)
        await #expect(throws: TicketError.windowOver) { try await desk.decide(half, by: desk.bob) }
        #expect(try await desk.decide(half, by: desk.bob, .rejected).state == .rejected)
    }

    @Test func `nothing is given to somebody who was disabled meanwhile`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let passed = try await desk.decide(try await desk.open(), by: desk.abe)
        try await desk.stage.database.execute(
            "update users set state = 'disabled' where tenant_id = \(desk.scope.tenant) and user_id = \(desk.rita)",
            in: desk.scope)
        await #expect(throws: TicketError.requesterGone) { try await desk.decide(passed, by: desk.bob) }
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Links in mails: whom they lead where, and when they lead nowhere.
@Suite struct MailLinkTests {
    private func link(
        _ desk: Desk, _ ticket: Ticket, level: Int = 1, to users: [UserID]
    ) async throws -> [UserID: String] {
        let paths = try await desk.stage.database.transaction(in: desk.scope) { tx in
            try await desk.tickets.mailLinks(
                to: ticket.id, level: level, for: users, at: desk.stage.now, in: desk.scope, tx)
        }
        return paths.mapValues { String($0.dropFirst("/decide#".count)) }
    }

    private func opened(_ desk: Desk, _ token: String?, by user: UserID) async throws -> TicketID? {
        do {
            return try await desk.tickets.open(
                mailLink: token ?? "", by: user, at: desk.stage.now, in: desk.scope
            ).ticket
        } catch TicketError.linkInvalid {
            return nil
        }
    }

    @Test func `a link leads the one whom it was sent to, and nobody to whom it was passed on`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let ticket = try await desk.open()
        let tokens = try await link(desk, ticket, to: [desk.ann, desk.abe])
        #expect(tokens[desk.ann] != tokens[desk.abe] && tokens[desk.ann]?.count == 43)
        #expect(try await opened(desk, tokens[desk.ann], by: desk.ann) == ticket.id)
        // As often as they like, until there is nothing to decide.
        #expect(try await opened(desk, tokens[desk.ann], by: desk.ann) == ticket.id)
        // Abe could decide as well, but has a link of his own.
        for other in [desk.abe, desk.bob, desk.rita] {
            #expect(try await opened(desk, tokens[desk.ann], by: other) == nil)
        }
        #expect(try await opened(desk, String(repeating: "A", count: 43), by: desk.ann) == nil)
        // Whoever has no account learns nothing by it: links that answer by themselves are others.
        let shown = try await desk.stage.call(
            desk.endpoints, "decision-links.show", [try #require(tokens[desk.ann])], in: desk.scope)
        #expect(shown.status == ProblemType.linkInvalid.status && !"\(shown.json)".contains("rita"))
        // Nor does it say anything in another company.
        let elsewhere = try await desk.stage.makeTenant("bolt")
        await #expect(throws: TicketError.linkInvalid) {
            try await desk.tickets.open(
                mailLink: tokens[desk.ann] ?? "", by: desk.ann, at: desk.stage.now, in: elsewhere)
        }
    }

    @Test func `a link ends within the hour, with the decision, and with the level whatever ends it`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let first = try await desk.open()
        let tokens = try await link(desk, first, to: [desk.ann, desk.abe])
        // One answer is enough there, so that Abe's link is spent by Ann's.
        try await desk.decide(first, by: desk.ann)
        #expect(try await opened(desk, tokens[desk.ann], by: desk.ann) == nil)
        #expect(try await opened(desk, tokens[desk.abe], by: desk.abe) == nil)
        // A link to the first level is none to the second.
        let early = try await link(desk, first, level: 1, to: [desk.bob])
        let right = try await link(desk, first, level: 2, to: [desk.bob])
        #expect(try await opened(desk, early[desk.bob], by: desk.bob) == nil)
        #expect(try await opened(desk, right[desk.bob], by: desk.bob) == first.id)
        try await desk.decide(try await desk.read(first), by: desk.bob, .rejected)
        #expect(try await opened(desk, right[desk.bob], by: desk.bob) == nil)

        let second = try await desk.open(accounts: ["deploy"])
        let withdrawn = try await link(desk, second, to: [desk.ann])
        _ = try await desk.tickets.withdraw(
            second.id, by: desk.rita, at: desk.stage.now, audit: .discarding, in: desk.scope)
        #expect(try await opened(desk, withdrawn[desk.ann], by: desk.ann) == nil)

        let third = try await desk.open(accounts: ["backup"])
        let old = try await link(desk, third, to: [desk.ann])
        desk.stage.wait(Tickets.mailLinkLife - 1)
        #expect(try await opened(desk, old[desk.ann], by: desk.ann) == third.id)
        desk.stage.wait(1)
        #expect(try await opened(desk, old[desk.ann], by: desk.ann) == nil)
        try await desk.tickets.pruneMailLinks(at: desk.stage.now + 1)
        let left: Int? = try await desk.stage.database.first(
            "select count(*) from ticket_mail_links", in: desk.scope
        ) { try $0.next() }
        #expect(left == 0)
    }
}

import Access
import Assets
import Audit
import FoundationEssentials
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import HTTPAPI
@testable import Tickets

@Suite struct OpenTicketTests {
    @Test func `a request needs a flow, approvers for every level, and assets that exist`() async throws {
        let desk = try await Desk()
        await #expect(throws: TicketError.noFlow) { try await desk.open() }
        let flow = try await desk.makeFlow()
        await #expect(throws: TicketError.unknownAsset) { try await desk.open(assets: [desk.asset, .new()]) }
        try await desk.stage.database.execute(
            "update assets set state = 'disabled' where asset_id = \(desk.other)", in: desk.scope)
        await #expect(throws: TicketError.unknownAsset) { try await desk.open(assets: [desk.other]) }
        try await desk.stage.disable(desk.bob, in: desk.scope)
        try await desk.stage.disable(desk.abe, in: desk.scope)
        // Ann alone is left for both levels.
        await #expect(throws: TicketError.noApprovers(level: 2)) { try await desk.open() }
        let saved = try await desk.tickets.replaceFlow(
            flow.id,
            SaveFlow(
                name: "Standard", isDefault: true,
                levels: [FlowLevel(name: "Self", webhook: nil, approvers: [.user(desk.rita)])]),
            from: 1, audit: .discarding, in: desk.scope)
        #expect(saved.version == 2)
        await #expect(throws: TicketError.noApprovers(level: 1)) { try await desk.open() }
        #expect(try await desk.stage.count("select count(*) from tickets", in: desk.scope) == 0)
    }

    @Test func `requests are numbered without gaps, also when many come at once`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<12 { group.addTask { try await desk.open().number } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(1...12))
    }

    @Test func `a request that is refused takes no number`() async throws {
        let desk = try await Desk()
        await #expect(throws: TicketError.noFlow) { try await desk.open() }
        try await desk.makeFlow()
        #expect(try await desk.open().number == 1)
        await #expect(throws: TicketError.unknownAsset) { try await desk.open(assets: [.new()]) }
        #expect(try await desk.open().number == 2)
    }

    @Test func `an open request keeps the approvers it was opened with`() async throws {
        let desk = try await Desk()
        let flow = try await desk.makeFlow()
        let opened = try await desk.open()
        _ = try await desk.tickets.replaceFlow(
            flow.id,
            SaveFlow(
                name: "Other", isDefault: true,
                levels: [FlowLevel(name: "Bob", webhook: nil, approvers: [.user(desk.bob)])]),
            from: 1, audit: .discarding, in: desk.scope)
        await #expect(throws: TicketError.notYours) { try await desk.decide(opened, by: desk.bob) }
        #expect(try await desk.decide(opened, by: desk.abe).level == 2)
    }

    @Test func `what is asked for twice is asked for once`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open(assets: [desk.asset, desk.asset], accounts: ["root", "root"])
        #expect(opened.assets.count == 1 && opened.accounts.count == 1)
    }

    @Test func `a request is withdrawn by who made it, once`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        func withdraw(_ user: UserID) async throws -> Ticket {
            try await desk.tickets.withdraw(
                opened.id, by: user, at: desk.stage.now, audit: .discarding, in: desk.scope)
        }
        await #expect(throws: TicketError.notFound) { try await withdraw(desk.ann) }
        #expect(try await withdraw(desk.rita).state == .withdrawn)
        await #expect(throws: TicketError.notOpen) { try await withdraw(desk.rita) }
        await #expect(throws: TicketError.notOpen) { try await desk.decide(opened, by: desk.ann) }
        #expect(try await desk.stage.events(in: desk.scope).last == "ticket.withdrawn")
    }

    @Test func `a request that nobody decides expires once, with a line and an event`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let (stage, trail) = (desk.stage, desk.stage.trail)
        let opened = try await desk.open()
        stage.wait(3 * 86_400 - 1)
        #expect(try await desk.tickets.moveDueTickets(at: stage.now, trail: trail) == 0)
        stage.wait(1)
        await #expect(throws: TicketError.expired) { try await desk.decide(opened, by: desk.ann) }
        #expect(try await desk.tickets.moveDueTickets(at: stage.now, trail: trail) == 1)
        #expect(try await desk.tickets.moveDueTickets(at: stage.now, trail: trail) == 0)
        #expect(try await desk.read(opened).state == .expired)
        #expect(try await stage.lines(in: desk.scope) == ["ticket.expired success #1"])
        #expect(try await stage.events(in: desk.scope).last == "ticket.expired")
        await #expect(throws: TicketError.notOpen) { try await desk.decide(opened, by: desk.ann) }
    }
}

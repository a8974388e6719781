import Access
import Assets
import Audit
import FoundationEssentials
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct DecideTicketTests {
    @Test func `two approvals open the way until the grant's end, and nobody else's`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        #expect(opened.number == 1 && opened.state == .open && opened.level == 1 && opened.levels == 2)
        #expect(opened.levelNames == ["Lead", "Security"])
        #expect(Set(opened.waitingFor.map(\.id)) == [desk.ann, desk.abe])
        #expect(!(try await desk.mayConnect(desk.rita).isAllowed))
        let first = try await desk.decide(opened, by: desk.abe)
        #expect(first.state == .open && first.level == 2 && first.grant == nil)
        #expect(Set(first.waitingFor.map(\.id)) == [desk.bob, desk.ann])
        #expect(!(try await desk.mayConnect(desk.rita).isAllowed))
        let second = try await desk.decide(first, by: desk.bob)
        #expect(second.state == .approved && second.waitingFor.isEmpty)
        #expect(second.decisions.map(\.user.id) == [desk.abe, desk.bob])
        let opening = try #require(try await desk.mayConnect(desk.rita).opening)
        #expect(opening.grant == second.grant)
        #expect(Set(opening.actions) == [.connect, .upload])
        #expect(opening.until == desk.stage.now.addingTimeInterval(3600))
        let refused = [
            try await desk.mayConnect(desk.abe), try await desk.mayConnect(desk.rita, desk.other),
            try await desk.mayConnect(desk.rita, as: "deploy"),
        ]
        #expect(refused.allSatisfy { !$0.isAllowed })
        desk.stage.wait(3599)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
        desk.stage.wait(1)
        #expect(try await desk.mayConnect(desk.rita).reasons.map(\.code) == [.grantEnded])
    }

    @Test func `a request for later opens the way when it begins`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let begin = desk.stage.now.addingTimeInterval(7200.123)
        let opened = try await desk.open(startsAt: begin)
        try await desk.decide(try await desk.decide(opened, by: desk.abe), by: desk.bob)
        #expect(try await desk.mayConnect(desk.rita).reasons.map(\.code) == [.grantNotStarted])
        desk.stage.wait(7201)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
    }

    @Test func `one rejection is the end`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        let rejected = try await desk.decide(opened, by: desk.ann, .rejected)
        #expect(rejected.state == .rejected && rejected.grant == nil && rejected.waitingFor.isEmpty)
        await #expect(throws: TicketError.notOpen) { try await desk.decide(rejected, by: desk.abe) }
        #expect(!(try await desk.mayConnect(desk.rita).isAllowed))
        #expect(try await desk.stage.events(in: desk.scope).suffix(2) == ["ticket.level-opened", "ticket.rejected"])
    }

    @Test func `who decided a level cannot decide the next`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let first = try await desk.decide(try await desk.open(), by: desk.ann)
        await #expect(throws: TicketError.alreadyDecided) { try await desk.decide(first, by: desk.ann) }
        #expect(first.waitingFor.map(\.id) == [desk.bob])
    }

    @Test func `a narrowed request is decided as narrowed, and its older digest is void`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open(assets: [desk.asset, desk.other], accounts: ["root", "deploy"])
        let first = try await desk.decide(
            opened, by: desk.abe, assets: [desk.other], actions: [.connect], duration: 600)
        #expect(first.digest != opened.digest)
        #expect(first.assets.map(\.name) == ["web-2"] && first.durationSeconds == 600 && first.actions == [.connect])
        await #expect(throws: TicketError.changed) { try await desk.decide(opened, by: desk.bob) }
        await #expect(throws: TicketError.wider) { try await desk.decide(first, by: desk.bob, assets: [desk.asset]) }
        await #expect(throws: TicketError.wider) { try await desk.decide(first, by: desk.bob, duration: 601) }
        let second = try await desk.decide(first, by: desk.bob)
        #expect(second.state == .approved)
        #expect(!(try await desk.mayConnect(desk.rita, desk.asset).isAllowed))
        #expect(try await desk.mayConnect(desk.rita, desk.other).opening?.actions == [.connect])
    }

    @Test func `nobody is left with access by which they cannot come in`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.abe)])
        let digest = JSON.string(ticket.digest)
        let less: JSON = ["digest": digest, "actions": ["upload"]]
        for (name, body) in [
            ("tickets.decide", less.merging(["outcome": "approved"])), ("tickets.decision-challenge", less),
        ] {
            let answer = try await desk.stage.call(
                desk.endpoints, name, [ticket.id.text], body: body, by: desk.abe, in: desk.scope)
            #expect(answer.status == 422 && answer.problem == "ticket-opens-nothing", "\(answer.json)")
            #expect(answer.json["detail"]?.text?.contains("Keep connect") == true)
        }
        let none = try await desk.stage.call(
            desk.endpoints, "tickets.decide", [ticket.id.text],
            body: ["outcome": "approved", "digest": digest, "actions": []], by: desk.abe, in: desk.scope)
        #expect(none.status == 422)
        #expect(try await desk.read(ticket).decisions.isEmpty)
        #expect(try await desk.decide(ticket, by: desk.abe, actions: [.connect]).state == .approved)
    }

    @Test func `an asset that is deleted meanwhile drops out, and the request can still be decided`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open(assets: [desk.asset, desk.other])
        try await desk.stage.database.execute("delete from assets where asset_id = \(desk.other)", in: desk.scope)
        await #expect(throws: TicketError.changed) { try await desk.decide(opened, by: desk.abe) }
        let now = try await desk.read(opened)
        #expect(now.assets.map(\.name) == ["web-1"] && now.digest != opened.digest)
        #expect(try await desk.decide(now, by: desk.abe).level == 2)
        try await desk.stage.database.execute("delete from assets where asset_id = \(desk.asset)", in: desk.scope)
        let empty = try await desk.read(opened)
        await #expect(throws: TicketError.nothingLeft) { try await desk.decide(empty, by: desk.bob) }
        #expect(try await desk.decide(empty, by: desk.bob, .rejected).state == .rejected)
    }

    @Test func `of two decisions at once exactly one counts`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        for _ in 0..<8 {
            let opened = try await desk.open()
            let outcomes = await withTaskGroup(of: TicketError?.self) { group in
                for user in [desk.ann, desk.abe] {
                    group.addTask {
                        do {
                            try await desk.decide(opened, by: user, user == desk.ann ? .approved : .rejected)
                            return nil
                        } catch { return error as? TicketError ?? .noFlow }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.compactMap(\.self).allSatisfy { [.notOpen, .notYours].contains($0) })
            #expect(try await desk.read(opened).decisions.count == 1)
        }
    }

    @Test func `the change, its line in the trail and its event are one`() async throws {
        let desk = try await Desk()
        let (stage, scope) = (desk.stage, desk.scope)
        try await desk.makeFlow()
        let body = try JSONParser.parse(OpenTicket.schema.bytes(of: desk.request()))
        let opened = try await stage.call(desk.endpoints, "tickets.open", body: body, by: desk.rita, in: scope)
        #expect(opened.status == 201)
        func decide(_ user: UserID, _ digest: String) async throws -> Answer {
            try await stage.call(
                desk.endpoints, "tickets.decide", [opened["id"]],
                body: ["outcome": "approved", "digest": .string(digest), "comment": "fine"], by: user, in: scope)
        }
        #expect(try await decide(desk.rita, opened["digest"]).problem == "own-ticket")
        #expect(try await decide(desk.bob, opened["digest"]).problem == "not-your-decision")
        #expect(try await decide(desk.ann, String(repeating: "0", count: 64)).problem == "ticket-changed")
        #expect(try await decide(desk.ann, opened["digest"]).status == 200)
        stage.wait(1)
        #expect(try await decide(desk.bob, opened["digest"])["state"] == "approved")
        let lines = try await stage.lines(in: scope)
        #expect(lines.count { $0 == "ticket.decided refused #1" } == 3)
        #expect(lines.count { $0 == "ticket.decided success #1" } == 2)
        #expect(lines.contains("ticket.opened success #1") && lines.contains("grant.created success Request #1"))
        #expect(
            try await stage.events(in: scope).suffix(6)
                == [
                    "ticket.opened", "ticket.level-opened", "ticket.level-approved", "ticket.level-opened",
                    "grant.created", "ticket.approved",
                ])
    }

    @Test func `somebody whom a request does not concern cannot decide it, nor know of it`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        await #expect(throws: TicketError.notFound) { try await desk.decide(opened, by: zoe) }
    }
}

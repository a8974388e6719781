import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct TicketKindTests {
    private func open(_ desk: Desk, _ body: JSON, by user: UserID? = nil) async throws -> Answer {
        let access: JSON = [
            "assets": [.string(desk.asset.text)], "accounts": ["root"], "durationSeconds": 3600,
            "actions": ["connect", "upload"],
        ]
        let plain: JSON = ["reason": "x"]
        return try await desk.stage.call(
            desk.endpoints, "tickets.open",
            body: (body["kind"] == nil ? plain.merging(access) : plain).merging(body), by: user ?? desk.rita,
            in: desk.scope)
    }

    @Test func `words alone are decided and have no effect`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await open(desk, ["kind": "general", "content": ["subject": "A new keyboard"]])
        #expect(opened.status == 201 && opened["kind"] == "general")
        let id = try #require(TicketID(opened["id"]))
        let card = try await desk.tickets.card(for: id, in: desk.scope)
        #expect(card.facts == [TicketFact("subject", ["A new keyboard"])])
        let ticket = try await desk.tickets.find(id, for: desk.rita, at: desk.stage.now, in: desk.scope)
        let over = try await desk.decide(try await desk.decide(ticket, by: desk.abe), by: desk.bob)
        #expect(over.state == .approved && over.grant == nil)
        #expect(try await desk.grants(of: ticket) == 0)
    }

    @Test func `a kind that nobody has, content without its shape and words about assets are refused`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let bad: [(JSON, String)] = [
            (["kind": "magic"], "/kind"), (["kind": "general", "content": [:]], "/content/subject"),
            (["kind": "general", "content": ["subject": "  "]], "/content/subject"),
            (["kind": "general", "content": ["subject": "x", "more": 1]], "/content/more"),
            (
                ["kind": "general", "content": ["subject": "x"], "assets": [.string(desk.asset.text)]], "/assets"
            ),
            (["assets": []], "/assets"), (["accounts": []], "/accounts"), (["content": ["more": 1]], "/content/more"),
        ]
        for (body, pointer) in bad {
            let answer = try await open(desk, body)
            #expect(answer.status == 422, "\(body)")
            guard case .array(let errors)? = answer.json["errors"] else { continue }
            let pointers = errors.compactMap { $0["pointer"]?.text }
            #expect(pointers.contains(pointer), "\(body): \(errors)")
        }
        #expect(try await desk.stage.count("select count(*) from tickets", in: desk.scope) == 0)
    }

    @Test func `a request is renewed for what it was, by whose it is`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let first = try await desk.open()
        let renewal: JSON = ["content": ["renews": .string(first.id.text)]]
        #expect(try await open(desk, renewal).status == 422)
        try await desk.decide(try await desk.decide(first, by: desk.abe), by: desk.bob)
        #expect(try await open(desk, renewal, by: desk.abe).status == 422)
        #expect(
            try await open(
                desk, renewal.merging(["assets": [.string(desk.asset.text), .string(desk.other.text)]])
            ).status == 422)
        #expect(try await open(desk, renewal.merging(["accounts": ["oracle"]])).status == 422)
        #expect(try await open(desk, renewal.merging(["actions": ["delete"]])).status == 422)
        let opened = try await open(desk, renewal)
        #expect(opened.status == 201)
        let card = try await desk.tickets.card(for: try #require(TicketID(opened["id"])), in: desk.scope)
        #expect(card.facts.first == TicketFact("renews", ["#1"]))
        let clone = try await open(desk, ["content": ["clones": .string(first.id.text)], "accounts": ["oracle"]])
        #expect(clone.status == 201 && clone.json["content"]?["number"] == 1)
        #expect(
            try await open(
                desk, ["content": ["clones": .string(first.id.text), "renews": .string(first.id.text)]]
            ).status == 422)
    }

    @Test func `a renewal for the same before the end moves it, and any other is a grant of its own`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let first = try await desk.open()
        let held = try await desk.decide(try await desk.decide(first, by: desk.abe), by: desk.bob)
        func renew(_ more: JSON = [:]) async throws -> Ticket {
            let body: JSON = ["content": ["renews": .string(first.id.text)], "durationSeconds": 7200]
            let opened = try await open(desk, body.merging(more))
            #expect(opened.status == 201, "\(opened.json)")
            let id = try #require(TicketID(opened["id"]))
            let ticket = try await desk.tickets.find(id, for: desk.rita, at: desk.stage.now, in: desk.scope)
            return try await desk.decide(try await desk.decide(ticket, by: desk.abe), by: desk.bob)
        }
        func end(_ ticket: Ticket) async throws -> Date? {
            try await desk.access.find(try #require(ticket.grant), in: desk.scope).endsAt
        }
        desk.stage.wait(1800)
        let events = try await desk.stage.events(in: desk.scope).count
        let same = try await renew()
        #expect(same.grant == held.grant && same.state == .approved)
        #expect(try await end(held) == desk.stage.now + 7200)
        let news = try await desk.stage.events(in: desk.scope).dropFirst(events)
        #expect(news.contains("grant.extended") && !news.contains("grant.created"))
        // For less, for a shorter time, and for a time with nothing before it.
        let less = try await renew(["actions": ["connect"]])
        let short = try await renew(["durationSeconds": 600])
        #expect(less.grant != held.grant && short.grant != held.grant && less.grant != nil && short.grant != nil)
        desk.stage.wait(7200)
        #expect(try await renew().grant != held.grant)
        #expect(try await end(held) == desk.stage.now)
    }

    @Test func `a renewal that begins before what it renews is a grant of its own`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let first = try await desk.open(startsAt: desk.stage.now + 86_400)
        let held = try await desk.decide(try await desk.decide(first, by: desk.abe), by: desk.bob)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
        let opened = try await open(desk, ["content": ["renews": .string(first.id.text)], "durationSeconds": 172_800])
        let id = try #require(TicketID(opened["id"]))
        let ticket = try await desk.tickets.find(id, for: desk.rita, at: desk.stage.now, in: desk.scope)
        let done = try await desk.decide(try await desk.decide(ticket, by: desk.abe), by: desk.bob)
        #expect(done.grant != held.grant)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
    }

    @Test func `what is renewed has the time of its renewal to be used`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow(unusedAfter: 3_000)
        let first = try await desk.open()
        let held = try await desk.decide(try await desk.decide(first, by: desk.abe), by: desk.bob)
        let grant = try #require(held.grant)
        let start = desk.stage.now
        desk.stage.wait(1_800)
        let opened = try await open(desk, ["content": ["renews": .string(first.id.text)], "durationSeconds": 7_200])
        let id = try #require(TicketID(opened["id"]))
        let ticket = try await desk.tickets.find(id, for: desk.rita, at: desk.stage.now, in: desk.scope)
        let done = try await desk.decide(try await desk.decide(ticket, by: desk.abe), by: desk.bob)
        #expect(done.grant == grant)
        #expect(try await desk.access.endUnusedGrants(at: start + 4_799) == 0)
        #expect(try await desk.access.find(grant, in: desk.scope).state == .active)
        #expect(try await desk.access.endUnusedGrants(at: start + 4_800) == 1)
        #expect(try await desk.access.find(grant, in: desk.scope).endedBecause == .unused)
    }

    @Test func `what was taken back is not brought back by a renewal`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let first = try await desk.open()
        let held = try await desk.decide(try await desk.decide(first, by: desk.abe), by: desk.bob)
        let opened = try await open(desk, ["content": ["renews": .string(first.id.text)], "durationSeconds": 7200])
        let id = try #require(TicketID(opened["id"]))
        let grant = try #require(held.grant)
        _ = try await desk.access.revoke(
            grant, RevokeGrant.schema.parse(["reason": "Over"]), by: desk.bob, at: desk.stage.now, audit: .discarding,
            in: desk.scope)
        let ticket = try await desk.tickets.find(id, for: desk.rita, at: desk.stage.now, in: desk.scope)
        let done = try await desk.decide(try await desk.decide(ticket, by: desk.abe), by: desk.bob)
        #expect(done.grant != grant)
        #expect(try await desk.access.find(grant, in: desk.scope).state == .revoked)
    }

    @Test func `the digest covers kind and content`() throws {
        let (id, user) = (TicketID.new(), UserID.new())
        func digest(_ kind: TicketKindName, _ content: JSON) -> [UInt8] {
            TicketAsk.nothing.digest(of: id, kind: kind, content: content, by: user, reason: "x")
        }
        let one = digest(.general, ["subject": "x", "more": 1])
        #expect(one == digest(.general, ["more": 1, "subject": "x"]))
        for other in [
            digest(.general, ["subject": "y", "more": 1]), digest(.general, ["subject": "x"]),
            digest(.access, ["subject": "x", "more": 1]), digest(.general, [:]), digest(.access, [:]),
        ] {
            #expect(one != other)
        }
    }
}

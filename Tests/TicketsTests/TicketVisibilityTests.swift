import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct TicketVisibilityTests {
    private func inbox(_ desk: Desk, of user: UserID, in scope: TenantScope? = nil) async throws -> [Int] {
        let answer = try await desk.stage.call(desk.endpoints, "tickets.inbox", by: user, in: scope ?? desk.scope)
        #expect(answer.status == 200)
        return answer.items.compactMap { if case .int(let number)? = $0["number"] { Int(number) } else { nil } }
    }

    @Test func `the inbox has what waits for the person, and nothing else`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        #expect(try await inbox(desk, of: desk.ann) == [1])
        #expect(try await inbox(desk, of: desk.abe) == [1])
        #expect(try await inbox(desk, of: desk.bob) == [])
        #expect(try await inbox(desk, of: desk.rita) == [])
        let first = try await desk.decide(opened, by: desk.ann)
        #expect(try await inbox(desk, of: desk.ann) == [])
        #expect(try await inbox(desk, of: desk.abe) == [])
        #expect(try await inbox(desk, of: desk.bob) == [1])
        desk.stage.wait(3 * 86_400)
        #expect(try await inbox(desk, of: desk.bob) == [])
        await #expect(throws: TicketError.expired) { try await desk.decide(first, by: desk.bob) }
    }

    @Test func `a request is seen by those it concerns and by auditors, and is not there for others`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        for user in [desk.rita, desk.ann, desk.abe, desk.bob] {
            let answer = try await desk.stage.call(
                desk.endpoints, "tickets.show", [opened.id.text], by: user, in: desk.scope)
            #expect(answer.status == 200)
        }
        for name in ["tickets.show", "tickets.comments"] {
            let answer = try await desk.stage.call(desk.endpoints, name, [opened.id.text], by: zoe, in: desk.scope)
            #expect(answer.status == 404)
        }
        let auditor = try await desk.stage.call(
            desk.endpoints, "tickets.show", [opened.id.text], by: zoe,
            permissions: ["tickets.see", "tickets.read"], in: desk.scope)
        #expect(auditor.status == 200)
        let own = try await desk.stage.call(desk.endpoints, "tickets.mine", by: desk.ann, in: desk.scope)
        #expect(own.items.isEmpty)
        #expect(
            try await desk.stage.call(desk.endpoints, "tickets.mine", by: desk.rita, in: desk.scope).items.count == 1)
    }

    @Test func `another tenant finds nothing, by whatever way it looks`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        let theirs = try await desk.stage.makeTenant("bolt")
        let eve = try await desk.stage.makeUser("eve", in: theirs)
        let path = [opened.id.text]
        let decision: JSON = ["outcome": "approved", "digest": .string(opened.digest)]
        let calls: [(String, [String], JSON?)] = [
            ("tickets.show", path, nil), ("tickets.decide", path, decision), ("tickets.withdraw", path, nil),
            ("tickets.comments", path, nil), ("tickets.comment", path, ["text": "hello"]),
        ]
        for (name, path, body) in calls {
            let answer = try await desk.stage.call(
                desk.endpoints, name, path, body: body, by: eve,
                permissions: ["tickets.see", "tickets.open", "tickets.read", "tickets.decide"], in: theirs)
            #expect(answer.status == 404, "\(name)")
        }
        // Even with an id of a person of the first tenant.
        let stolen = try await desk.stage.call(
            desk.endpoints, "tickets.decide", path, body: decision, by: desk.ann, in: theirs)
        #expect(stolen.status == 404)
        for list in ["tickets.list", "tickets.mine", "tickets.inbox", "flows.list"] {
            let answer = try await desk.stage.call(desk.endpoints, list, by: eve, in: theirs)
            #expect(answer.status == 200 && answer.items.isEmpty, "\(list)")
        }
        #expect(try await desk.read(opened).state == .open)
    }

    @Test func `remarks are kept in order, in any state, and are no one else's business`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let opened = try await desk.open()
        func comment(_ text: String, by user: UserID) async throws -> Answer {
            desk.stage.wait(1)
            return try await desk.stage.call(
                desk.endpoints, "tickets.comment", [opened.id.text], body: ["text": .string(text)], by: user,
                in: desk.scope)
        }
        #expect(try await comment("Which disk?", by: desk.ann).status == 201)
        #expect(try await comment("/var\nand /srv <script>", by: desk.rita).status == 201)
        try await desk.decide(opened, by: desk.ann, .rejected)
        let last = try await comment("Sorry.", by: desk.bob)
        #expect(last.items.compactMap { $0["text"]?.text } == ["Which disk?", "/var\nand /srv <script>", "Sorry."])
        #expect(last.items.compactMap { $0["user"]?["name"]?.text } == ["Ann", "Rita", "Bob"])
        for text in ["", " \n\t", "\u{0}", String(repeating: "x", count: 2001)] {
            #expect(try await comment(text, by: desk.ann).status == 422)
        }
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        #expect(try await comment("me too", by: zoe).status == 404)
    }

    @Test func `every filter and order of the lists runs`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        _ = try await desk.open()
        for page in Ticket.listing.samples {
            _ = try await desk.tickets.list(page, for: desk.bob, at: desk.stage.now, in: desk.scope)
            _ = try await desk.tickets.own(page, of: desk.rita, in: desk.scope)
            _ = try await desk.tickets.inbox(page, of: desk.ann, at: desk.stage.now, in: desk.scope)
        }
        let answer = try await desk.stage.call(
            desk.endpoints, "tickets.list", by: desk.ann, query: [("filter", #"state eq "open" and number eq 1"#)],
            in: desk.scope)
        #expect(answer.items.count == 1)
    }

    @Test(arguments: [
        (#"{"reason":"  "}"#, "/reason"), (#"{"assets":["x"]}"#, "/assets/0"), (#"{"kind":"No"}"#, "/kind"),
        (#"{"accounts":["@all"]}"#, "/accounts/0"),
        (#"{"accounts":["a+b"]}"#, "/accounts/0"), (#"{"protocols":["telnet"]}"#, "/protocols/0"),
        (#"{"durationSeconds":59}"#, "/durationSeconds"), (#"{"durationSeconds":99999999}"#, "/durationSeconds"),
        (#"{"startsAt":"tomorrow"}"#, "/startsAt"), (#"{"assets":["grt_00000000000000000000000000"]}"#, "/assets/0"),
        (#"{"extra":1}"#, "/extra"),
    ])
    func `a malformed request is told what is wrong with it`(_ text: String, _ pointer: String) async throws {
        let good = try JSONParser.parse(
            Array(
                #"{"reason":"x","assets":["ast_00000000000000000000000000"],"accounts":["root"],"durationSeconds":60}"#
                    .utf8))
        let bad = try JSONParser.parse(Array(text.utf8))
        do throws(FieldErrors) {
            _ = try OpenTicket.schema.parse(good.merging(bad))
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.errors.map(\.pointer).contains(pointer))
        }
    }
}

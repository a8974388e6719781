import Access
import Audit
import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Messaging
import Postgres
import Stage
import Testing

@testable import Tickets

@Suite struct AnswerLinkTests {
    @Test func `a request goes through on links alone`() async throws {
        let bridge = try await AnswerBridge()
        let opened = try await bridge.desk.open()
        let first = try await bridge.tokens()
        #expect(Set(first.keys) == ["ann", "abe"])
        bridge.desk.stage.wait(1)
        let one = try await bridge.answer(try #require(first["ann"]))
        #expect(one.status == 200 && one["state"] == "open" && one.json["level"] == .int(2))
        let second = try await bridge.tokens()
        // Ann has decided, so she is not asked again.
        #expect(Set(second.keys) == ["bob"])
        let two = try await bridge.answer(try #require(second["bob"]))
        #expect(two["state"] == "approved")
        #expect(try await bridge.desk.mayConnect(bridge.desk.rita).isAllowed)
        let ticket = try await bridge.desk.read(opened)
        #expect(ticket.decisions.map(\.channel) == [.webhook, .webhook])
        #expect(ticket.decisions.map(\.comment) == ["from chat", "from chat"])
        let actors = try await bridge.desk.stage.trail.records("order by at", in: bridge.desk.scope)
            .filter { $0.action == "ticket.decided" }.map(\.actor.name)
        #expect(actors.sorted() == ["Ann", "Bob"])
    }

    @Test func `a link shows what it decides while it can be used`() async throws {
        let bridge = try await AnswerBridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        func show(in scope: TenantScope) async throws -> Answer {
            try await bridge.desk.stage.call(bridge.desk.endpoints, "decision-links.show", [token], in: scope)
        }
        let shown = try await show(in: bridge.desk.scope)
        #expect(shown["approver"] == "Ann" && shown["requester"] == "Rita" && shown["reason"] == opened.reason)
        #expect(shown.json["assets"] == ["web-1"] && shown.json["level"] == .int(1))
        #expect(shown.json["ways"]?["outcomes"] == ["approved", "rejected"])
        #expect(shown["portal"] == "https://acme.example/requests/\(opened.id.text)")
        // The message has told the same.
        let told = try await bridge.message()["data"] ?? .null
        for name in ["facts", "path", "ways", "risk", "startsAt", "levelName", "reason", "level", "levels", "portal"] {
            let (one, other) = (try #require(told[name]), try #require(shown.json[name]))
            #expect(try CanonicalJSON.bytes(one) == CanonicalJSON.bytes(other), "\(name)")
        }
        #expect(told["requesterName"] == "Rita" && told["assetNames"] == ["web-1"])
        #expect(told["accounts"] == ["root"] && told["durationSeconds"] == .int(3600))
        #expect(try await show(in: bridge.desk.stage.makeTenant("bolt")).problem == "link-invalid")
        #expect(try await bridge.answer(token).status == 200)
        #expect(try await show(in: bridge.desk.scope).problem == "link-invalid")
    }

    @Test func `the question of a later level has the path so far, with what was taken away and without remarks`()
        async throws
    {
        let bridge = try await AnswerBridge()
        let desk = bridge.desk
        var second = PlannedLevel.of(desk.bob)
        (second.webhook, second.needsPasskey) = (bridge.webhook, true)
        let opened = try await desk.open([.of(desk.ann), second])
        desk.stage.wait(1)
        _ = try await desk.tickets.decide(
            opened.id,
            DecideTicket(
                outcome: .approved, comment: "between us", digest: opened.digest, assets: nil, accounts: nil,
                actions: nil, durationSeconds: 600, content: nil, passkey: nil),
            by: desk.ann, through: .portal, at: desk.stage.now, audit: .discarding, in: desk.scope)
        let data = try await bridge.message()["data"] ?? .null
        guard case .array(let path)? = data["path"], case .array(let answers)? = path.first?["answers"] else {
            Issue.record("\(data)")
            return
        }
        #expect(path.map { $0["isOpen"] } == [false, true])
        #expect(answers.map { $0["name"] } == ["Ann"] && answers.first?["outcome"] == "approved")
        let changes: JSON = [["label": "duration", "before": ["3600"], "after": ["600"]]]
        #expect(
            try CanonicalJSON.bytes(answers.first?["changes"] ?? .null) == CanonicalJSON.bytes(changes))
        #expect(data["durationSeconds"] == .int(600))
        #expect(!String(decoding: data.bytes, as: UTF8.self).contains("between us"))
        // What takes a tap on a passkey is not done by a link.
        #expect(data["ways"]?["outcomes"] == ["rejected"])
        let token = try await bridge.token(of: "bob")
        #expect(try await bridge.answer(token).problem == "ticket-needs-passkey")
        #expect(try await bridge.answer(token, "rejected")["state"] == "rejected")
    }

    @Test func `a message says which answers take a comment, and its links take none without`() async throws {
        let bridge = try await AnswerBridge()
        let desk = bridge.desk
        _ = try await desk.tickets.createFlow(
            SaveFlow(
                name: "Reasoned", isDefault: true,
                levels: [
                    FlowLevel(
                        name: "Lead", webhook: bridge.webhook, approvers: [.user(desk.ann)], needsComment: .approved)
                ]), at: desk.stage.now, audit: .discarding, in: desk.scope)
        let opened = try await desk.open()
        let message = try await bridge.message()
        #expect((message["data"] ?? message)["ways"]?["needsComment"] == "approved", "\(message)")
        let token = try await bridge.token(of: "ann")
        #expect(try await bridge.answer(token, saying: "").problem == "ticket-needs-comment")
        // The link is good still.
        #expect(try await bridge.answer(token, "rejected", saying: "")["state"] == "rejected")
        #expect(try await desk.read(opened).state == .rejected)
    }

    @Test func `a link works once, and not after somebody else decided its level`() async throws {
        let bridge = try await AnswerBridge()
        let opened = try await bridge.desk.open()
        let tokens = try await bridge.tokens()
        #expect(try await bridge.answer(try #require(tokens["abe"])).status == 200)
        #expect(try await bridge.desk.read(opened).decisions.map(\.comment) == ["from chat"])
        let again = try await bridge.answer(try #require(tokens["abe"]))
        #expect(again.problem == "link-invalid")
        // What has happened is told, and what approvers remarked is not.
        let told = again.json["meanwhile"]?["decisions"]
        guard case .array(let decisions)? = told else { throw TicketError.notFound }
        #expect(decisions.map { $0["user"]?["name"] } == ["Abe"] && decisions.map { $0["comment"] } == [""])
        // Ann may decide the second level too; her link for the first must not do it.
        #expect(try await bridge.answer(try #require(tokens["ann"])).problem == "link-invalid")
    }

    @Test func `where two have to agree each link is one voice, and spends no other before they have`() async throws {
        let bridge = try await AnswerBridge()
        let desk = bridge.desk
        var level = PlannedLevel.of(desk.ann, desk.abe, desk.bob, quorum: 2)
        level.webhook = bridge.webhook
        let opened = try await desk.open([level])
        let tokens = try await bridge.tokens()
        #expect(Set(tokens.keys) == ["ann", "abe", "bob"])
        let one = try await bridge.answer(try #require(tokens["ann"]))
        #expect(one["state"] == "open" && one.json["level"] == .int(1))
        #expect(try await bridge.answer(try #require(tokens["ann"])).problem == "link-invalid")
        #expect(try await bridge.answer(try #require(tokens["abe"]))["state"] == "approved")
        #expect(try await bridge.answer(try #require(tokens["bob"])).problem == "link-invalid")
        #expect(try await desk.read(opened).decisions.map(\.channel) == [.webhook, .webhook])
    }

    @Test func `a decision in the portal voids the links of its level`() async throws {
        let bridge = try await AnswerBridge()
        let opened = try await bridge.desk.open()
        let tokens = try await bridge.tokens()
        try await bridge.desk.decide(opened, by: bridge.desk.abe)
        #expect(try await bridge.answer(try #require(tokens["ann"])).problem == "link-invalid")
        #expect(try await bridge.desk.read(opened).level == 2)
    }

    @Test func `of many answers at once through one link exactly one counts`() async throws {
        let bridge = try await AnswerBridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 { group.addTask { try await bridge.answer(token).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.sorted() == [200, 404, 404, 404, 404, 404])
        #expect(try await bridge.desk.read(opened).decisions.count == 1)
    }

    @Test func `a link of another tenant, an unknown one and an old one are all the same`() async throws {
        let bridge = try await AnswerBridge()
        _ = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        let theirs = try await bridge.desk.stage.makeTenant("bolt")
        #expect(try await bridge.answer(token, in: theirs).problem == "link-invalid")
        #expect(try await bridge.answer(String(repeating: "A", count: 43)).problem == "link-invalid")
        for text in ["", "x", String(repeating: "A", count: 44), String(repeating: "'", count: 43)] {
            #expect(try await bridge.answer(text).status == 404)
        }
        bridge.desk.stage.wait(3 * 86_400)
        #expect(try await bridge.answer(token).problem == "link-invalid")
    }

    @Test func `a link of somebody who was disabled, or about content that changed, is void`() async throws {
        let bridge = try await AnswerBridge()
        let desk = bridge.desk
        _ = try await desk.open(assets: [desk.asset, desk.other])
        let tokens = try await bridge.tokens()
        try await desk.stage.disable(desk.ann, in: desk.scope)
        #expect(try await bridge.answer(try #require(tokens["ann"])).problem == "link-invalid")
        try await desk.stage.database.execute("delete from assets where asset_id = \(desk.other)", in: desk.scope)
        #expect(try await bridge.answer(try #require(tokens["abe"])).problem == "ticket-changed")
    }

    @Test func `a withdrawn request cannot be decided by its links`() async throws {
        let bridge = try await AnswerBridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        _ = try await bridge.desk.tickets.withdraw(
            opened.id, by: bridge.desk.rita, at: bridge.desk.stage.now, audit: .discarding, in: bridge.desk.scope)
        #expect(try await bridge.answer(token).problem == "ticket-not-open")
    }

    @Test func `the tokens of links lie nowhere in the database`() async throws {
        let bridge = try await AnswerBridge()
        _ = try await bridge.desk.open()
        let dump = try await bridge.desk.stage.dump()
        #expect(dump.contains("ticket.decision-needed"))
        for token in try await bridge.tokens().values {
            #expect(!dump.contains(token))
            #expect(!dump.contains(Hex.encode(Array(token.utf8))))
        }
    }
}

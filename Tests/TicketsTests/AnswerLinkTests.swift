import Access
import Audit
import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Messaging
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Tickets

/// A receiver that got the message and answers, the way a customer's bridge to a messenger would.
private struct Bridge {
    let desk: Desk
    let secret: WebhookSecret
    let webhook: WebhookID

    init() async throws {
        desk = try await Desk()
        let created = try await desk.messaging.create(
            CreateWebhook.schema.parse(["name": "bridge", "url": "https://hooks.example/x"]),
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        secret = try #require(WebhookSecret(created.secret))
        webhook = created.webhook.id
        try await desk.makeFlow(webhook: webhook)
    }

    /// The tokens in the newest message, by the login of who may use them.
    func tokens() async throws -> [String: String] {
        let rows = try await desk.stage.database.query(
            "select delivery_id, sealed_private from webhook_deliveries order by created_at desc, delivery_id desc",
            in: desk.scope
        ) { (try $0.next(DeliveryID.self), try $0.next([UInt8].self)) }
        let (id, sealed) = try #require(rows.first)
        let bytes = try await desk.stage.keys.open(
            sealed, table: "webhook_deliveries", row: id.text, version: 1, in: desk.scope)
        guard case .array(let people)? = try JSONParser.parse(bytes)["approvers"] else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: people.map {
                ($0["login"]?.text ?? "", String($0["answer"]?.text?.split(separator: "/").last ?? ""))
            })
    }

    func token(of login: String) async throws -> String { try #require(try await tokens()[login]) }

    /// The newest message as its log shows it.
    func message() async throws -> JSON {
        let found = try await desk.stage.database.query(
            "select body from webhook_deliveries order by created_at desc, delivery_id desc limit 1", in: desk.scope
        ) { try $0.next(JSON.self) }
        return try #require(found.first)
    }

    /// Sends an answer as it was signed.
    func answer(_ token: String, _ body: String, signed signature: String, id: String, at: Int) async throws -> Answer {
        try await desk.stage.call(
            desk.endpoints, "decision-links.answer", [token], raw: Array(body.utf8),
            headers: ["webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": signature],
            in: desk.scope)
    }

    func answer(
        _ token: String, _ outcome: String = "approved", saying comment: String = "from chat",
        with secret: WebhookSecret? = nil, late: TimeInterval = 0,
        signed: JSON? = nil, in scope: TenantScope? = nil
    ) async throws -> Answer {
        let body: JSON = ["comment": .string(comment), "outcome": .string(outcome)]
        let at = desk.stage.now.addingTimeInterval(-late)
        let signature = (secret ?? self.secret).signature(
            id: "msg_1", timestamp: at, body: try CanonicalJSON.bytes(signed ?? body))
        return try await desk.stage.call(
            desk.endpoints, "decision-links.answer", [token], body: body,
            headers: [
                "webhook-id": "msg_1", "webhook-timestamp": String(Int(at.timeIntervalSince1970)),
                "webhook-signature": signature,
            ], in: scope ?? desk.scope)
    }
}

@Suite struct AnswerLinkTests {
    @Test func `a request goes through on links alone`() async throws {
        let bridge = try await Bridge()
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
        let bridge = try await Bridge()
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
        let bridge = try await Bridge()
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
        let bridge = try await Bridge()
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

    /// What the reference library of Standard Webhooks signs: a secret, an id, a time and a body each.
    private func library(_ cases: [(WebhookSecret, String, Int, String)]) async throws -> [String] {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        let rows = cases.map { secret, id, time, body -> JSON in
            [.string(secret.reveal()), .string(id), .int(Int64(time)), .string(body)]
        }
        let script = """
            import json, sys
            from datetime import datetime, timezone
            from standardwebhooks import Webhook
            for secret, id, time, body in json.loads(sys.argv[1]):
                print(Webhook(secret).sign(id, datetime.fromtimestamp(time, tz=timezone.utc), body))
            """
        let process = try ChildProcess(
            [python, "-c", script, String(decoding: JSON.array(rows).bytes, as: UTF8.self)])
        #expect(await process.wait() == 0, "\(process.output)")
        return process.output.split(separator: "\n").map(String.init)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil))
    func `what the library of Standard Webhooks signs is taken, and nothing old, changed or of another endpoint`()
        async throws
    {
        let bridge = try await Bridge()
        let desk = bridge.desk
        let opened = try await desk.open()
        let tokens = try await bridge.tokens()
        let token = try #require(tokens["ann"])
        let other = try await desk.messaging.create(
            CreateWebhook.schema.parse(["name": "other", "url": "https://other.example/x"]),
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        let theirs = try #require(WebhookSecret(other.secret))
        let now = Int(desk.stage.now.timeIntervalSince1970)
        // As Python writes JSON, and not as anybody canonicalizes it.
        let body = #"{"outcome": "approved",  "comment": "from chat: \u6279\u51c6"}"#
        let signed = try await library([
            (bridge.secret, "msg_1", now, body), (bridge.secret, "msg_1", now - 301, body),
            (theirs, "msg_1", now, body), (bridge.secret, "msg_2", now, #"{"outcome": "rejected"}"#),
        ])
        try #require(signed.count == 4)
        let changed = body.replacing("approved", with: "rejected")
        for (text, signature, id, at) in [
            (changed, signed[0], "msg_1", now), (body, signed[1], "msg_1", now - 301), (body, signed[1], "msg_1", now),
            (body, signed[2], "msg_1", now), (body, signed[0], "msg_2", now), (body, signed[3], "msg_2", now),
        ] {
            let refused = try await bridge.answer(token, text, signed: signature, id: id, at: at)
            #expect(refused.problem == "link-unsigned" && refused.json["meanwhile"] == nil)
        }
        #expect(try await desk.read(opened).decisions.isEmpty)
        let taken = try await bridge.answer(token, body, signed: signed[0], id: "msg_1", at: now)
        #expect(taken.status == 200 && taken.json["level"] == .int(2))
        #expect(try await desk.read(opened).decisions.map(\.comment) == ["from chat: 批准"])

        // The same once more, and another's answer that came too late, are told what has happened.
        let late = try #require(tokens["abe"])
        for (token, signature, id, text) in [
            (token, signed[0], "msg_1", body), (late, signed[3], "msg_2", #"{"outcome": "rejected"}"#),
        ] {
            let stale = try await bridge.answer(token, text, signed: signature, id: id, at: now)
            #expect(stale.status == 404 && stale.problem == "link-invalid")
            guard case .array(let decisions)? = stale.json["meanwhile"]?["decisions"] else {
                Issue.record("\(stale.json)")
                continue
            }
            #expect(decisions.map { $0["user"]?["name"] } == ["Ann"])
            #expect(stale.json["detail"]?.text?.contains("It waits on Security now.") == true)
            // Whoever has a link alone learns nothing.
            let alone = try await bridge.answer(token, text, signed: "v1,AAAA", id: id, at: now)
            #expect(alone.problem == "link-invalid" && alone.json["meanwhile"] == nil)
        }
        #expect(try await desk.read(opened).decisions.count == 1)
    }

    @Test func `a link works once, and not after somebody else decided its level`() async throws {
        let bridge = try await Bridge()
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
        let bridge = try await Bridge()
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
        let bridge = try await Bridge()
        let opened = try await bridge.desk.open()
        let tokens = try await bridge.tokens()
        try await bridge.desk.decide(opened, by: bridge.desk.abe)
        #expect(try await bridge.answer(try #require(tokens["ann"])).problem == "link-invalid")
        #expect(try await bridge.desk.read(opened).level == 2)
    }

    @Test func `of many answers at once through one link exactly one counts`() async throws {
        let bridge = try await Bridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 { group.addTask { try await bridge.answer(token).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.sorted() == [200, 404, 404, 404, 404, 404])
        #expect(try await bridge.desk.read(opened).decisions.count == 1)
    }

    @Test func `an answer without the right, fresh signature over its body changes nothing`() async throws {
        let bridge = try await Bridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        let unsigned = try await bridge.desk.stage.call(
            bridge.desk.endpoints, "decision-links.answer", [token], body: ["outcome": "approved"],
            in: bridge.desk.scope)
        #expect(unsigned.problem == "link-unsigned")
        #expect(try await bridge.answer(token, with: WebhookSecret()).problem == "link-unsigned")
        #expect(try await bridge.answer(token, late: 301).problem == "link-unsigned")
        #expect(try await bridge.answer(token, late: -301).problem == "link-unsigned")
        let other: JSON = ["comment": "from chat", "outcome": "rejected"]
        #expect(try await bridge.answer(token, signed: other).problem == "link-unsigned")
        #expect(try await bridge.desk.read(opened).decisions.isEmpty)
        let trail = try await bridge.desk.stage.trail.records("order by at", in: bridge.desk.scope)
        #expect(trail.contains { $0.action == "ticket.decided" && $0.outcome == .refused })
        #expect(!trail.contains { "\($0)".contains(token) })
        #expect(try await bridge.answer(token, late: 299).status == 200)
    }

    @Test func `a link of another tenant, an unknown one and an old one are all the same`() async throws {
        let bridge = try await Bridge()
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
        let bridge = try await Bridge()
        let desk = bridge.desk
        _ = try await desk.open(assets: [desk.asset, desk.other])
        let tokens = try await bridge.tokens()
        try await desk.stage.disable(desk.ann, in: desk.scope)
        #expect(try await bridge.answer(try #require(tokens["ann"])).problem == "link-invalid")
        try await desk.stage.database.execute("delete from assets where asset_id = \(desk.other)", in: desk.scope)
        #expect(try await bridge.answer(try #require(tokens["abe"])).problem == "ticket-changed")
    }

    @Test func `a withdrawn request cannot be decided by its links`() async throws {
        let bridge = try await Bridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        _ = try await bridge.desk.tickets.withdraw(
            opened.id, by: bridge.desk.rita, at: bridge.desk.stage.now, audit: .discarding, in: bridge.desk.scope)
        #expect(try await bridge.answer(token).problem == "ticket-not-open")
    }

    /// Calls an endpoint of the bridge's webhook.
    private func change(
        _ bridge: Bridge, _ name: String, _ body: JSON, as permissions: [String], version: Int? = nil
    ) async throws -> Answer {
        try await bridge.desk.stage.call(
            bridge.desk.endpoints, name, [bridge.webhook.text], body: body, by: bridge.desk.rita,
            permissions: permissions, version: version, in: bridge.desk.scope)
    }

    @Test func `who manages webhooks takes over neither the secret nor the address that approvers are asked through`()
        async throws
    {
        let bridge = try await Bridge()
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        let url: JSON = ["url": "https://elsewhere.example/x"]
        let before = try await bridge.desk.messaging.find(bridge.webhook, in: bridge.desk.scope)
        let roll = try await change(bridge, "webhooks.roll-secret", [:], as: ["webhooks.manage"])
        #expect(roll.problem == "forbidden" && roll.json["secret"] == nil)
        let move = try await change(bridge, "webhooks.change", url, as: ["webhooks.manage"], version: before.version)
        #expect(move.problem == "forbidden")
        // What leads nowhere else takes no more than before.
        let name: JSON = ["name": "renamed", "url": .string(before.url.text)]
        #expect(
            try await change(bridge, "webhooks.change", name, as: ["webhooks.manage"], version: before.version).status
                == 200)
        let after = try await bridge.desk.messaging.find(bridge.webhook, in: bridge.desk.scope)
        #expect(after.url.text == before.url.text && after.oldSecretUntil == nil)
        // Being refused voids nothing.
        #expect(try await bridge.answer(token).status == 200)
        #expect(try await bridge.desk.read(opened).level == 2)
    }

    @Test func `with a new secret or address the links that are out are void, and the next question counts`()
        async throws
    {
        let bridge = try await Bridge()
        let both = ["webhooks.manage", "flows.manage"]
        let opened = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        let rolled = try await change(bridge, "webhooks.roll-secret", [:], as: both)
        let fresh = try #require(WebhookSecret(rolled["secret"]))
        #expect(try await bridge.answer(token, with: fresh).problem == "link-invalid")
        #expect(try await bridge.answer(token).problem == "link-invalid")
        bridge.desk.stage.wait(1)
        try await bridge.desk.decide(opened, by: bridge.desk.abe)
        let second = try await bridge.token(of: "bob")
        let version = try await bridge.desk.messaging.find(bridge.webhook, in: bridge.desk.scope).version
        let url: JSON = ["url": "https://elsewhere.example/x"]
        #expect(try await change(bridge, "webhooks.change", url, as: both, version: version).status == 200)
        #expect(try await bridge.answer(second, with: fresh).problem == "link-invalid")
        bridge.desk.stage.wait(1)
        _ = try await bridge.desk.open()
        #expect(try await bridge.answer(try await bridge.token(of: "abe"), with: fresh).status == 200)
    }

    @Test func `the links of a webhook that no flow names any more end with its secret`() async throws {
        let bridge = try await Bridge()
        _ = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        try await bridge.desk.stage.database.execute(
            "update flow_levels set webhook_id = null where webhook_id = \(bridge.webhook)", in: bridge.desk.scope)
        let rolled = try await change(bridge, "webhooks.roll-secret", [:], as: ["webhooks.manage"])
        let fresh = try #require(WebhookSecret(rolled["secret"]))
        #expect(try await bridge.answer(token, with: fresh).problem == "link-invalid")
    }

    @Test func `the tokens of links lie nowhere in the database`() async throws {
        let bridge = try await Bridge()
        _ = try await bridge.desk.open()
        let dump = try await bridge.desk.stage.dump()
        #expect(dump.contains("ticket.decision-needed"))
        for token in try await bridge.tokens().values {
            #expect(!dump.contains(token))
            #expect(!dump.contains(Hex.encode(Array(token.utf8))))
        }
    }
}

import Audit
import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Messaging
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Whose answer it is: signed with the secret of the webhook that asked, which is as well kept as the answers are.
@Suite struct AnswerLinkSecretTests {
    @Test func `an answer without the right, fresh signature over its body changes nothing`() async throws {
        let bridge = try await AnswerBridge()
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
        let bridge = try await AnswerBridge()
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

    /// Calls an endpoint of the bridge's webhook.
    private func change(
        _ bridge: AnswerBridge, _ name: String, _ body: JSON, as permissions: [String], version: Int? = nil
    ) async throws -> Answer {
        try await bridge.desk.stage.call(
            bridge.desk.endpoints, name, [bridge.webhook.text], body: body, by: bridge.desk.rita,
            permissions: permissions, version: version, in: bridge.desk.scope)
    }

    @Test func `who manages webhooks takes over neither the secret nor the address that approvers are asked through`()
        async throws
    {
        let bridge = try await AnswerBridge()
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
        let bridge = try await AnswerBridge()
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
        let bridge = try await AnswerBridge()
        _ = try await bridge.desk.open()
        let token = try await bridge.token(of: "ann")
        try await bridge.desk.stage.database.execute(
            "update flow_levels set webhook_id = null where webhook_id = \(bridge.webhook)", in: bridge.desk.scope)
        let rolled = try await change(bridge, "webhooks.roll-secret", [:], as: ["webhooks.manage"])
        let fresh = try #require(WebhookSecret(rolled["secret"]))
        #expect(try await bridge.answer(token, with: fresh).problem == "link-invalid")
    }
}

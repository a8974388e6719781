import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messaging

@Suite struct ResendTests {
    @Test func `what was delivered is sent again with the same id, and the log goes on`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        let id = try await post.attempted(to: webhook)
        post.stage.wait(60)
        #expect(try await post.call("webhooks.retry", [id.text]).status == 204)
        #expect(try await post.due() == [id])
        try await post.attempt(id)
        #expect(receiver.requests.count == 2)
        #expect(Set(receiver.requests.compactMap { $0["id"]?.text }).count == 1)
        let detail = try await post.messaging.delivery(id, in: post.scope)
        #expect(detail.attempts.map(\.number) == [2, 1] && detail.delivery.attempts == 1)
    }

    @Test func `all that is dead is sent again, and nothing else`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        let (other, _) = try await post.hook("other")
        let delivered = try await post.attempted(to: webhook)
        var dead: Set<DeliveryID> = []
        for _ in 0..<3 { dead.insert(try await post.send(to: webhook)) }
        let foreign = try await post.send(to: other)
        try await post.bury(dead.union([foreign]))
        let answer = try await post.call("webhooks.replay", [webhook.text], ["which": "dead"])
        #expect(answer.status == 200 && answer.json["count"] == 3 && answer.json["rest"] ?? .null == .null)
        #expect(Set(try await post.due()) == dead)
        try await post.attempt(Array(dead))
        #expect(receiver.requests.count == 4)
        #expect(try await post.delivery(delivered).state == .delivered)
        #expect(try await post.delivery(foreign).state == .dead)
        #expect(try await post.call("webhooks.replay", [webhook.text], ["which": "dead"]).json["count"] == 0)
    }

    @Test func `a span is sent again, from its beginning to before its end`() async throws {
        let post = try await Post()
        let (webhook, _) = try await post.receiver()
        var ids: [DeliveryID] = []
        let start = post.stage.now
        for _ in 0..<4 {
            ids.append(try await post.attempted(to: webhook))
            post.stage.wait(3600)
        }
        func body(_ from: Double?, _ to: Double?) -> JSON {
            func text(_ hours: Double?) -> JSON { hours.map { .string(Timestamp.text(start + $0 * 3600)) } ?? .null }
            return ["which": "all", "from": text(from), "to": text(to)]
        }
        #expect(try await post.call("webhooks.replay", [webhook.text], body(1, 3)).json["count"] == 2)
        #expect(Set(try await post.due()) == Set(ids[1...2]))
        for (from, to) in [(nil, nil), (1, nil), (nil, 1)] as [(Double?, Double?)] {
            #expect(try await post.call("webhooks.replay", [webhook.text], body(from, to)).status == 422)
        }
        let theirs = try await post.stage.makeTenant("bolt")
        #expect(try await post.call("webhooks.replay", [webhook.text], body(0, 9), in: theirs).status == 404)
    }

    @Test func `a replay that the plan does not allow changes nothing`() async throws {
        let post = try await Post()
        let (webhook, _) = try await post.hook()
        let ids = [try await post.send(to: webhook), try await post.send(to: webhook)]
        try await post.bury(Set(ids))
        try await post.stage.test.setLimit("webhook-deliveries-per-day", 3, in: post.scope)
        #expect(
            try await post.call("webhooks.replay", [webhook.text], ["which": "dead"]).problem == "quota-exceeded")
        #expect(try await post.due().isEmpty)
    }

    @Test func `a test event goes to the one endpoint, whatever it listens to`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        let version = try await post.messaging.find(webhook, in: post.scope).version
        _ = try await post.call("webhooks.change", [webhook.text], ["eventTypes": []], version: version)
        let answer = try await post.call("webhooks.test", [webhook.text])
        #expect(answer.status == 201)
        let id = try #require(DeliveryID(answer["delivery"]))
        #expect(try await post.due() == [id])
        try await post.attempt(id)
        #expect(receiver.requests.first?["body"]?["type"] == "gatehouse.webhook.test")
        #expect(receiver.requests.first?["body"]?["data"] == ["webhook": .string(webhook.text)])
        _ = try await post.call("webhooks.change", [webhook.text], ["state": "disabled"], version: version + 1)
        #expect(try await post.call("webhooks.test", [webhook.text]).problem == "webhook-disabled")
    }
}

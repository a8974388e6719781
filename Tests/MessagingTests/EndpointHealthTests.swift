import Foundation
import HTTPAPI
import Jobs
import Kernel
import Outbound
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messaging

@Suite struct EndpointHealthTests {
    @Test func `an endpoint that is gone is disabled, and everybody who should know hears of it`() async throws {
        let post = try await Post()
        let (id, _) = try await post.receiver("410")
        let (first, second) = (try await post.send(to: id), try await post.send(to: id))
        try await post.attempt(first)
        let webhook = try await post.messaging.find(id, in: post.scope)
        #expect(webhook.state == .disabled && webhook.disabledBecause == .gone)
        #expect(try await post.delivery(first).state == .dead)
        // What waits, waits until somebody enables it.
        #expect(try await post.delivery(second).state == .pending)
        let due = try await post.due() + post.due(.slow)
        #expect(due.isEmpty)
        #expect(try await post.stage.events(in: post.scope).contains("webhook.disabled"))
        #expect(try await post.stage.lines(in: post.scope).contains { $0.contains("webhook.disabled") })
        let enabled = try await post.call(
            "webhooks.change", [id.text], ["state": "enabled"], version: webhook.version)
        #expect(enabled.status == 200 && enabled.json["disabledBecause"] ?? .null == .null)
        #expect(try await post.due(.slow) == [second])
    }

    @Test func `an endpoint that fails for days is disabled, and one that answers in between is not`() async throws {
        let post = try await Post()
        let (id, _) = try await post.receiver("500,500,204,500,500,500")
        func attempt(after days: Double) async throws -> Webhook {
            post.stage.wait(days * 86_400)
            try await post.attempt(post.send(to: id))
            return try await post.messaging.find(id, in: post.scope)
        }
        let start = post.stage.now
        #expect(try await attempt(after: 0).failingSince == start)
        #expect(try await attempt(after: 4).failingSince == start)
        #expect(try await attempt(after: 0.5).failingSince == nil)
        #expect(try await attempt(after: 1).state == .enabled)
        #expect(try await attempt(after: 4.9).state == .enabled)
        let disabled = try await attempt(after: 0.2)
        #expect(disabled.state == .disabled && disabled.disabledBecause == .failing)
    }

    @Test func `a receiver may ask for a longer pause, within bounds, and then gets nothing before`() async throws {
        let post = try await Post()
        let (id, _) = try await post.receiver("429+99999999,500+1,503+junk,500+Wed;_18_Nov_2026_11:08:40_GMT")
        for pause in [21_600.0, 2, 2, 120] {
            let delivery = try await post.attempted(to: id)
            let next = try await post.delivery(delivery).nextAttemptAt.timeIntervalSince(post.stage.now)
            #expect((pause...pause * 1.1 + 0.1).contains(next), "\(next)")
        }
        let fresh = try await Post()
        let (webhook, _) = try await fresh.receiver("503+120,204")
        let delivery = try await fresh.attempted(to: webhook)
        let next = try await fresh.delivery(delivery).nextAttemptAt.timeIntervalSince(fresh.stage.now)
        #expect((120...132.1).contains(next))
        // Not this message alone: the endpoint is left in peace.
        let second = try await fresh.send(to: webhook)
        #expect(try await fresh.due(.slow).isEmpty)
        fresh.stage.wait(121)
        // The first one, too, unless chance has put it off a little more.
        #expect(try await fresh.due(.slow).contains(second))
    }

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("30", 30), ("0", 0), ("-1", nil), ("1.5", nil), ("soon", nil),
            ("Wed, 18 Nov 2026 11:07:40 GMT", 60), ("Wed, 18 Nov 2026 11:06:00 GMT", 0),
            ("Wed, 18 Nov 2026 11:07:40", nil), ("Wed, 99 Nov 2026 11:07:40 GMT", nil),
            (String(repeating: "9", count: 41), nil),
        ] as [(String?, Double?)])
    func `a pause is seconds or a moment`(_ field: String?, _ seconds: Double?) {
        #expect(RetryAfter.seconds(field, at: Stage.start) == seconds)
    }

    @Test func `a few failures are forgiven, and then the rest grows up to five minutes`() {
        func rest(_ failures: Int, asked: TimeInterval? = nil) -> TimeInterval? {
            WebhookHealth(failures: failures, failingSince: nil, pace: .slow).rest(asked: asked)
        }
        #expect([0, 1, 2].map { rest($0) } == [nil, nil, nil])
        #expect([3, 4, 5, 10, 100].map { rest($0) } == [2, 4, 8, 256, 300])
        #expect(rest(0, asked: 60) == 60 && rest(100, asked: 60) == 300 && rest(0, asked: 1e12) == 21_600)
    }

    @Test func `the answer is kept as far as it is short and tame`() async throws {
        let post = try await Post(egress: .open)
        let hostile = Array("no\u{1B}[31m\u{0}\r\n\u{202E}evil<script>\u{2028}".utf8) + [0xFF, 0xC0]
        let (id, _) = try await post.receiver("500=\(Data(hostile).base64EncodedString()),500=x200000", isOpened: false)
        let delivery = try await post.attempted(to: id)
        try await post.attempt(delivery)
        let detail = try await post.call("webhooks.delivery", [delivery.text])
        #expect(detail.status == 200)
        guard case .array(let attempts)? = detail.json["attempts"] else {
            Issue.record("no attempts")
            return
        }
        #expect(attempts.count == 2)
        #expect(attempts[0]["answer"]?.text == String(repeating: "x", count: 1000))
        #expect(
            attempts[1]["answer"]?.text
                == #"no\u{1b}[31m\u{0}\u{d}\u{a}\u{202e}evil<script>\u{2028}"# + "\u{FFFD}\u{FFFD}")
        #expect(attempts[1]["number"] == 1 && attempts[1]["status"] == 500)
        let payload = try JSONParser.parse(Array((detail.json["payload"]?.text ?? "").utf8))
        #expect(payload["type"] == "gatehouse.ticket.opened" && payload["id"] == detail.json["event"])
        let theirs = try await post.stage.makeTenant("bolt")
        #expect(try await post.call("webhooks.delivery", [delivery.text], in: theirs).status == 404)
    }

    @Test func `nothing is kept of what an address answers that an administrator opened`() async throws {
        let post = try await Post()
        let (id, _) = try await post.receiver("500=\(Data("what is inside".utf8).base64EncodedString())")
        let detail = try await post.call("webhooks.delivery", [try await post.attempted(to: id).text])
        guard case .array(let attempts)? = detail.json["attempts"] else { return #expect(Bool(false)) }
        #expect(attempts.count == 1 && attempts[0]["status"] == 500 && attempts[0]["answer"] == .null)
        #expect(!String(decoding: detail.json.bytes, as: UTF8.self).contains("what is inside"))
    }

    @Test func `what is signed or sealed by a key that is gone is given up after a day, and says why`() async throws {
        let post = try await Post()
        let (id, receiver) = try await post.receiver()
        let delivery = try await post.send(to: id)
        let superuser = try await post.stage.test.superuser()
        _ = try await superuser.execute("update webhooks set sealed_secret = '\\x00' || sealed_secret")
        try await post.attempt(delivery)
        var shown = try await post.delivery(delivery)
        #expect(shown.state == .pending && shown.lastError?.contains("cannot be opened") == true)
        #expect(shown.nextAttemptAt == post.stage.now + PendingDelivery.pauseForKeys)
        post.stage.wait(PendingDelivery.patienceForKeys)
        try await post.attempt(delivery)
        shown = try await post.delivery(delivery)
        #expect(shown.state == .dead && shown.lastError?.contains("cannot be opened") == true)
        // It is no fault of the receiver's.
        let failures = try await superuser.query("select failures from webhooks") { try $0.next(Int.self) }
        #expect(failures == [0] && receiver.requests.isEmpty)
    }

    @Test func `what waits for a disabled endpoint is not looked through, and is due when it is enabled`() async throws
    {
        let post = try await Post()
        let (id, _) = try await post.receiver()
        let delivery = try await post.send(to: id)
        func set(_ state: String) async throws {
            let version = try await post.messaging.find(id, in: post.scope).version
            let changed = try await post.call("webhooks.change", [id.text], ["state": .string(state)], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        func parked() async throws -> [Bool] {
            try await post.stage.test.superuser().query("select parked from webhook_deliveries") { try $0.next() }
        }
        try await set("disabled")
        #expect(try await parked() == [true])
        #expect(try await post.due().isEmpty)
        try await set("enabled")
        #expect(try await parked() == [false])
        #expect(try await post.due() == [delivery])
    }

    @Test func `an answer that does not come in time, or never ends, holds nobody`() async throws {
        let post = try await Post()
        // Fifty megabytes: a success is one by its head, and the rest is not read.
        let (id, _) = try await post.receiver("200=x50000000")
        let delivery = try await post.attempted(to: id)
        #expect(try await post.delivery(delivery).state == .delivered)
    }

    @Test func `the log is swept: what was delivered after a month, what is dead after three`() async throws {
        let post = try await Post()
        let (id, _) = try await post.receiver("204,410")
        let delivered = try await post.attempted(to: id)
        let dead = try await post.attempted(to: id)
        let waiting = try await post.send(to: id)
        func kept(_ days: Double) async throws -> Set<DeliveryID> {
            try await post.messaging.sweep(at: post.stage.now + days * 86_400)
            let page = try PageRequest.parse("createdAt pr", Delivery.listing)
            return Set(try await post.messaging.deliveries(page, in: post.scope).rows.map(\.id))
        }
        #expect(try await kept(29) == [delivered, dead, waiting])
        #expect(try await kept(31) == [dead, waiting])
        #expect(try await post.delivery(waiting).state == .dead)
        #expect(try await post.stage.count("select count(*) from webhook_attempts", in: post.scope) == 1)
        #expect(try await kept(89) == [dead, waiting])
        #expect(try await kept(91) == [waiting])
    }
}

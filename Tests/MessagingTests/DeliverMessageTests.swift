import Cryptography
import Foundation
import HTTPAPI
import Jobs
import Kernel
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Messaging

@Suite struct DeliverMessageTests {
    @Test func `a message arrives as a CloudEvent with a signature that others can check`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        let id = try await post.send(["number": 7, "reason": "Größe ≠ 0 \"quoted\" \u{2028}"], to: webhook)
        try await post.attempt(id)
        let delivery = try await post.delivery(id)
        #expect(delivery.state == .delivered && delivery.lastStatus == 204 && delivery.attempts == 1)
        let request = try #require(receiver.requests.first)
        #expect(request["byHand"] == true)
        // Deploy/test brings the reference implementation; without it the check by hand has to do.
        let isGiven = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
        #expect(request["byLibrary"] == true || !isGiven && request["byLibrary"] == .null)
        #expect(request["path"] == "/in?a=b" && request["type"] == "application/json")
        #expect(request["timestamp"] == .int(Int64(post.stage.now.timeIntervalSince1970)))
        let body = try #require(request["body"])
        #expect(body["specversion"] == "1.0" && body["type"] == "gatehouse.ticket.opened")
        #expect(body["id"] == request["id"] && body["subject"] == "tkt_1")
        #expect(body["source"]?.text == "urn:gatehouse:tenant:\(post.scope.tenant.text)")
        #expect(body["data"] == ["number": 7, "reason": "Größe ≠ 0 \"quoted\" \u{2028}"])
        // A repeat of the job sends nothing: it is done.
        try await post.attempt(id)
        #expect(receiver.requests.count == 1)
    }

    @Test func `what is private lies sealed and travels with the message`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        let id = try await post.send(["number": 1], secret: ["link": "https://acme/very-secret-link"], to: webhook)
        let dump = try await post.stage.dump()
        #expect(!dump.contains("very-secret-link") && !dump.contains(Hex.encode(Array("very-secret-link".utf8))))
        try await post.attempt(id)
        #expect(
            receiver.requests.first?["body"]?["data"] == ["number": 1, "link": "https://acme/very-secret-link"])
        #expect(receiver.requests.first?["byHand"] == true)
    }

    @Test func `a receiver that fails is tried again, later each time, until it takes the message`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver("500,503,429,200")
        let id = try await post.send(to: webhook)
        for (attempt, delay) in [2.0, 10, 60].enumerated() {
            try await post.attempt(id)
            let delivery = try await post.delivery(id)
            #expect(delivery.state == .pending && delivery.attempts == attempt + 1)
            let pause = delivery.nextAttemptAt.timeIntervalSince(post.stage.now)
            #expect((delay...delay * 1.1 + 0.001).contains(pause), "\(pause)")
            post.stage.wait(pause - 0.1)
            #expect(try await post.due(.slow).isEmpty)
            post.stage.wait(0.1)
        }
        try await post.attempt(id)
        let delivery = try await post.delivery(id)
        #expect(delivery.state == .delivered && delivery.attempts == 4 && delivery.lastStatus == 200)
        #expect(delivery.lastError == nil)
        // The same event each time, so that the receiver can tell repeats, and a signature of its own time.
        #expect(Set(receiver.requests.compactMap { $0["id"]?.text }).count == 1)
        #expect(receiver.requests.allSatisfy { $0["byHand"] == true })
        #expect(Set(receiver.requests.compactMap { $0["timestamp"] }.map { "\($0)" }).count == 4)
    }

    @Test func `after the last attempt a message is dead, and can be sent again by hand`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver("500,500,500,500,500,500,500,500,500,500,500,500,200")
        let id = try await post.send(to: webhook)
        let start = post.stage.now
        #expect(try await post.call("webhooks.retry", [id.text]).problem == "delivery-not-dead")
        while try await post.delivery(id).state == .pending {
            post.stage.wait(max(0, try await post.delivery(id).nextAttemptAt.timeIntervalSince(post.stage.now)))
            try await post.attempt(id)
        }
        let dead = try await post.delivery(id)
        #expect(dead.state == .dead && dead.attempts == 12 && dead.lastError == "The receiver answered 500.")
        #expect((3 * 86_400...4 * 86_400).contains(post.stage.now.timeIntervalSince(start)))
        try await post.attempt(id)
        #expect(receiver.requests.count == 12)
        let theirs = try await post.stage.makeTenant("bolt")
        #expect(try await post.call("webhooks.retry", [id.text], in: theirs).status == 404)
        #expect(try await post.call("webhooks.retry", [id.text]).status == 204)
        try await post.attempt(id)
        #expect(try await post.delivery(id).state == .delivered)
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://10.1.2.3/", "http://192.168.0.1/",
        "http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0:9/", "http://2130706433/", "http://metadata.localhost:9/", "http://0x7f000001:9/",
        "http://0177.0.0.1:9/", "http://127.1:9/", "http://0xa9.0xfe.0xa9.0xfe/", "http://2852039166/",
        "http://[::ffff:7f00:1]:9/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:7f00:1::]/", "http://[fd00::1]/",
        "http://100.64.0.1/", "http://172.16.9.9:443/", "https://192.168.1.1:8443/",
    ])
    func `a webhook does not reach into private networks or to metadata`(_ url: String) async throws {
        let post = try await Post()
        let (webhook, _) = try await post.hook()
        try await post.point(webhook, at: url)
        let id = try await post.send(to: webhook)
        try await post.attempt(id)
        let delivery = try await post.delivery(id)
        #expect(delivery.state == .pending && delivery.lastStatus == nil)
        #expect(delivery.lastError?.contains("is on a private or reserved network") == true, "\(delivery)")
    }

    @Test func `loopback is reached where it was opened, on that port alone`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        try await post.allow([("127.0.0.1", receiver.port == 9 ? 10 : 9)])
        let id = try await post.send(to: webhook)
        try await post.attempt(id)
        #expect(try await post.delivery(id).state == .pending && receiver.requests.isEmpty)
        try await post.allow([("127.0.0.1", receiver.port)])
        try await post.attempt(id)
        #expect(try await post.delivery(id).state == .delivered)
    }

    @Test func `an opening of one tenant opens nothing for another`() async throws {
        let post = try await Post()
        let (_, receiver) = try await post.receiver()
        let theirs = try await post.stage.makeTenant("bolt")
        #expect(try await post.call("webhooks.allowances", in: theirs).items.isEmpty)
        let made = try await post.call(
            "webhooks.create", [],
            ["name": "x", "url": .string("http://127.0.0.1:\(receiver.port)/"), "eventTypes": ["*"]],
            in: theirs)
        #expect(made.status == 201)
        let event = OutgoingMessage(id: .new(at: post.stage.now), type: "a.b", subject: "s", data: [:])
        try await post.messaging.fanOut(event, at: post.stage.now, in: theirs)
        let due = try await post.due()
        #expect(due.count == 1)
        try await post.attempt(due, in: theirs)
        #expect(receiver.requests.isEmpty)
    }

    @Test func `a redirect is an answer like any other failure, and is not followed`() async throws {
        let post = try await Post()
        let (_, other) = try await post.receiver()
        let (id, secret) = try await post.hook("second")
        let first = try await Receiver(
            secret: secret, statuses: "307", location: "http://127.0.0.1:\(other.port)/stolen")
        try await post.point(id, at: "http://127.0.0.1:\(first.port)/")
        try await post.allow([("127.0.0.1", first.port), ("127.0.0.1", other.port)])
        let delivery = try await post.send(to: id)
        try await post.attempt(delivery)
        #expect(first.requests.count == 1 && other.requests.isEmpty)
        let noted = try await post.delivery(delivery)
        #expect(noted.state == .pending && noted.lastStatus == 307)
    }

    @Test func `what waits for a disabled webhook is sent when it is enabled`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        func set(_ state: String) async throws {
            let version = try await post.messaging.find(webhook, in: post.scope).version
            let answer = try await post.call(
                "webhooks.change", [webhook.text], ["state": .string(state)], version: version)
            #expect(answer.status == 200)
        }
        let id = try await post.send(to: webhook)
        try await set("disabled")
        try await post.attempt(id)
        #expect(try await post.delivery(id).attempts == 0 && receiver.requests.isEmpty)
        #expect(try await post.due().isEmpty)
        try await set("enabled")
        #expect(try await post.due() == [id])
        try await post.attempt(id)
        #expect(try await post.delivery(id).state == .delivered)
    }

    @Test func `after a rotation secrets and private parts are under the new key, and signatures the same`()
        async throws
    {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        let id = try await post.send(secret: ["link": "x"], to: webhook)
        try await post.send(to: webhook)
        let key = try await post.stage.tenancy.rotateKey(at: post.stage.now, in: post.scope)
        let rewrap = RewrapSecrets(
            keys: post.stage.keys,
            features: [
                WebhooksRewrapping(database: post.stage.database), DeliveriesRewrapping(database: post.stage.database),
            ])
        try await rewrap(in: post.scope, at: post.stage.now)
        let under = try await post.stage.database.query(
            """
            select tenant_key_id from webhooks union
            select tenant_key_id from webhook_deliveries where sealed_private is not null
            """, in: post.scope
        ) { try $0.next(TenantKeyID.self) }
        #expect(under == [key])
        try await post.attempt(id)
        #expect(receiver.requests.first?["byHand"] == true)
        #expect(receiver.requests.first?["body"]?["data"]?["link"] == "x")
    }

    @Test func `what was delivered is sent again without its private part`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver("500,200")
        let id = try await post.send(secret: ["link": "x"], to: webhook)
        try await post.attempt(id)
        try await post.attempt(id)
        #expect(try await post.messaging.delivery(id, in: post.scope).hasSealedPart == false)
        #expect(try await post.call("webhooks.retry", [id.text]).status == 204)
        try await post.attempt(id)
        // The attempt that failed lost nothing.
        let links = receiver.requests.map { $0["body"]?["data"]?["link"] }
        #expect(links == ["x", "x", nil])
        #expect(
            try await post.stage.count(
                "select count(*) from webhook_deliveries where tenant_key_id is not null", in: post.scope) == 0)
    }

    @Test func `what succeeds is metered once, and what fails is not`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver("500,200")
        let id = try await post.send(to: webhook)
        for expected in [0, 1, 1] {
            try await post.attempt(id)
            #expect(
                try await post.stage.count(
                    "select count(*) from usage_events where meter = 'webhook-deliveries'", in: post.scope) == expected)
        }
        #expect(receiver.requests.count == 2)
    }

    @Test func `what the plan does not allow leaves one line a day for each endpoint, which says how many`()
        async throws
    {
        let post = try await Post()
        let (one, _) = try await post.receiver()
        let (two, _) = try await post.hook("two")
        try await post.stage.test.setLimit("webhook-deliveries-per-day", 1, in: post.scope)
        func tell(_ times: Int) async throws {
            for _ in 0..<times {
                let message = OutgoingMessage(
                    id: .new(at: post.stage.now), type: "ticket.opened", subject: "tkt_1", data: ["number": 1])
                try await post.messaging.fanOut(message, at: post.stage.now, in: post.scope)
            }
        }
        try await tell(4)
        func lines() async throws -> [String] {
            let page = try PageRequest.parse("state eq \"dead\"", Delivery.listing)
            return try await post.messaging.deliveries(page, in: post.scope).rows.compactMap(\.lastError).sorted()
        }
        let words = "The plan allows no more deliveries today."
        #expect(try await lines() == ["\(words) 3 were left out.", "\(words) 4 were left out."])
        post.stage.wait(86_400)
        try await tell(2)
        #expect(try await lines().count == 4)
        #expect(
            try await post.stage.count("select count(*) from webhook_deliveries", in: post.scope) == 6, "\(one) \(two)")
    }

    @Test func `more deliveries than the plan allows are kept as dead, and can be sent another day`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        try await post.stage.test.setLimit("webhook-deliveries-per-day", 1, in: post.scope)
        try await post.attempt(try await post.send(to: webhook))
        post.stage.wait(1)
        let late = try await post.send(to: webhook)
        try await post.attempt(late)
        let delivery = try await post.delivery(late)
        #expect(delivery.state == .dead && delivery.lastError == "The plan allows no more deliveries today.")
        #expect(try await post.call("webhooks.retry", [late.text]).problem == "quota-exceeded")
        post.stage.wait(86_400)
        #expect(try await post.call("webhooks.retry", [late.text]).status == 204)
        try await post.attempt(late)
        #expect(try await post.delivery(late).state == .delivered)
        #expect(receiver.requests.count == 2)
    }
}

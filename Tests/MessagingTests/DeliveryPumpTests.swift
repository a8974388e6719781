import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messaging

@Suite struct DeliveryPumpTests {
    private func pump(_ post: Post, _ settings: DeliveryPump.Settings = .init()) -> DeliveryPump {
        DeliveryPump(
            messaging: post.messaging, settings: settings, clock: { post.stage.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func running(_ pump: DeliveryPump, _ work: () async throws -> Void) async throws {
        let task = Task { try await pump.run() }
        defer { task.cancel() }
        try await work()
    }

    @Test func `dead and slow endpoints delay nobody who answers`() async throws {
        let post = try await Post()
        let (healthy, receiver) = try await post.receiver()
        // Thirty that hang, of which each has more to send than there are places.
        let slow = try await Receiver(
            secret: "whsec_" + Data(count: 32).base64EncodedString(), statuses: "200~30", location: nil)
        try await post.allow([("127.0.0.1", receiver.port), ("127.0.0.1", slow.port)])
        for number in 0..<30 {
            let (id, _) = try await post.hook("slow \(number)", "http://127.0.0.1:\(slow.port)/")
            for _ in 0..<3 { try await post.send(to: id) }
        }
        _ = try await post.stage.test.superuser().execute("update webhooks set pace = 'slow' where url like '%/'")
        try await running(pump(post)) {
            try await eventually("places of slow ones are taken", within: .seconds(10)) {
                slow.requests.count >= 8
            }
            let start = ContinuousClock.now
            for _ in 0..<20 { try await post.send(to: healthy) }
            try await eventually("the healthy one has everything", within: .seconds(10)) {
                receiver.requests.count == 20
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            // Of one tenant eight at most, of each endpoint one.
            #expect(slow.requests.count == 8)
        }
    }

    @Test func `claims take turns of endpoints and tenants, and keep to their shares`() async throws {
        let post = try await Post()
        let theirs = try await post.stage.makeTenant("bolt")
        let (busy, _) = try await post.hook("busy")
        let (calm, _) = try await post.hook("calm")
        for _ in 0..<10 { try await post.send(to: busy) }
        let one = try await post.send(to: calm)
        let made = try await post.call(
            "webhooks.create", [], ["name": "x", "url": "https://x.example/", "eventTypes": ["*"]], in: theirs)
        #expect(made.status == 201)
        try await post.messaging.fanOut(
            OutgoingMessage(id: .new(at: post.stage.now), type: "ticket.opened", subject: "s", data: [:]),
            at: post.stage.now, in: theirs)
        let claims = DeliveryClaims(database: post.stage.database)
        var queue = DeliveryQueue()
        func claim(_ limit: Int, _ tenant: Int, _ endpoint: Int) async throws -> [ClaimedDelivery] {
            queue.hear(try await claims.waiting(at: post.stage.now).map(\.0))
            var claimed: [ClaimedDelivery] = []
            while claimed.count < limit {
                let places = queue.hand.taken + limit - claimed.count
                let most = FairShares(places: places, ofTenant: tenant, ofLine: endpoint)
                guard let turn = queue.next(most) else { break }
                let some = try await claims.claim(.quick, turn, lease: .seconds(60), at: post.stage.now)
                queue.enter(some, of: turn)
                claimed += some
            }
            return claimed
        }
        let first = try await claim(3, 9, 9)
        #expect(Set(first.map(\.webhook)).count == 3 && first.contains { $0.delivery == one })
        #expect(try await claim(9, 9, 3).count == 2, "two more of the busy one beside the one at hand")
        #expect(try await claim(9, 5, 9).count == 1, "five of the tenant with the four at hand")
        #expect(try await claim(100, 100, 100).count == 6)
        #expect(try await claim(100, 100, 100).isEmpty, "everything is taken")
        // What was taken and not settled is due again when the lease ends: nothing is lost with a node.
        queue = DeliveryQueue()
        post.stage.wait(61)
        #expect(try await claim(100, 100, 100).count == 12)
    }

    @Test func `two pumps send everything, and nothing twice while both live`() async throws {
        let post = try await Post()
        let (webhook, receiver) = try await post.receiver()
        for _ in 0..<40 { try await post.send(to: webhook) }
        let (first, second) = (pump(post), pump(post))
        try await running(first) {
            try await running(second) {
                try await eventually("everything arrived", within: .seconds(20)) {
                    try await post.stage.count(
                        "select count(*) from webhook_deliveries where state = 'delivered'", in: post.scope) == 40
                }
            }
        }
        #expect(receiver.requests.count == 40)
        #expect(Set(receiver.requests.compactMap { $0["id"]?.text }).count == 40)
    }

    @Test func `an endpoint that fails goes among the slow ones, and back when it answers`() async throws {
        let post = try await Post()
        let (webhook, _) = try await post.receiver("500,204,204")
        try await post.attempted(to: webhook)
        try await post.send(to: webhook)
        #expect(try await post.due().isEmpty)
        let due = try await post.due(.slow)
        #expect(due.count == 1)
        try await post.attempt(due)
        try await post.send(to: webhook)
        #expect(try await post.due().count == 1)
    }

    @Test func `endpoints of an organization hear of what belongs to it or below, and of nothing else`() async throws {
        let post = try await Post()
        let europe = try await post.stage.makeOrganization("Europe", in: post.scope)
        let asia = try await post.stage.makeOrganization("Asia", in: post.scope)
        func hook(_ name: String, _ organization: OrganizationID?) async throws {
            let body: JSON = [
                "name": .string(name), "url": "https://x.example/", "eventTypes": ["*"],
                "organization": organization.map { .string($0.text) } ?? .null,
            ]
            #expect(try await post.call("webhooks.create", [], body).status == 201)
        }
        try await hook("all", nil)
        try await hook("europe", europe)
        try await hook("asia", asia)
        let asset = try await post.stage.makeAsset("web-1", in: post.scope)
        let superuser = try await post.stage.test.superuser()
        _ = try await superuser.execute("update assets set org_id = \(europe) where asset_id = \(asset)")
        for (subject, type) in [(asset.text, "ticket.opened"), ("webhook", "ticket.approved")] {
            let id = EventID.new(at: post.stage.now)
            try await post.stage.database.transaction(in: post.scope) { transaction in
                _ = try await transaction.execute(
                    """
                    insert into events (tenant_id, event_id, type, subject) values
                    (\(post.scope.tenant), \(id), \(type), \(subject))
                    """)
            }
            try await post.messaging.fanOut(
                OutgoingMessage(id: id, type: type, subject: subject, data: [:]), at: post.stage.now, in: post.scope)
        }
        let told = try await post.call("webhooks.deliveries").items.map {
            "\($0["webhookName"]?.text ?? "") \($0["eventType"]?.text ?? "")"
        }
        #expect(told.sorted() == ["all ticket.approved", "all ticket.opened", "europe ticket.opened"])
        let wrong: JSON = [
            "name": "wrong", "url": "https://x.example/", "organization": .string(OrganizationID.new().text),
        ]
        #expect(try await post.call("webhooks.create", [], wrong).status == 422)
    }

    @Test func `what nobody declared does not leave, and what is no event cannot be subscribed to`() async throws {
        let post = try await Post()
        _ = try await post.hook("all")
        try await post.messaging.fanOut(
            OutgoingMessage(
                id: .new(at: post.stage.now), type: "ticket.opened", subject: "s",
                data: ["number": 1, "password": "hunter2"]),
            at: post.stage.now, in: post.scope)
        let delivery = try #require(try await post.due().first)
        let detail = try await post.messaging.delivery(delivery, in: post.scope)
        #expect(try JSONParser.parse(Array(detail.payload.utf8))["data"] == ["number": 1])
        for pattern in ["ticket.oppened", "tickets.*"] {
            let body: JSON = [
                "name": "typo", "url": "https://x.example/", "eventTypes": ["ticket.*", .string(pattern)],
            ]
            let answer = try await post.call("webhooks.create", [], body)
            #expect(answer.status == 422 && String(decoding: answer.bytes, as: UTF8.self).contains("/eventTypes/1"))
        }
        let kinds = try await post.call("webhooks.events").items.compactMap { $0["type"]?.text }
        #expect(kinds.contains("ticket.opened") && kinds.contains("webhook.disabled"))
    }
}

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
    private func pump(_ post: Post) -> DeliveryPump {
        DeliveryPump(
            messaging: post.messaging, clock: { post.stage.now },
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
        var play = post.play
        func claim(_ limit: Int, _ tenant: Int, _ endpoint: Int) async throws -> [FairItem<DeliveryKind>] {
            try await play.claim(limit, ofTenant: tenant, ofLine: endpoint, at: post.stage.now)
        }
        let first = try await claim(3, 9, 9)
        #expect(Set(first.map(\.line)).count == 3 && first.contains { $0.id == one })
        #expect(try await claim(9, 9, 3).count == 2, "two more of the busy one beside the one at hand")
        #expect(try await claim(9, 5, 9).count == 1, "five of the tenant with the four at hand")
        #expect(try await claim(100, 100, 100).count == 6)
        #expect(try await claim(100, 100, 100).isEmpty, "everything is taken")
        // What was taken and not settled is due again when the lease ends: nothing is lost with a node.
        play = post.play
        post.stage.wait(61)
        #expect(try await claim(100, 100, 100).count == 12)
    }

    @Test func `what waits for those who are ill is no part of what serves those who answer`() async throws {
        let post = try await Post()
        let (healthy, _) = try await post.hook("healthy")
        for number in 0..<5 {
            let (ill, _) = try await post.hook("ill \(number)")
            for _ in 0..<3 { try await post.send(to: ill) }
        }
        _ = try await post.stage.test.superuser().execute(
            """
            update webhooks set pace = 'slow', resting_until = case when name = 'ill 4' then now() + interval '1 year' end
            where name <> 'healthy'
            """)
        try await post.send(to: healthy)
        let claims = FairClaims(DeliveryWork(messaging: post.messaging), on: post.stage.database)
        for waiting in [
            try await claims.waiting(at: post.stage.now),
            try await claims.waiting(of: [post.scope.tenant], at: post.stage.now),
        ] {
            #expect(waiting.filter { $0.pace == .quick }.map(\.line.id) == [healthy.uuid])
            #expect(waiting.filter { $0.pace == .slow }.count == 4, "one that rests is not asked for")
        }
        #expect(try await claims.waiting(of: [.new()], at: post.stage.now).isEmpty)
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

import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messaging

@Suite struct WebhookTests {
    @Test func `a tenant has no more webhooks than fifty`() async throws {
        let post = try await Post()
        for number in 1...49 { _ = try await post.hook("hook \(number)") }
        // Of two at once who want the last place one gets it.
        async let one = post.call("webhooks.create", [], ["name": "one", "url": "https://hooks.example/in"])
        async let two = post.call("webhooks.create", [], ["name": "two", "url": "https://hooks.example/in"])
        let answers = try await [one, two]
        #expect(answers.map(\.status).sorted() == [201, 409])
        #expect(answers.contains { $0.problem == "webhook-limit" })
        #expect(try await post.stage.count("select count(*) from webhooks", in: post.scope) == 50)
    }

    @Test func `a secret is shown once and lies nowhere in clear`() async throws {
        let post = try await Post()
        let (id, secret) = try await post.hook()
        #expect(secret.hasPrefix("whsec_"))
        let shown = try await post.call("webhooks.show", [id.text])
        #expect(shown.status == 200 && !String(decoding: shown.bytes, as: UTF8.self).contains("whsec"))
        let dump = try await post.stage.dump()
        #expect(!dump.contains(secret.dropFirst(6)) && !dump.contains("whsec_"))
    }

    @Test func `names are unique, changes need the version, and deliveries go with the webhook`() async throws {
        let post = try await Post()
        let (id, _) = try await post.hook()
        let second = try await post.call("webhooks.create", [], ["name": "hook", "url": "https://x.example/"])
        #expect(second.problem == "webhook-name-taken")
        #expect(try await post.call("webhooks.change", [id.text], ["name": "new"]).status == 428)
        #expect(try await post.call("webhooks.change", [id.text], ["name": "new"], version: 3).status == 412)
        #expect(try await post.call("webhooks.change", [id.text], ["name": "new"], version: 1).version == 2)
        try await post.send(to: id)
        #expect(try await post.call("webhooks.deliveries").items.count == 1)
        #expect(try await post.call("webhooks.delete", [id.text]).status == 204)
        #expect(try await post.call("webhooks.deliveries").items.isEmpty)
    }

    @Test func `another tenant finds no webhook, no delivery and no opening`() async throws {
        let post = try await Post()
        let (id, _) = try await post.hook()
        try await post.send(to: id)
        try await post.allow([("10.0.0.1", 80)])
        let theirs = try await post.stage.makeTenant("bolt")
        #expect(try await post.call("webhooks.show", [id.text], in: theirs).status == 404)
        #expect(try await post.call("webhooks.change", [id.text], ["name": "x"], version: 1, in: theirs).status == 404)
        #expect(try await post.call("webhooks.delete", [id.text], in: theirs).status == 404)
        for list in ["webhooks.list", "webhooks.deliveries", "webhooks.allowances"] {
            #expect(try await post.call(list, in: theirs).items.isEmpty)
        }
    }

    @Test func `an event reaches every enabled webhook that wants it, and each once`() async throws {
        let post = try await Post()
        _ = try await post.hook("all", types: ["*"])
        _ = try await post.hook("tickets", types: ["ticket.*"])
        _ = try await post.hook("approved", types: ["ticket.approved", "grant.revoked"])
        _ = try await post.hook("none", types: [])
        let (off, _) = try await post.hook("off", types: ["*"])
        _ = try await post.call("webhooks.change", [off.text], ["state": "disabled"], version: 1)
        let event = OutgoingMessage(id: .new(at: post.stage.now), type: "ticket.opened", subject: "s", data: [:])
        for _ in 0..<3 { try await post.messaging.fanOut(event, at: post.stage.now, in: post.scope) }
        let names = try await post.call("webhooks.deliveries").items.compactMap { $0["webhookName"]?.text }
        #expect(names.sorted() == ["all", "tickets"])
        #expect(try await post.due().count == 2)
    }

    @Test(arguments: [
        ("*", "ticket.opened", true), ("ticket.*", "ticket.opened", true), ("ticket.*", "ticketing.opened", false),
        ("ticket.opened", "ticket.opened", true), ("ticket.opened", "ticket.opened-late", false),
        ("ticket.*", "ticket", false),
    ])
    func `patterns match whole words`(_ pattern: String, _ type: String, _ matches: Bool) throws {
        #expect(try EventPattern(parsing: pattern).matches(type) == matches)
    }

    @Test(arguments: [
        "", "**", "ticket", "ticket.", ".*", "*.opened", "a.b.c", "Ticket.opened", "a.b\n", "a. b", "a.%",
    ])
    func `what is no pattern is refused`(_ text: String) {
        #expect(throws: Invalid.self) { try EventPattern(parsing: text) }
    }

    @Test(arguments: [
        "", "ftp://x.example/", "file:///etc/passwd", "javascript:alert(1)", "https://", "https://user:pw@x.example/",
        "https://x.example/#f", "https://x.example/a b", "//x.example/", "https://x.example:99999/",
        "https://x.example/\u{0}", "https://exämple.org/", "http://[::1", "gopher://x.example/",
    ])
    func `what is no plain address of the web is no webhook`(_ text: String) {
        #expect(throws: Invalid.self) { try WebhookURL(parsing: text) }
    }

    @Test func `openings are canonical, unique, and replaced as a whole`() async throws {
        let post = try await Post()
        try await post.allow([("10.0.0.1", 80), ("10.0.0.1", 80), ("EXAMPLE.internal", 443), ("fd00:0:0::1", 80)])
        let hosts = try await post.call("webhooks.allowances").items.compactMap { $0["host"]?.text }
        #expect(Set(hosts) == ["10.0.0.1", "example.internal", "fd00::1"] && hosts.count == 3)
        try await post.allow([])
        #expect(try await post.call("webhooks.allowances").items.isEmpty)
        for host in ["", "a b", "http://x", "x/y", "x:80", "10.0.0.0/8"] {
            let answer = try await post.call("webhooks.allow", [], ["items": [["host": .string(host), "port": 80]]])
            #expect(answer.status == 422, "\(host)")
        }
    }

    @Test func `every filter and order of the lists runs`() async throws {
        let post = try await Post()
        let (id, _) = try await post.hook()
        try await post.send(to: id)
        for page in Webhook.listing.samples { _ = try await post.messaging.list(page, in: post.scope) }
        for page in Delivery.listing.samples { _ = try await post.messaging.deliveries(page, in: post.scope) }
    }

    @Test func `pauses grow, are spread by chance, and come to an end`() {
        var random = SystemRandomNumberGenerator()
        for (index, delay) in RetrySchedule.delays.enumerated() {
            for _ in 0..<20 {
                let pause = RetrySchedule.delay(after: index + 1, using: &random)
                #expect(pause.map { (delay...delay * 1.1).contains($0) } == true)
            }
        }
        #expect(RetrySchedule.delays == RetrySchedule.delays.sorted())
        for attempts in [-1, 0, 12, 1000] { #expect(RetrySchedule.delay(after: attempts, using: &random) == nil) }
    }
}

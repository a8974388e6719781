import Foundation
import Kernel
import Operators
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Notices through a whole server: whom a request is told to, and that a hint to one person reaches nobody else.
@Suite(.timeLimit(.minutes(5))) struct NoticeTests {
    private func join(_ login: String, _ ada: Person) async throws -> (person: Person, id: String) {
        let made = try await ada.call(
            .post, "/users", ["login": .string(login), "name": .string(login)], expecting: 201)
        let person = Person(installation: ada.installation, slug: ada.slug, login: login)
        try await person.comeIn(by: made["invitationUrl"])
        return (person, made["id"])
    }

    private func titles(_ person: Person) async throws -> [String] {
        try await person.call(.get, "/my/notices", expecting: 200).items.compactMap { $0["title"]?.text }
    }

    private func told(_ person: Person, _ title: String) async throws {
        try await eventually("\(person.login) is told: \(title)", within: .seconds(20)) {
            try await titles(person).contains(title)
        }
    }

    @Test func `a hint for one person reaches their portals and nobody else's`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let eve = try await installation.makeTenant("bolt")
        let (bob, carol) = (try await join("bob", ada), try await join("carol", ada))
        func listen(_ person: Person) async throws -> OutboundStream {
            let cookie = try #require(person.cookie)
            return try await installation.stream("/events/stream", on: person.slug, cookie: cookie)
        }
        let streams = [try await listen(bob.person), try await listen(carol.person), try await listen(eve)]
        try await ada.call(
            .post, "/announcements",
            [
                "title": "For Bob", "body": "Only him", "endsAt": "2035-01-01T00:00:00.000Z",
                "audience": [["user": .string(bob.id)]],
            ], expecting: 201)
        try await told(bob.person, "For Bob")
        for other in [carol.person, ada, eve] { #expect(try await titles(other) == []) }
        // Something that all of the company hear of, and something that all of the other one do.
        for person in [ada, eve] {
            let made = try await person.call(.post, "/users", ["login": "last", "name": "Last"], expecting: 201)
            try await person.call(.post, "/users/\(made["id"])/disable", expecting: 200)
        }
        var heard: [String] = []
        for stream in streams {
            var text = ""
            for try await part in stream {
                text += String(decoding: part, as: UTF8.self)
                if text.contains("event: user.disabled") { break }
            }
            heard.append(text)
        }
        #expect(heard.map { $0.contains("event: notice.changed") } == [true, false, false])
        #expect(!heard[0].contains(bob.id) && !heard[0].contains("For Bob"))
    }

    @Test func `what the provider announces is in its trail, and reaches whoever joins later`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let sven = try await installation.makeOperator("sven", roles: [.support])
        let made = try await sven.call(
            .post, "/announcements", ["title": "Maintenance", "body": "Tonight", "endsAt": "2035-01-01T00:00:00.000Z"],
            expecting: 201)
        try await told(ada, "Maintenance")
        let bob = try await join("bob", ada)
        try await told(bob.person, "Maintenance")
        let olga = try await installation.makeOperator("olga", roles: [.operator])
        let trail = try await olga.call(.get, "/audit-events?limit=100", expecting: 200)
        #expect(trail.text.contains("announcement.created") && trail.text.contains(made["id"]))
        let clerk = try await installation.makeOperator("clerk", roles: [.billing])
        #expect(try await clerk.call(.get, "/announcements").status == 403)
    }

    @Test func `a company that is shut when an announcement begins is told of it when it is open again`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        try await ada.call(
            .post, "/announcements",
            [
                "title": "Maintenance", "body": "Tonight", "startsAt": "2034-01-01T00:00:00.000Z",
                "endsAt": "2035-01-01T00:00:00.000Z",
            ], expecting: 201)
        let tenant = try #require(try await installation.provider(.get, "/tenants").items.first?["id"]?.text)
        #expect(try await installation.provider(.post, "/tenants/\(tenant)/suspend").status == 200)
        let superuser = try await installation.test.superuser()
        _ = try await superuser.execute("update announcements set starts_at = now(), due_at = now()")
        try await eventually("it was found to be for nobody") {
            try await superuser.query("select count(*) from announcements where due_at is null") {
                try $0.next(Int.self)
            } == [1]
        }
        #expect(try await installation.provider(.post, "/tenants/\(tenant)/resume").status == 200)
        try await told(ada, "Maintenance")
    }

    @Test func `who has to decide is told, and then who asked; a remark goes to the others`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await join("bob", ada), try await join("carol", ada))
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)
        _ = try await ada.call(
            .post, "/accounts",
            ["asset": .string(asset["id"]), "name": "root", "kind": "password", "secret": "a secret of no use"],
            expecting: 201)
        try await ada.call(
            .post, "/flows",
            ["name": "Standard", "levels": [["name": "Lead", "approvers": [["user": .string(bob.id)]]]]],
            expecting: 201)
        let ticket = try await ada.call(
            .post, "/tickets",
            ["reason": "Disk is full", "assets": [.string(asset["id"])], "accounts": ["root"]], expecting: 201)
        let name = "Ada"
        try await told(bob.person, "Request #1 of \(name) waits for you")
        for other in [ada, carol.person] { #expect(try await titles(other) == []) }
        let asked = try await bob.person.call(.get, "/my/notices", expecting: 200).items.first
        #expect(asked?["link"]?.text == "/inbox/\(ticket["id"])")
        #expect(asked?["body"]?.text?.contains("web-1 (root)") == true)

        try await ada.call(.post, "/tickets/\(ticket["id"])/comments", ["text": "It is urgent"], expecting: 201)
        try await told(bob.person, "\(name) commented on request #1")
        #expect(try await titles(ada) == [])

        let shown = try await bob.person.call(.get, "/tickets/\(ticket["id"])", expecting: 200)
        try await bob.person.call(
            .post, "/tickets/\(ticket["id"])/decision",
            ["outcome": "rejected", "comment": "Not today", "digest": .string(shown["digest"])], expecting: 200)
        try await told(ada, "Your request #1 is rejected")
        let decided = try await ada.call(.get, "/my/notices", expecting: 200).items.first
        #expect(decided?["body"]?.text?.contains("Not today") == true)
        #expect(try await titles(carol.person) == [])
        #expect(try await titles(bob.person).count == 2)
    }
}

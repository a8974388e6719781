import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Channels: who may set them up, what they take, and what is never seen of them again.
@Suite(.enabled(if: StandInVendors.isThere)) struct ChannelTests {
    @Test func `whoever cannot say who decides and who people are cannot say who answers for them`() async throws {
        let team = try await Team()
        let body: JSON = [
            "name": "Team", "settings": team.settings("slack"), "people": "email", "secrets": Team.secrets("slack"),
        ]
        for missing in 0..<Team.managing.count {
            var permissions = Team.managing
            permissions.remove(at: missing)
            #expect(
                try await team.call("messenger-channels.create", [], body, permissions: permissions).status == 403)
        }
        let channel = try await team.channel("slack", byLinks: false)
        let change: JSON = ["name": "Other"]
        #expect(
            try await team.call(
                "messenger-channels.change", [channel.id.text], change, version: 1,
                permissions: ["messenger-channels.manage"]
            ).status == 403)
        // Nor do they learn where the vendor calls, or have it called anew.
        for name in ["show-callback", "test"] {
            let answer = try await team.call(
                "messenger-channels.\(name)", [channel.id.text], permissions: ["messenger-channels.manage"])
            #expect(answer.status == 403, "\(name)")
        }
        #expect(
            try await team.call("messenger-channels.change", [channel.id.text], change, version: 1)["name"] == "Other")
    }

    @Test func `a channel takes exactly the secrets that its vendor has, and shows none of them`() async throws {
        let team = try await Team()
        func create(_ secrets: JSON, people: String = "email", provider: String? = nil) async throws -> Answer {
            var body: JSON = [
                "name": "Team", "settings": team.settings("feishu"), "people": .string(people), "secrets": secrets,
            ]
            if let provider { body = body.merging(["provider": .string(provider)]) }
            return try await team.call("messenger-channels.create", [], body)
        }
        func secret(_ name: String) -> JSON { ["name": .string(name), "value": "s"] }
        let all = ["appSecret", "encryptKey", "verificationToken"]
        for missing in all {
            #expect(try await create(.array(all.filter { $0 != missing }.map(secret))).status == 422)
        }
        #expect(try await create(.array((all + ["botToken"]).map(secret))).status == 422)
        #expect(try await create(.array((all + ["appSecret"]).map(secret))).status == 422)
        #expect(try await create(Team.secrets("feishu"), people: "links").status == 422)
        #expect(
            try await create(Team.secrets("feishu"), people: "links", provider: IdentityProviderID.new().text).status
                == 422)
        // Links of another messenger or company say nothing about this one.
        let foreign = try await team.makeProvider()
        team.office.foreign.withLock { _ = $0.insert(foreign) }
        let refused = try await create(Team.secrets("feishu"), people: "links", provider: foreign.text)
        #expect(refused.status == 422 && String(decoding: refused.bytes, as: UTF8.self).contains("/provider"))
        let made = try await create(Team.secrets("feishu"))
        #expect(made.status == 201)
        #expect(try await create(Team.secrets("feishu")).problem == "channel-name-taken")
        let dump = try await team.stage.dump()
        for text in ["the app's secret", "encrypt key", "vtoken"] {
            #expect(!String(decoding: made.bytes, as: UTF8.self).contains(text))
            #expect(!dump.contains(text))
        }
        let callback = try await team.call("messenger-channels.show-callback", [made["id"]])
        #expect(!dump.contains(String(callback["url"].split(separator: "/").last ?? "?")))
        for page in MessengerChannel.listing.samples {
            _ = try await team.messengers.list(page, at: team.stage.now, in: team.scope)
        }
    }

    @Test func `at a new place the old secrets are not sent`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack", byLinks: false)
        let elsewhere: JSON = [
            "settings": ["vendor": "slack", "appId": "A1", "teamId": "T1", "apiUrl": "https://evil.example"]
        ]
        #expect(
            try await team.call("messenger-channels.change", [channel.id.text], elsewhere, version: 1).status == 422)
        let both = elsewhere.merging(["secrets": Team.secrets("slack")])
        #expect(try await team.call("messenger-channels.change", [channel.id.text], both, version: 1).status == 200)
        #expect(try await team.call("messenger-channels.change", [channel.id.text], both, version: 1).status == 412)
    }

    @Test func `another tenant finds nothing, and its callbacks are somebody else's`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack", byLinks: false)
        let other = try await team.stage.makeTenant("bolt")
        #expect(try await team.call("messenger-channels.show", [channel.id.text], in: other).status == 404)
        #expect(try await team.call("messenger-channels.show-callback", [channel.id.text], in: other).status == 404)
        #expect(try await team.call("messenger-channels.test", [channel.id.text], in: other).status == 404)
        #expect(
            try await team.call("messenger-channels.change", [channel.id.text], ["name": "x"], version: 1, in: other)
                .status == 404)
        #expect(try await team.call("messenger-channels.delete", [channel.id.text], in: other).status == 404)
        #expect(try await team.call("messenger-channels.list", in: other).items.isEmpty)
        let click = team.click("slack", by: "ann", "approve", on: "x")
        #expect(try await team.send(click, to: channel.token, in: other).status == 404)
        #expect(try await team.send(click, to: RandomToken().text.reveal()).status == 404)
    }

    @Test(arguments: ["feishu", "slack"])
    func `a test sends oneself a card, or says why not`(_ vendor: String) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor, byLinks: false)
        func test() async throws -> Answer { try await team.call("messenger-channels.test", [channel.id.text]) }
        team.office.book.withLock {
            $0.people[team.admin] = CardPerson(name: "Ada", email: "ada@elsewhere.example", language: "en")
        }
        #expect(try await test()["outcome"] == "unlinked")
        team.office.book.withLock {
            $0.people[team.admin] = CardPerson(name: "Ada", email: "ada@example.org", language: "en")
        }
        #expect(try await test()["outcome"] == "sent")
        #expect(try await team.messages().count == 1)
        try await team.fail([["status": 500, "body": ["code": 1, "error": "fatal_error"]]])
        let failed = try await test()
        #expect(failed["outcome"] == "failed")
        #expect(failed["detail"].contains("500"))
    }
}

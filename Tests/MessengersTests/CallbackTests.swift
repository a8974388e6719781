import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Callbacks: whose they are, and what nobody achieves by making them up.
@Suite(.enabled(if: StandInVendors.isThere)) struct CallbackTests {
    @Test(arguments: ["feishu", "lark", "slack"])
    func `what is not the vendor's, not of now or not of this company is refused`(_ vendor: String) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        let forgeries: [(String, (inout Forged) -> Void)] = [
            ("unsigned", { $0.isSigned = false }), ("empty signature", { $0.signature = "" }),
            ("another signature", { $0.signature = String(repeating: "0", count: 64) }),
            ("another body", { $0.spoil = true }),
            (
                "another secret",
                {
                    $0.signingSecret = "x"; $0.encryptKey = "x"
                }
            ),
            ("too old", { $0.at -= 301 }), ("from the future", { $0.at += 301 }),
            ("another app", { $0.app = "cli_other" }),
            (
                "another company",
                {
                    $0.company = "other"; $0.team = "T2"
                }
            ),
            ("a guest of another company", { $0.userTeam = "T9" }),
        ]
        for (name, change) in forgeries {
            let answer = try await team.send(
                team.click(vendor, by: "ann", "approve", on: reference, change: change), to: channel.token)
            #expect(answer.status == 403, "\(name)")
            #expect(answer.problem == "callback-refused", "\(name)")
        }
        for body in [
            "", "{", "[]", "payload=", "payload=%7B%7D", #"{"encrypt":""}"#, #"{"encrypt":"AAAA","encrypt":"AAAA"}"#,
            String(repeating: "[", count: 5000),
        ] {
            var headers: HTTPFields = [:]
            headers[.contentType] = vendor == "slack" ? "application/x-www-form-urlencoded" : "application/json"
            let raw = RawCallback(method: .post, headers: headers, body: Array(body.utf8))
            #expect(try await team.send(raw, to: channel.token).status == 403, "\(body.prefix(20))")
        }
        #expect(team.answers(ticket).isEmpty)
        if vendor != "slack" {
            let wrongWord = team.click(vendor, by: "ann", "approve", on: reference) { $0.verificationToken = "x" }
            #expect(try await team.send(wrongWord, to: channel.token).status == 403)
        }
        // And what is right still counts.
        #expect(
            try await team.send(team.click(vendor, by: "ann", "approve", on: reference), to: channel.token).status
                == 200)
        #expect(team.answers(ticket).count == 1)
    }

    @Test(arguments: ["feishu", "lark", "slack"])
    func `the vendors' own libraries believe what we believe`(_ vendor: String) async throws {
        let team = try await Team()
        let secrets: JSON = [
            "signingSecret": "signing secret", "encryptKey": "encrypt key", "verificationToken": "vtoken",
        ]
        let cases: [(Bool, (inout Forged) -> Void)] = [
            (true, { _ in }), (false, { $0.spoil = true }), (false, { $0.signature = "v0=00" }),
            (
                false,
                {
                    $0.signingSecret = "x"; $0.encryptKey = "x"
                }
            ),
        ]
        for (isGood, change) in cases {
            let raw = team.click(vendor, by: "ann", "approve", on: "r.0", change: change)
            let headers = raw.headers.map { JSON.Member($0.name.rawName, .string($0.value)) }
            let told = try await team.ask(
                "oracle",
                [
                    "vendor": .string(vendor == "lark" ? "feishu" : vendor), "headers": .object(headers),
                    "secrets": secrets,
                    "body": .string(String(decoding: raw.body, as: UTF8.self)),
                    "at": .int(Int64(team.stage.now.timeIntervalSince1970)),
                ])
            #expect(told["accepted"] == .bool(isGood))
            let settings = try ChannelSettings.schema.parse(team.settings(vendor))
            let all = try [ChannelSecretName: Secret](
                uniqueKeysWithValues: [.signingSecret, .encryptKey, .verificationToken].map {
                    ($0, Secret(try #require(secrets[$0.rawValue]?.text)))
                })
            let ours = try? settings.speaking(with: ChannelSecrets(all)).read(raw, at: team.stage.now)
            #expect((ours != nil) == isGood)
        }
    }

    @Test func `an address is confirmed by the word inside, and by nothing else`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        var forged = Forged(now: team.stage.now)
        forged.isSigned = false
        let check: JSON = ["challenge": "c1", "token": "vtoken", "type": "url_verification"]
        let answer = try await team.send(forged.feishu(check), to: channel.token)
        #expect(answer.status == 200 && answer.json == ["challenge": "c1"])
        let wrong: JSON = ["challenge": "c1", "token": "other", "type": "url_verification"]
        #expect(try await team.send(forged.feishu(wrong), to: channel.token).status == 403)
    }

    @Test func `who is not the vendor costs a check and one line, and new secrets count at once`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        func forged() async throws -> Int {
            try await team.send(
                team.click("feishu", by: "ann", "approve", on: reference) { $0.encryptKey = "x" }, to: channel.token
            ).status
        }
        #expect(try await forged() == 403)
        #expect(try await team.trail() == ["ticket.decided refused unreadable"])
        // Nothing is read any more, and nothing is written.
        let owner = try await team.stage.test.superuser()
        try await owner.run(script: "revoke all on messenger_channels, egress_allowances from gatehouse_app")
        for _ in 0..<3 { #expect(try await forged() == 403) }
        try await owner.run(
            script: "grant select, insert, update, delete on messenger_channels, egress_allowances to gatehouse_app")
        #expect(try await team.trail().count == 1)
        let new: JSON = [["name": "encryptKey", "value": "x"]]
        let changed = try await team.call(
            "messenger-channels.change", [channel.id.text], ["secrets": new], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        #expect(try await forged() == 200)
        #expect(team.answers(ticket).count == 1)
        // What was kept of a channel that is not in use any more is good for nothing.
        let version = Int(changed["version"]) ?? 2
        let off = try await team.call(
            "messenger-channels.change", [channel.id.text], ["state": "disabled"], version: version)
        #expect(off.status == 200)
        #expect(try await forged() == 404)
    }

    @Test func `what is checked by is kept for a moment, doubted sooner, and never too much`() throws {
        let keys = CallbackKeys(kept: .seconds(30), doubted: .seconds(2), most: 2)
        let tenant = TenantID.new()
        func place(_ byte: UInt8) -> CallbackKeys.Place { CallbackKeys.Place(tenant: tenant, hash: [byte]) }
        let settings = try ChannelSettings.schema.parse(["vendor": "teams"])
        let channel = OpenChannel(
            MessengerChannel(
                id: .new(), name: "", settings: settings, people: .email, provider: nil, trustsDirectory: false,
                state: .enabled, restingUntil: nil, lastError: nil, createdAt: Date(), version: 1),
            ChannelSecrets(), opened: [], in: TenantScope(tenant: tenant))
        let start = ContinuousClock.now
        keys.keep(channel, at: place(1), now: start)
        #expect(keys.find(place(1), olderThan: keys.doubted, at: start + .seconds(1))?.isOld == false)
        #expect(keys.find(place(1), olderThan: keys.doubted, at: start + .seconds(3))?.isOld == true)
        #expect(keys.find(place(1), olderThan: keys.doubted, at: start + .seconds(3))?.isOld == false, "one asks")
        #expect(keys.find(place(1), olderThan: keys.kept, at: start + .seconds(34))?.isOld == true)
        #expect(keys.isNewsworthy(place(1), at: start) && !keys.isNewsworthy(place(1), at: start + .seconds(59)))
        #expect(keys.isNewsworthy(place(1), at: start + .seconds(61)))
        keys.keep(channel, at: place(2), now: start + .seconds(40))
        keys.keep(channel, at: place(3), now: start + .seconds(50))
        #expect(keys.find(place(1), olderThan: keys.kept) == nil && keys.find(place(3), olderThan: keys.kept) != nil)
    }

    @Test func `callbacks are remembered for a day`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        _ = try await team.send(
            team.click("feishu", by: "ann", "approve", on: try await team.reference(of: "ann")), to: channel.token)
        func count() async throws -> Int {
            try await team.stage.database.first(
                "select count(*) from messenger_events where tenant_id = \(team.scope.tenant)", in: team.scope
            ) { try $0.next() } ?? 0
        }
        try await team.messengers.sweep(at: team.stage.now + 86_000)
        #expect(try await count() == 1)
        try await team.messengers.sweep(at: team.stage.now + 86_401)
        #expect(try await count() == 0)
    }
}

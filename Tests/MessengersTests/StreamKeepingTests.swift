import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Messengers

/// Connections to vendors: which are opened, kept, tried again, and by which server.
@Suite(.enabled(if: StandInVendors.isThere), .timeLimit(.minutes(2))) struct StreamKeepingTests {
    @Test(arguments: Streamed.vendors)
    func `frames that are none end it, and it is tried again after a while`(_ vendor: String) async throws {
        let streamed = try await Streamed(vendor)
        let keeping = Keeping(streamed.team)
        var opened = 0
        let texts = [
            ["no frame"], [String(repeating: "[", count: 1000)],
            [String](repeating: "{\"type\":\"SYSTEM\",\"headers\":{\"topic\":\"x\"}}", count: 500),
        ]
        // A message that is no protocol buffer, parts that do not fit together, and a flood of what says nothing.
        let nothing = FeishuFrame(service: 1, method: 0).bytes
        let part = FeishuFrame(
            service: 1, method: 1,
            headers: [("type", "event"), ("message_id", "m"), ("sum", "2"), ("seq", "2")].map {
                FeishuFrame.Header(key: $0.0, value: $0.1)
            }, payload: [1]
        ).bytes
        let bytes = [[[0xFF, 0xFF]], [part], [[UInt8]](repeating: nothing, count: 500)]
        for number in 0..<3 {
            opened += 1
            try await streamed.becomes(.connected, opened: opened)
            try await streamed.ask([
                "do": "frames", "frames": .array(vendor == "feishu" ? [] : texts[number].map { .string($0) }),
                "bytes": .array(vendor == "feishu" ? bytes[number].map { .string(Hex.encode($0)) } : []),
            ])
            let known = try await streamed.fails(.broken)
            let now = streamed.team.stage.now
            #expect(known.failedAt == now && known.since.map { $0 > now } == true)
            #expect(try await streamed.count("opened") == opened, "it waits")
            streamed.team.stage.wait(60)
        }
        try await streamed.becomes(.connected, opened: opened + 1)
        withExtendedLifetime(keeping) {}
    }

    @Test(arguments: Streamed.vendors)
    func `a ticket that is over, and a vendor that is out, wants a pause or refuses`(_ vendor: String) async throws {
        let streamed = try await Streamed(vendor)
        try await streamed.ask(["do": "behave", "expired": true])
        let keeping = Keeping(streamed.team)
        #expect(try await streamed.fails(.broken).detail?.contains("401") == true)
        try await streamed.ask(["do": "behave", "expired": false, "refuse": [["status": 503]]])
        streamed.team.stage.wait(60)
        _ = try await streamed.fails(.unreachable)
        let pause: JSON = [
            "status": 429, "headers": ["Retry-After": "40"], "body": ["ok": false, "error": "ratelimited"],
        ]
        try await streamed.ask(["do": "behave", "refuse": [pause]])
        streamed.team.stage.wait(60)
        let busy = try await streamed.fails(.busy)
        if vendor == "slack" {
            #expect(busy.since.map { $0 >= streamed.team.stage.now.addingTimeInterval(39) } == true)
        }
        let refusal: JSON =
            vendor == "slack"
            ? ["status": 200, "body": ["ok": false, "error": "invalid_auth"]]
            : ["status": 403, "body": ["code": 403, "msg": "forbidden"]]
        try await streamed.ask(["do": "behave", "refuse": [refusal]])
        streamed.team.stage.wait(600)
        _ = try await streamed.fails(.refused)
        streamed.team.stage.wait(3600)
        try await streamed.becomes(.connected, opened: 1)
        #expect(try await streamed.connection()?.problem == nil)
        for secret in ["the-token", "the app's secret", "ticket=", "+/=", "access_key"] {
            #expect(!keeping.said.text.contains(secret))
        }
        #expect(keeping.said.text.contains("A connection to a messenger has ended"))
    }

    @Test(arguments: ["slack", "dingtalk"])
    func `before the vendor closes it another one is there, and clicks over both count`(_ vendor: String) async throws {
        let streamed = try await Streamed(vendor)
        let keeping = Keeping(streamed.team) { $0.overlap = .seconds(6) }
        try await streamed.becomes(.connected)
        try await streamed.asked()
        let since = try await streamed.connection()?.since
        streamed.team.stage.wait(30)
        try await streamed.ask(["do": "leave"])
        try await eventually("another one is there") { try await streamed.count("opened") == 2 }
        #expect(try await streamed.count("connected") == 2)
        #expect(try await streamed.click("reject", by: "ann", ["old": true])["answer"] != .null)
        #expect(streamed.answers.count == 1)
        try await eventually("the old one is gone") { try await streamed.count("connected") == 1 }
        #expect(try await streamed.connection()?.since == since, "it has been connected all the time")
        try await streamed.asked(for: ["dora"], by: "dan")
        #expect(try await streamed.click("approve", by: "dora")["answer"] != .null)
        #expect(streamed.answers.count == 2)
        // What is cut off comes back.
        try await streamed.ask(["do": "drop"])
        _ = try await streamed.fails(.unreachable)
        streamed.team.stage.wait(60)
        try await streamed.becomes(.connected, opened: 3)
        withExtendedLifetime(keeping) {}
    }

    @Test(arguments: ["ws://chat.example.com/ws/v2", "wss://frontier.example.com/ws/v2", "wss://127.0.0.2/ws/v2"])
    func `an address elsewhere is not connected to`(_ address: String) async throws {
        let streamed = try await Streamed("feishu")
        try await streamed.ask(["do": "behave", "elsewhere": .string(address)])
        let keeping = Keeping(streamed.team)
        let failed = try await streamed.fails(.unreachable)
        #expect(failed.detail == "The vendor has not said where to connect to.")
        withExtendedLifetime(keeping) {}
    }

    @Test func `a vendor that ends each connection at once has to wait`() async throws {
        let streamed = try await Streamed("slack")
        let keeping = Keeping(streamed.team) { $0.shortest = .seconds(30) }
        try await streamed.becomes(.connected)
        try await streamed.ask(["do": "leave"])
        _ = try await streamed.fails(.busy)
        #expect(try await streamed.count("opened") == 1)
        withExtendedLifetime(keeping) {}
    }

    @Test func `one that is never ready is none`() async throws {
        let streamed = try await Streamed("slack")
        try await streamed.ask(["do": "behave", "mute": true])
        let keeping = Keeping(streamed.team) { $0.readiness = .milliseconds(500) }
        _ = try await streamed.fails(.unreachable)
        withExtendedLifetime(keeping) {}
    }

    @Test func `one server has it, and another one when that dies`() async throws {
        let streamed = try await Streamed("dingtalk")
        let first = Keeping(streamed.team)
        try await streamed.becomes(.connected)
        let second = Keeping(streamed.team)
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await streamed.count("opened") == 1)
        await first.die()
        // Until its lease ends nobody else takes it.
        streamed.team.stage.wait(31)
        try await streamed.becomes(.connected, opened: 2)
        try await streamed.asked()
        #expect(try await streamed.click("approve", by: "ann")["answer"] != .null)
        #expect(streamed.answers.count == 1)
        withExtendedLifetime(second) {}
    }

    @Test func `a server that is shut down in order leaves it to another one`() async throws {
        let streamed = try await Streamed("dingtalk")
        let first = Keeping(streamed.team)
        try await streamed.becomes(.connected, opened: 1)
        try await first.end()
        #expect(try await streamed.connection()?.state == .waiting)
        // No time passes: its lease would not be over.
        let second = Keeping(streamed.team)
        try await streamed.becomes(.connected, opened: 2)
        withExtendedLifetime(second) {}
    }

    @Test(arguments: Streamed.vendors)
    func `what is not wanted is closed, and what is changed is opened anew`(_ vendor: String) async throws {
        let streamed = try await Streamed(vendor)
        let keeping = Keeping(streamed.team)
        try await streamed.becomes(.connected, opened: 1)
        // Another secret: good for nothing, and good again.
        try await streamed.change(["secrets": Streamed.secrets(vendor, app: "wrong")], version: 1)
        _ = try await streamed.fails(.refused)
        try await eventually("the one before is closed") { try await streamed.count("connected") == 0 }
        try await streamed.change(["secrets": Streamed.secrets(vendor)], version: 2)
        try await streamed.becomes(.connected, opened: 2)
        try await streamed.change(["state": "disabled"], version: 3)
        try await eventually("it is closed") { try await streamed.count("connected") == 0 }
        #expect(try await streamed.connection() == nil)
        try await streamed.change(["state": "enabled"], version: 4)
        try await streamed.becomes(.connected, opened: 3)
        let tenant = streamed.team.scope.tenant
        _ = try await streamed.team.stage.tenancy.change(
            tenant, .suspend, by: "Olga", audit: .discarding, at: streamed.team.stage.now)
        try await eventually("a company that is not in use has none") { try await streamed.count("connected") == 0 }
        _ = try await streamed.team.stage.tenancy.change(
            tenant, .resume, by: "Olga", audit: .discarding, at: streamed.team.stage.now)
        try await streamed.becomes(.connected, opened: 4)
        let gone = try await streamed.team.call("messenger-channels.delete", [streamed.channel.text])
        #expect(gone.status == 204, "\(gone.json)")
        try await eventually("it is closed") { try await streamed.count("connected") == 0 }
        withExtendedLifetime(keeping) {}
    }

    @Test func `neither many channels of one company nor a silent vendor keep others from theirs`() async throws {
        let team = try await Team()
        var many: [Streamed] = []
        for number in 0..<6 {
            let one = try await Streamed("slack", in: team, name: "n\(number)", room: "\(team.room)-\(number)")
            try await one.ask(["do": "behave", "mute": true])
            many.append(one)
        }
        let keeping = Keeping(team) {
            $0.places = 4
            $0.readiness = .seconds(20)
        }
        try await eventually("some of them are tried") { try await opened(many) >= 2 }
        // Another company comes later, and finds a place.
        let other = try await team.stage.makeTenant("other-\(team.room)")
        let channel = MessengerChannelID.new()
        let settings = Streamed.settings("slack", try await StandInVendors.shared.value.port, team.room)
        try await insert(channel, settings, like: many[0], into: other)
        try await eventually("the other company's turn comes", within: .seconds(10)) {
            try await team.stage.database.first(
                "select holder is not null or problem is not null from messenger_streams where tenant_id = \(other.tenant)",
                in: other
            ) { try $0.next() } == true
        }
        #expect(try await opened(many) <= 3)
        withExtendedLifetime(keeping) {}
    }

    private func opened(_ many: [Streamed]) async throws -> Int {
        var count = 0
        for one in many { count += try await one.count("opened") }
        return count
    }

    /// A channel of another company, without its secrets.
    private func insert(
        _ channel: MessengerChannelID, _ settings: JSON, like one: Streamed, into other: TenantScope
    ) async throws {
        let stage = one.team.stage
        let vault = ChannelVault(
            callback: "", secrets: ChannelSecrets([.botToken: Secret("b"), .appToken: Secret("a")]))
        let sealed = try await vault.sealed(for: channel, stage.keys, in: other)
        let made = MessengerChannel(
            id: channel, name: "other", settings: try ChannelSettings.schema.parse(settings), people: .email,
            provider: nil, trustsDirectory: false, state: .enabled, restingUntil: nil, lastError: nil,
            createdAt: stage.now, version: 1)
        try await stage.database.transaction(in: other) { tx in
            try await ChannelStore().insert(made, secrets: sealed, callback: Array("hash".utf8), in: other, tx)
            try await StreamStore().want(made, at: stage.now, in: other, tx)
        }
    }
}

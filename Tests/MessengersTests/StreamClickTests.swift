import Foundation
import Kernel
import Logging
import Outbound
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messengers

/// Clicks that come over connections which we have opened to vendors.
@Suite(.enabled(if: StandInVendors.isThere), .timeLimit(.minutes(2))) struct StreamClickTests {
    @Test(arguments: Streamed.vendors)
    func `a click decides, is acknowledged, and counts once`(_ vendor: String) async throws {
        let streamed = try await Streamed(vendor)
        let keeping = Keeping(streamed.team)
        try await streamed.becomes(.connected)
        try await streamed.asked()
        if vendor == "dingtalk" {
            let card = try #require(try await streamed.messages().first)
            #expect(card["card"]?["mode"] == "decide", "without being told to trust clicks")
        }
        let told = try await streamed.click("approve", by: "ann", ["twice": true, "id": "one-and-the-same"])
        #expect(told["answer"] != .null && told["again"] != .null, "\(told)")
        #expect(streamed.answers.map(\.isApproval) == [true])
        #expect(try await streamed.team.trail() == ["ticket.decided success "])
        if vendor == "dingtalk" {
            #expect(told["answer"]?["code"] == 200)
            let data = try JSONParser.parse(Array((told["answer"]?["data"]?.text ?? "").utf8))
            #expect(data["response"]?["cardData"]?["cardParamMap"]?["status"] == "approved")
        }
        if vendor == "feishu" {
            #expect(told["answer"]?["code"] == 200 && told["answer"]?["kept"] == true)
            let data = told["answer"]?["data"]
            #expect(data?["toast"]?["type"] == "success" && data?["card"]?["data"]?["header"]?["template"] == "green")
        }
        // Nothing that would be good as a callback is, for such a channel.
        let shown = try await streamed.team.call("messenger-channels.show-callback", [streamed.channel.text])
        let token = String(shown["url"].split(separator: "/").last ?? "")
        let forged = Forged(now: streamed.team.stage.now)
        let callback =
            vendor == "feishu" ? forged.feishu("ann", "reject", "x", "y", "") : forged.slack("ann", "reject", "x", "y")
        #expect(try await streamed.team.send(callback, to: token).status == 403)
        #expect(try await streamed.connection()?.since == streamed.team.stage.now)
        withExtendedLifetime(keeping) {}
    }

    @Test(arguments: Streamed.vendors)
    func `what does not count is acknowledged, and nobody else decides`(_ vendor: String) async throws {
        let streamed = try await Streamed(vendor)
        let keeping = Keeping(streamed.team)
        try await streamed.becomes(.connected)
        try await streamed.asked(for: ["ann", "bao"])
        // Forwarded, of somebody who is nobody here, and made up.
        #expect(try await streamed.click("approve", by: "bao", onCardOf: "ann")["answer"] != .null)
        #expect(try await streamed.click("approve", by: "stranger", onCardOf: "ann")["answer"] != .null)
        let foreign: JSON =
            vendor == "slack"
            ? ["do": "click", "payload": ["type": "block_actions", "api_app_id": "A2"]] : ["corp": "other-corp"]
        #expect(
            try await vendor == "slack"
                ? streamed.ask(foreign)["answer"] != .null
                : streamed.click("approve", by: "ann", foreign)["answer"] != .null)
        #expect(streamed.answers.isEmpty)
        #expect(
            try await streamed.team.trail() == ["ticket.decided refused notYours", "ticket.decided refused unlinked"])
        #expect(try await streamed.click("reject", by: "ann")["answer"] != .null)
        #expect(streamed.answers.map(\.isApproval) == [false])
        withExtendedLifetime(keeping) {}
    }

    @Test func `Feishu's calls come in parts as well, and it hears that we are there`() async throws {
        let streamed = try await Streamed("feishu")
        let keeping = Keeping(streamed.team)
        try await streamed.becomes(.connected)
        try await streamed.asked()
        let told = try await streamed.click("reject", by: "ann", ["parts": 5])
        #expect(told["answer"]?["code"] == 200 && streamed.answers.map(\.isApproval) == [false])
        #expect(try await streamed.count("pings") >= 1)
        // What is cut off comes back, over another connection, and what was told before does not count again.
        try await streamed.ask(["do": "drop"])
        _ = try await streamed.fails(.unreachable)
        streamed.team.stage.wait(60)
        try await streamed.becomes(.connected, opened: 2)
        withExtendedLifetime(keeping) {}
    }

    /// This server looks after its connections once in five seconds; a click does not wait for that.
    @Test(arguments: ["suspended", "somebody else's", "changed"])
    func `a click counts as it stands at this moment, and not as when the connection was looked after`(
        _ change: String
    ) async throws {
        let streamed = try await Streamed("dingtalk")
        let keeping = Keeping(streamed.team) { $0.beat = .seconds(20) }
        try await streamed.becomes(.connected)
        try await streamed.asked()
        let (team, channel) = (streamed.team, streamed.channel)
        let superuser = try await team.stage.test.superuser()
        // By hand, so that nobody is called.
        _ =
            switch change {
            case "suspended":
                try await superuser.execute(
                    "update tenants set state = 'suspended' where tenant_id = \(team.scope.tenant)")
            case "changed":
                try await superuser.execute(
                    "update messenger_channels set version = version + 1 where channel_id = \(channel)")
            default:
                try await superuser.execute(
                    "update messenger_streams set holder = 'another' where channel_id = \(channel)")
            }
        let told = try await streamed.click("approve", by: "ann")
        #expect(told["answer"] ?? .null == .null, "it is told again to who has the connection then")
        #expect(streamed.answers.isEmpty)
        withExtendedLifetime(keeping) {}
    }

    @Test func `what a way of telling clicks needs has to be given`() async throws {
        let team = try await Team()
        let settings = Streamed.settings("slack", 1, team.room)
        func make(_ secrets: JSON) async throws -> Answer {
            try await team.call(
                "messenger-channels.create", [],
                ["name": "S", "people": "email", "settings": settings, "secrets": secrets])
        }
        let bot: JSON = ["name": "botToken", "value": "xoxb-1"]
        // Nothing of a click is signed: it is the vendor's by TLS alone.
        for vendor in Streamed.vendors {
            let open = Streamed.settings(vendor, 1, team.room).merging(["apiUrl": "http://chat.example.com"])
            let refused = try await team.call(
                "messenger-channels.create", [],
                ["name": "O", "people": "email", "settings": open, "secrets": Streamed.secrets(vendor)])
            #expect(refused.status == 422 && "\(refused.json)".contains("https"), "\(refused.json)")
        }
        #expect(try await make([bot, ["name": "signingSecret", "value": "s"]]).status == 422)
        let made = try await make([bot, ["name": "appToken", "value": "xapp-1"]])
        #expect(made.status == 201, "\(made.json)")
        #expect(made.json["settings"]?["delivery"] == "stream")
        let back = try await team.call(
            "messenger-channels.change", [made["id"]],
            ["settings": settings.merging(["delivery": "callback"])], version: 1)
        #expect(back.status == 422, "callbacks take a signing secret")
        let shown = try await team.call("messenger-channels.show", [made["id"]])
        #expect(shown.json["connection"]?["state"] == "waiting")
    }

    @Test(arguments: Streamed.vendors)
    func `the vendor's own client gets a click from the stand-in, and answers as we do`(_ vendor: String) async throws {
        let (port, room) = (
            vendor == "dingtalk"
                ? try await StandInCardVendors.shared.value.port : try await StandInVendors.shared.value.port,
            "library-\(UUID().uuidString)"
        )
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        let address = "http://127.0.0.1:\(port)/\(room)"
        let theirs = try ChildProcess([
            python, Repository.path("Tests/Support/vendor_stream_client.py"), vendor, address,
        ])
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .open),
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
        func ask(_ body: JSON) async throws -> JSON {
            try JSONParser.parse(
                try await client.send(OutboundRequest(.post, OutboundURL(address + "/stream"), body: body.bytes)).body)
        }
        // Feishu's library takes its time to begin.
        try await eventually("it is connected", within: .seconds(90)) { try await ask([:])["connected"] == 1 }
        let click: JSON =
            vendor == "feishu"
            ? ["event": Forged(now: Date()).document("ann", "approve", "ref.0", "e1", ""), "parts": 2]
            : vendor == "slack"
                ? [
                    "payload": [
                        "type": "block_actions", "user": ["id": "UANN"], "actions": [["value": "ref.0"]],
                    ]
                ]
                : [
                    "data": [
                        "type": "actionCallback", "outTrackId": "gh-1", "userId": "union-ann", "corpId": "c",
                        "content": "{}",
                    ]
                ]
        let told = try await ask(click.merging(["do": "click", "id": "e1"]))
        if vendor == "slack" {
            #expect(told["answer"] == ["envelope_id": "e1"])
        } else if vendor == "feishu" {
            #expect(told["answer"]?["code"] == 200 && told["answer"]?["kept"] == true)
            #expect(told["answer"]?["data"]?["toast"]?["type"] == "success")
        } else {
            #expect(told["answer"]?["code"] == 200 && told["answer"]?["headers"]?["messageId"] == "e1")
            let data = try JSONParser.parse(Array((told["answer"]?["data"]?.text ?? "").utf8))
            #expect(data["response"]?["cardData"]?["cardParamMap"]?["status"] == "approved")
        }
        #expect(
            theirs.output.contains(vendor == "dingtalk" ? "\"card\": \"gh-1\"" : "\"value\": \"ref.0\""),
            "\(theirs.output)")
        // When the vendor says that it goes, a client of theirs comes again as ours does. Feishu says nothing, and goes.
        _ = try await ask(["do": vendor == "feishu" ? "drop" : "leave"])
        try await eventually("another one is opened") { try await ask([:])["opened"] == 2 }
        await client.stop()
    }
}

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

/// Cards and clicks of WeCom and DingTalk, against stand-ins that check what the vendors check.
@Suite(.enabled(if: StandInCardVendors.isThere)) struct OtherVendorTests {
    @Test func `a click at WeCom decides, and both copies show it`() async throws {
        let other = try await Other("wecom")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob", language: "zh-CN"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bob])
        try await team.deliver(ticket)
        #expect(try await other.messages().count == 2)
        let click = try await other.click("approve", by: "ann")
        let answer = try await team.send(click, to: other.channel.token)
        #expect(answer.status == 200)
        #expect(other.answers.map(\.user) == [ann] && other.answers[0].vendor == .wecom)
        // The library that the vendor's users have opens our answer.
        let opened = try await other.opened(answer)
        #expect(opened["type"]?.text == "update_template_card" && opened["replaced"]?.text == "Approved")
        #expect(opened["to"]?.text == "ann" && opened["from"]?.text == Other.company)
        // The same once more is the same answer, and no other decision; neither is another one's.
        #expect(try await team.send(click, to: other.channel.token).status == 200)
        let late = try await team.send(try await other.click("reject", by: "bob"), to: other.channel.token)
        #expect(late.status == 200 && other.answers.count == 1)
        try await team.deliver(ticket)
        for person in ["ann", "bob"] {
            let card = try await other.card(of: person)
            #expect(card["updates"] == 1 && card["recalled"] == false)
            #expect(card["card"]?["replace_text"]?.text == (person == "ann" ? "Approved" : "已批准"))
        }
        // One card each, whatever was told how often.
        try await team.deliver(ticket)
        #expect(try await other.messages().count == 2)
    }

    @Test func `WeCom makes sure of the address, and learns nothing by another's word`() async throws {
        let other = try await Other("wecom")
        let team = other.team
        let now = String(Int(team.stage.now.timeIntervalSince1970))
        func check(_ token: String, at time: String = now) async throws -> Answer {
            let envelope = try #require(
                WeComEnvelope(
                    token: token, encodingKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", receiver: Other.company))
            let sealed = try #require(envelope.seal(Array("echo-1".utf8), timestamp: time, nonce: "n"))
            return try await team.stage.call(
                team.callbackEndpoints, "messenger-callbacks.check", [other.channel.token],
                query: [
                    ("msg_signature", sealed.signature), ("timestamp", time), ("nonce", "n"), ("echostr", sealed.text),
                ], in: team.scope)
        }
        let good = try await check("QDG6eK")
        #expect(good.status == 200 && good.bytes == Array("echo-1".utf8))
        #expect(try await check("another").status == ProblemType.callbackRefused.status)
        #expect(try await check("QDG6eK", at: "1700000000").status == ProblemType.callbackRefused.status)
    }

    @Test func `at WeCom nobody clicks for somebody else, another company or another time`() async throws {
        let other = try await Other("wecom")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        let carl = try await team.person("carl")
        _ = try await team.person("eve", isLinked: false)
        let ticket = try await team.request(by: carl, for: [ann, bob])
        try await team.deliver(ticket)
        func status(_ callback: RawCallback) async throws -> Int {
            try await team.send(callback, to: other.channel.token).status
        }
        let good = try await other.click("approve", by: "ann")
        for forged in [
            try await other.click("approve", by: "ann", ["token": "guessed"]),
            try await other.click("approve", by: "ann", ["receiver": "wx0000000000000000"]),
            try await other.click("approve", by: "ann", ["corp": "wx0000000000000000"]),
            RawCallback(method: .post, query: good.query, headers: good.headers, body: good.body.dropLast() + [0x20]),
            RawCallback(
                method: .post, query: good.query.map { ($0.name, $0.name == "nonce" ? "other" : $0.value) },
                headers: good.headers, body: good.body),
        ] {
            #expect(try await status(forged) == ProblemType.callbackRefused.status)
        }
        // On a card that was passed on: by another approver, by who asked, by somebody whom nobody knows.
        for user in ["bob", "carl", "eve"] {
            let answer = try await team.send(
                try await other.click("approve", by: user, onCardOf: "ann"), to: other.channel.token)
            #expect(answer.status == 200)
            let opened = try await other.opened(answer)
            #expect(opened["type"]?.text == "update_button", "nothing of the request is shown")
        }
        #expect(other.answers.isEmpty)
        let reasons = try await other.refusals()
        #expect(reasons.filter { $0 == "notYours" }.count == 2 && reasons.filter { $0 == "unlinked" }.count == 1)
        // The same envelope after its time, and at another channel.
        team.stage.wait(WeCom.window + 1)
        #expect(try await status(good) == ProblemType.callbackRefused.status)
        #expect(other.answers.isEmpty)
    }

    @Test func `a card at WeCom that has to change is taken back, and another one is sent`() async throws {
        let other = try await Other("wecom")
        let team = other.team
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await other.behave(["fail": [["status": 200, "body": ["errcode": -1, "errmsg": "busy"]]]])
        try await team.deliver(ticket)
        #expect(try await other.messages().isEmpty)
        team.stage.wait(10)
        try await other.behave(["revoke": true])
        try await team.deliver()
        let first = try await other.card(of: "ann")
        team.office.book.withLock { $0.requests[ticket]?.reason = "Disk is still full" }
        try await team.deliver(ticket)
        let all = try await other.messages()
        #expect(all.map { $0["recalled"] } == [true, false])
        #expect(all[1]["card"]?["sub_title_text"]?.text?.contains("still full") == true)
        #expect(first["id"] != all[1]["id"])
    }

    @Test func `at DingTalk a click refuses, and leads who approves to the portal`() async throws {
        let other = try await Other("dingtalk")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        let tried = try await team.call("messenger-channels.test", [other.channel.id.text])
        #expect(tried["outcome"] == "sent", "\(tried.json)")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bob])
        try await team.deliver(ticket)
        #expect(try await other.card(of: "ann")["card"]?["mode"]?.text == "portal")
        let approved = try await team.send(try await other.click("approve", by: "ann"), to: other.channel.token)
        #expect(approved.status == 200 && other.answers.isEmpty)
        #expect(
            approved.json["cardData"]?["cardParamMap"]?["hint"]?.text == "Approve it in the portal.",
            "\(approved.json)")
        team.stage.wait(1)
        let click = try await other.click("reject", by: "ann")
        let rejected = try await team.send(click, to: other.channel.token)
        #expect(rejected.json["cardData"]?["cardParamMap"]?["status"]?.text == "rejected")
        #expect(other.answers.map(\.user) == [ann] && other.answers[0].isApproval == false)
        try await team.deliver(ticket)
        for person in ["ann", "bob"] {
            #expect(try await other.card(of: person)["card"]?["mode"]?.text == "closed")
        }
    }

    @Test func `at DingTalk one signature is good for one click, and for nobody else's`() async throws {
        let other = try await Other("dingtalk", trusts: true)
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        _ = try await team.call("messenger-channels.test", [other.channel.id.text])
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bob])
        try await team.deliver(ticket)
        let seen = try await other.click("refresh", by: "carl", onCardOf: "ann")
        #expect(try await team.send(seen, to: other.channel.token).status == 200)
        // What was not signed: another body under a signature that was seen.
        let first = try await other.click("approve", by: "bob", onCardOf: "ann")
        #expect(try await team.send(first, to: other.channel.token).status == 200)
        #expect(other.answers.isEmpty)
        let body = try await other.click("approve", by: "ann").body
        let forged = RawCallback(method: .post, query: [], headers: first.headers, body: body)
        #expect(try await team.send(forged, to: other.channel.token).status == 200)
        #expect(other.answers.isEmpty, "the signature was used")
        for bad in [
            RawCallback(method: .post, headers: [.contentType: "application/json"], body: body),
            try await other.click("approve", by: "ann", ["corp": "another"]),
            try await other.click("approve", by: "ann", ["at": 1]),
        ] {
            #expect(
                try await team.send(bad, to: other.channel.token).status == ProblemType.callbackRefused.status)
        }
        team.stage.wait(1)
        let good = try await other.click("approve", by: "ann")
        #expect(try await team.send(good, to: other.channel.token).status == 200)
        #expect(other.answers.map(\.user) == [ann])
    }

    @Test(arguments: ["wecom", "dingtalk"])
    func `what takes longer than a vendor waits counts once, and is on the card`(_ vendor: String) async throws {
        let (other, _) = try await Other.asking(vendor)
        let team = other.team
        let click = try await other.click("approve", by: "ann")
        team.office.book.withLock { $0.pause = .milliseconds(2600) }
        let start = ContinuousClock.now
        #expect(try await team.send(click, to: other.channel.token).status == 200)
        #expect(ContinuousClock.now - start < .milliseconds(2500))
        #expect(try await team.send(click, to: other.channel.token).status == 200)
        try await eventually("it counts", within: .seconds(10)) { other.answers.count == 1 }
        try await eventually("the card shows it", within: .seconds(10)) {
            try await team.deliver()
            return String(decoding: try await other.card(of: "ann").bytes, as: UTF8.self).contains("approved by Ann")
        }
        #expect(other.answers.count == 1)
    }

    @Test(arguments: ["wecom", "dingtalk"])
    func `of clicks that come in another order than they were made, the first to come counts`(_ vendor: String)
        async throws
    {
        let (other, _) = try await Other.asking(vendor)
        let team = other.team
        let first = try await other.click("approve", by: "ann")
        team.stage.wait(5)
        let second = try await other.click("reject", by: "ann")
        for click in [second, first, second] {
            #expect(try await team.send(click, to: other.channel.token).status == 200)
        }
        #expect(other.answers.map(\.isApproval) == [false])
    }

    @Test(arguments: ["wecom", "dingtalk"])
    func `what a card has no room for is approved in the portal, whatever is sent in its name`(_ vendor: String)
        async throws
    {
        let (other, ticket) = try await Other.asking(vendor)
        let team = other.team
        // Made while the card was one that approves.
        let approve = try await other.click("approve", by: "ann")
        team.office.book.withLock { book in
            book.requests[ticket]?.assets = (0..<50).map { "asset-with-quite-a-long-name-\($0)" }
        }
        #expect(try await team.send(approve, to: other.channel.token).status == 200)
        #expect(other.answers.isEmpty)
        #expect(try await other.refusals() == ["tooLong"])
        try await team.deliver(ticket)
        let card = String(decoding: try await other.card(of: "ann").bytes, as: UTF8.self)
        #expect(card.contains("more to it than fits") && card.contains(/and \d+ more/))
        team.stage.wait(1)
        let reject = try await other.click("reject", by: "ann")
        #expect(try await team.send(reject, to: other.channel.token).status == 200)
        #expect(other.answers.map(\.isApproval) == [false])
    }

    @Test func `without a template people at DingTalk get a link, and strangers nothing`() async throws {
        let other = try await Other("dingtalk", template: nil)
        let team = other.team
        let (ann, guest) = (try await team.person("ann"), try await team.person("guest"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, guest])
        try await team.deliver(ticket)
        let all = try await other.messages()
        #expect(all.map { $0["to"]?.text } == ["staff-ann"])
        #expect(all[0]["card"]?["singleURL"]?.text?.hasSuffix("/inbox/\(ticket.text)") == true)
        let told: [String] = try await team.stage.database.query(
            "select type from events where type = 'messenger.undelivered'", in: team.scope
        ) { try $0.next() }
        #expect(told.count == 1, "whoever cannot be reached is told another way")
    }
}

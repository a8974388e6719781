import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// A channel to a vendor that stands in for DingTalk, WeCom or Teams.
private struct Other {
    static let company = "wx5823bf96d3bd56c7"

    let team: Team
    let vendors: StandInCardVendors
    let vendor: String
    let channel: Team.Channel
    private var url: String { vendors.url(in: team.room) }

    init(_ vendor: String, template: String? = "t.schema", trusts: Bool = false) async throws {
        self.vendor = vendor
        let team = try await Team()
        self.team = team
        let vendors = try await StandInCardVendors.shared.value
        self.vendors = vendors
        let url = vendors.url(in: team.room)
        try await team.stage.database.execute(
            """
            insert into egress_allowances (tenant_id, host, port, created_by)
            values (\(team.scope.tenant), '127.0.0.1', \(vendors.port), \(team.admin))
            """, in: team.scope)
        let admin = team.admin
        team.office.book.withLock { book in
            book.people[admin] = CardPerson(name: "Admin", email: "admin@example.org", language: "en")
            book.linked[admin] = "admin"
        }
        var settings: JSON
        var secrets: [(String, String)] = [("appSecret", "the app's secret")]
        switch vendor {
        case "wecom":
            settings = ["corpId": .string(Self.company), "agentId": 218, "apiUrl": .string(url)]
            secrets += [
                ("verificationToken", "QDG6eK"), ("encryptKey", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"),
            ]
        case "dingtalk":
            settings = [
                "appKey": "ding-app", "corpId": "ding-corp", "trustsClicks": .bool(trusts), "apiUrl": .string(url),
            ]
            if let template { settings = settings.merging(["template": .string(template)]) }
            secrets.append(("signingSecret", "made up for this"))
        default:
            settings = ["language": "zh"]
            secrets = [("webhookUrl", url + "/workflow?sig=the-signature")]
        }
        var body: JSON = [
            "name": .string(vendor), "settings": settings.merging(["vendor": .string(vendor)]),
            "secrets": .array(secrets.map { ["name": .string($0.0), "value": .string($0.1)] }), "people": "email",
        ]
        var provider: IdentityProviderID?
        if vendor != "teams" {
            let made = try await team.makeProvider()
            let prefix = vendor == "wecom" ? "\(Self.company)/" : "ding-corp/union-"
            team.office.naming.withLock { naming in naming[made] = { name in prefix + name } }
            body = body.merging(["people": "links", "provider": .string(made.text)])
            provider = made
        }
        let made = try await team.call("messenger-channels.create", [], body)
        #expect(made.status == 201, "\(made.json)")
        let shown = try await team.call("messenger-channels.show-callback", [made["id"]])
        channel = Team.Channel(
            id: try #require(MessengerChannelID(made["id"])),
            token: String(shown["url"].split(separator: "/").last ?? ""), vendor: vendor, provider: provider)
    }

    private func ask(_ place: String, _ body: JSON?) async throws -> JSON {
        let response = try await team.client.send(
            OutboundRequest(
                body == nil ? .get : .post, OutboundURL("\(url)/\(place)"), body: body?.bytes ?? [],
                opened: [HostPort(parsing: "127.0.0.1:\(vendors.port)")]))
        return try JSONParser.parse(response.body)
    }

    func behave(_ how: JSON) async throws { _ = try await ask("control", how) }

    func calls() async throws -> [String] {
        guard case .array(let calls)? = try await ask("control", nil)["calls"] else { return [] }
        return calls.compactMap(\.text)
    }

    func messages() async throws -> [JSON] {
        guard case .array(let all)? = try await ask("control", nil)["messages"] else { return [] }
        return all
    }

    func card(of person: String) async throws -> JSON {
        try #require(try await messages().last { $0["to"]?.text?.hasSuffix(person) == true })
    }

    /// A click as the vendor tells it, made by the stand-in.
    func click(_ choice: String, by user: String, onCardOf owner: String? = nil, _ more: JSON = [:]) async throws
        -> RawCallback
    {
        let now = Int64(team.stage.now.timeIntervalSince1970)
        var said: JSON
        if vendor == "wecom" {
            let card = try await card(of: owner ?? user)
            guard case .array(let buttons)? = card["card"]?["button_list"] else { throw Problem(.notFound) }
            let key = buttons.compactMap { $0["key"]?.text }.first { $0.hasPrefix(choice) }
            said = [
                "vendor": "wecom", "user": .string(user.capitalized), "task": card["task"] ?? "", "at": .int(now),
                "key": .string(key ?? "\(choice):none.0"),
            ]
        } else {
            said = [
                "vendor": "dingtalk", "user": .string("union-\(user)"), "to": .string("union-\(owner ?? user)"),
                "action": .string(choice), "at": .int(now * 1000),
            ]
        }
        let made = try await ask("click", said.merging(more))
        var headers: HTTPFields = [:]
        guard case .object(let fields)? = made["headers"], case .object(let query)? = made["query"] else {
            throw Problem(.notFound)
        }
        for field in fields { headers[HTTPField.Name(field.name)!] = field.value.text }
        return RawCallback(
            method: .post, query: query.map { ($0.name, $0.value.text ?? "") }, headers: headers,
            body: Array((made["body"]?.text ?? "").utf8))
    }

    /// What WeCom makes of our answer.
    func opened(_ answer: Answer) async throws -> JSON {
        try await ask("opened", ["body": .string(String(decoding: answer.bytes, as: UTF8.self))])
    }

    var answers: [(user: UserID, isApproval: Bool, comment: String, vendor: ChannelVendor?)] {
        team.office.book.withLock { book in book.requests.values.flatMap(\.answers) }
    }

    /// Why clicks were refused, as the trail has it.
    func refusals() async throws -> [String] {
        try await team.stage.database.query(
            """
            select coalesce(details ->> 'reason', '') from audit_events
            where tenant_id = \(team.scope.tenant) and action = 'ticket.decided' and outcome = 'refused'
            """, in: team.scope
        ) { try $0.next() }
    }
}

/// Cards and clicks of WeCom, DingTalk and Teams, against stand-ins that check what the vendors check.
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
        let other = try await Other(vendor, trusts: true)
        let team = other.team
        let ann = try await team.person("ann")
        _ = try await team.call("messenger-channels.test", [other.channel.id.text])
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
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
        let other = try await Other(vendor, trusts: true)
        let team = other.team
        let ann = try await team.person("ann")
        _ = try await team.call("messenger-channels.test", [other.channel.id.text])
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
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
        let other = try await Other(vendor, trusts: true)
        let team = other.team
        let ann = try await team.person("ann")
        _ = try await team.call("messenger-channels.test", [other.channel.id.text])
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
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
        #expect(card.contains("more to it than fits") && card.contains("more"))
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

    @Test func `Teams gets one card for all, in its language, and one when it is over`() async throws {
        let other = try await Other("teams")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bob])
        try await team.deliver(ticket)
        try await team.deliver(ticket)
        #expect(try await other.messages().count == 1)
        let text = String(decoding: try await other.card(of: "room").bytes, as: UTF8.self)
        #expect(text.contains("等待审批") && text.contains("/inbox/\(ticket.text)"))
        team.office.book.withLock { $0.requests[ticket]?.state = .approved }
        try await team.deliver(ticket)
        try await team.deliver(ticket)
        let all = try await other.messages()
        #expect(all.count == 2 && String(decoding: all[1].bytes, as: UTF8.self).contains("已批准"))
        // Nobody's word comes back by it.
        let raw = RawCallback(
            method: .post, headers: [.contentType: "application/json"], body: Array("{\"approve\":true}".utf8))
        #expect(try await team.send(raw, to: other.channel.token).status == ProblemType.callbackRefused.status)
        // The address is a secret, also where something goes wrong.
        try await other.behave(["fail": [["status": 400, "body": ["sig": "the-signature"]]]])
        let tried = try await team.call("messenger-channels.test", [other.channel.id.text])
        let shown = try await team.call("messenger-channels.show", [other.channel.id.text])
        #expect(tried["outcome"] == "failed")
        #expect(!"\(tried.json)\(shown.json)".contains("the-signature"))
    }

    @Test func `a room in Teams is told once of each occasion, in plain words`() async throws {
        let other = try await Other("teams")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        func notice(_ user: UserID, _ occasion: String) -> ChatNotice {
            ChatNotice(
                user: user, occasion: occasion, title: "[x](javascript:1) is over", body: "<at>all</at>",
                link: "https://acme.example.com/x")
        }
        #expect(try await team.messengers.chats(in: team.scope) == [.teams])
        // Nobody is found there by themselves.
        #expect(try await !team.messengers.say(notice(ann, "o1"), at: team.stage.now, in: team.scope))
        for _ in 0..<2 {
            #expect(
                try await team.messengers.say(notice(ann, "o1"), through: .teams, at: team.stage.now, in: team.scope))
            try await team.deliver()
        }
        #expect(try await team.messengers.say(notice(bob, "o2"), through: .teams, at: team.stage.now, in: team.scope))
        try await team.deliver()
        let all = try await other.messages()
        #expect(all.count == 2)
        let text = String(decoding: all[0].bytes, as: UTF8.self)
        #expect(text.contains("is over") && text.contains("https://acme.example.com/x") && text.contains("在门户中打开"))
        // What is for nobody by themselves waits for nobody.
        let alone = ChatNotice(
            user: nil, occasion: "o3", title: "T", body: "B", link: "https://acme.example.com/y", language: "en")
        for _ in 0..<2 {
            #expect(try await team.messengers.say(alone, through: .teams, at: team.stage.now, in: team.scope))
            try await team.deliver()
        }
        #expect(try await !team.messengers.say(alone, at: team.stage.now, in: team.scope))
        let last = try await other.messages()
        #expect(last.count == 3)
        #expect(
            last.last.map { String(decoding: $0.bytes, as: UTF8.self).contains("https://acme.example.com/y") } == true)
        #expect(!text.contains("[x](") && !text.contains("<at>"))
    }
}

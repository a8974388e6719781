import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// By which gateway codes go, who may change that, and what is kept of what vendors say.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SMSGatewayTests {
    @Test func `a code goes by an operator's gateway, once its host is opened, and what does not arrive is seen`()
        async throws
    {
        let stage = try await SMSStage.make([])
        let operators = try await TestCMPPGateway()
        let settings: JSON = [
            "kind": "cmpp", "source": .string(TestCMPPGateway.source), "number": "10690001", "signName": "示例",
            "server": ["host": "127.0.0.1", "port": .int(Int64(operators.port))],
        ]
        let made = try await stage.ada.call(
            "sms-gateways.create",
            body: ["name": "operator", "settings": settings, "secret": .string(TestCMPPGateway.secret)])
        #expect(made.status == 201, "\(made.json)")
        #expect(try await stage.send(stage.token, to: SMSStage.number).problem == "code-not-sent")
        #expect(operators.events.isEmpty)
        try stage.house.opened.open([operators.port])
        stage.house.wait(SentCode.pause)
        // Its last digit has the operator say that it did not arrive.
        let lost = "+8613800000001"
        #expect(try await stage.send(stage.token, to: lost).status == 200)
        // The sign in front of it makes two short messages of the text.
        let parts = try operators.events.filter { $0.contains("\"submit\"") }.map {
            try JSONParser.parse(Array($0.utf8))
        }
        #expect(parts.count == 2 && parts.allSatisfy { $0["to"]?.text == "13800000001" })
        #expect(parts.allSatisfy { $0["src"]?.text == "10690001" })
        let text = parts.compactMap { $0["text"]?.text }.joined()
        #expect(text.hasPrefix("【示例】"), "\(text)")
        let code = try #require(text.firstMatch(of: /[0-9]{6}/)).output
        let done = try await stage.bob.open(
            "auth.enrol-sms", ["token": .string(stage.token), "code": .string(String(code))])
        #expect(done.step == "done", "\(done.json)")
        let id = made["id"]
        try await eventually("what the operator reported stands there") {
            try await stage.ada.call("sms-gateways.show", [id])["lastRefusal"].contains("MA:0001")
        }
        // Elsewhere it would let somebody try every secret that they can think of.
        let shown = try await stage.ada.call("sms-gateways.show", [id])
        let elsewhere = settings.merging(["server": ["host": "127.0.0.1", "port": 7890]])
        let moved = try await stage.ada.call(
            "sms-gateways.change", [id], body: ["settings": elsewhere], version: shown.version)
        #expect(moved.status == 422)
        for (field, value) in [
            ("source", "9012345"), ("number", "1069a"), ("service", "much too long a name"), ("source", "90 34"),
        ] as [(String, JSON)] {
            let bad = try await stage.ada.call(
                "sms-gateways.create",
                body: ["name": "bad", "settings": settings.merging([.init(field): value]), "secret": "x"])
            #expect(bad.status == 422, "\(field)")
        }
        await operators.stop()
        await stage.vendors.stop()
    }

    @Test func `the next gateway is asked when one fails, in the order that was set`() async throws {
        let stage = try await SMSStage.make(["twilio", "huawei", "alibaba"])
        let gateways = try await stage.ada.call("sms-gateways.list").items
        let ids = gateways.compactMap { $0["id"]?.text }
        #expect(gateways.map { $0["name"]?.text } == ["twilio", "huawei", "alibaba"])
        let order = try await stage.ada.call(
            "sms-gateways.order", body: ["items": .array(ids.reversed().map(JSON.string))])
        #expect(order.items.map { $0["name"]?.text } == ["alibaba", "huawei", "twilio"], "\(order.json)")
        #expect(
            try await stage.ada.call("sms-gateways.order", body: ["items": .array([.string(ids[0])])]).status == 422)
        // The first one has lost its secret, the second one is off.
        _ = try await stage.house.test.superuser().execute(
            "update sms_gateways set enabled = false where name = 'huawei'")
        let shown = try await stage.ada.call("sms-gateways.show", [ids[2]])
        let changed = try await stage.ada.call(
            "sms-gateways.change", [ids[2]], body: ["secret": "not the one"], version: shown.version)
        #expect(changed.status == 200, "\(changed.json)")
        try await stage.enrol()
        #expect(try await stage.vendors.taken().map { $0["vendor"]?.text } == ["twilio"])
        let after = try await stage.ada.call("sms-gateways.list").items
        #expect(after[0]["lastRefusal"]?.text?.hasPrefix("SignatureDoesNotMatch") == true)
        #expect(after[1]["lastRefusal"] == .null && after[2]["lastTakenAt"] != .null)
        await stage.vendors.stop()
    }

    @Test(arguments: ["alibaba", "tencent", "huawei", "twilio", "custom"])
    func `what a vendor says is kept without number and code`(kind: String) async throws {
        let stage = try await SMSStage.make([kind])
        try await stage.vendors.set(["refuse": "no more to"])
        #expect(try await stage.send(stage.token, to: SMSStage.number).problem == "code-not-sent")
        let words = try await stage.ada.call("sms-gateways.list").items.first?["lastRefusal"]?.text ?? ""
        #expect(words.contains("no more to"), "\(words)")
        let digits = words.filter(\.isNumber)
        #expect(!digits.contains("13800000000") && !words.contains("0000"))
        #expect(words.contains("****"))
        await stage.vendors.stop()
    }

    @Test func `a test goes out freshly confirmed, to named numbers, and not without end`() async throws {
        let stage = try await SMSStage.make()
        let id = try await stage.ada.call("sms-gateways.list").items.first?["id"]?.text ?? ""
        func test(_ number: String) async throws -> Answer {
            try await stage.ada.call("sms-gateways.test", [id], body: ["number": .string(number)])
        }
        #expect(try await test("+882160000000").status == 422)
        let good = try await test(SMSStage.number)
        #expect(good.json["taken"] == true && good["words"].isEmpty, "\(good.json)")
        #expect(try await test(SMSStage.number).status == 429)
        try await stage.vendors.set(["secret": "another"])
        let bad = try await test("+8613800000001")
        #expect(bad.json["taken"] == false && bad["words"].hasPrefix("AuthFailure"), "\(bad.json)")
        for more in 2..<SMSLimits.mostAnHour { #expect(try await test("+861380000000\(more)").status == 200) }
        #expect(try await test("+8613800000009").status == 429)
        stage.house.wait(3000)
        #expect(try await test("+8613800000009").problem == "step-up-required")
        #expect(try await stage.ada.call("sms-gateways.order", body: ["items": []]).problem == "step-up-required")
        await stage.vendors.stop()
    }

    @Test func `a secret stays only where all that is sent stays`() async throws {
        let stage = try await SMSStage.make(["custom", "twilio"])
        let gateways = try await stage.ada.call("sms-gateways.list").items
        func change(_ place: Int, _ more: JSON, secret: String? = nil) async throws -> Answer {
            let id = gateways[place]["id"]?.text ?? ""
            let now = try await stage.ada.call("sms-gateways.show", [id])
            let settings = now.json["settings"] ?? [:]
            var body: JSON = ["settings": settings.merging(more)]
            if let secret { body = body.merging(["secret": .string(secret)]) }
            return try await stage.ada.call("sms-gateways.change", [id], body: body, version: now.version)
        }
        let others: [JSON] = [
            ["url": "https://thief.example.com/"], ["url": .string("\(stage.vendors.endpoint)/send?k={{secret}}")],
            ["headers": [["name": "X-Other", "value": "{{secret}}"]]],
            ["body": #"{"to": "{{number}}", "code": "{{code}}", "text": "{{secret}}"}"#], ["format": "text"],
            ["headers": []],
        ]
        for other in others {
            let answer = try await change(0, other)
            let hasNone = other["headers"] == .array([])
            #expect(answer.status == (hasNone ? 200 : 422), "\(other) \(answer.json)")
            if hasNone { #expect(answer.json["hasSecret"] == false) }
        }
        #expect(try await change(1, ["endpoint": "https://thief.example.com"]).status == 422)
        #expect(try await change(1, ["from": "+15005550007"]).status == 200)
        #expect(try await change(1, ["endpoint": "https://other.example.com"], secret: "new").status == 200)
        await stage.vendors.stop()
    }

    @Test func `whoever may do less than everything changes no gateway, and administrators hear of every change`()
        async throws
    {
        let stage = try await SMSStage.make([])
        let role = try await stage.ada.call(
            "roles.create",
            body: ["name": "Directories", "permissions": ["identity-providers.read", "identity-providers.manage"]])
        #expect(role.status == 201, "\(role.json)")
        let (_, eve) = try await stage.ada.take("eve", roles: [role["id"]])
        let refused = try await eve.call(
            "sms-gateways.create",
            body: [
                "name": "Mine", "settings": stage.vendors.settings("custom"), "secret": .string(SMSVendors.secret),
            ])
        #expect(refused.status == 403, "\(refused.json)")
        #expect(try await eve.call("sms-gateways.order", body: ["items": []]).status == 403)
        let made = try await stage.ada.call(
            "sms-gateways.create",
            body: [
                "name": "Ours", "settings": stage.vendors.settings("custom"), "secret": .string(SMSVendors.secret),
            ])
        #expect(made.status == 201)
        let events = try await stage.house.test.superuser().query(
            "select data, urgent from events where type = 'sms-gateways.changed'"
        ) { (try $0.next(JSON.self), try $0.next(Bool.self)) }
        #expect(events.count == 1 && events.allSatisfy { $0.1 && $0.0["name"]?.text == "Ours" })
        let letters = Letters()
        try await stage.house.identity(sending: letters).tellAdministrators(
            of: "sms-gateways.changed", try #require(events.first?.0), at: stage.house.now, in: stage.scope)
        let letter = try #require(letters.takeAll().first)
        #expect(letter.to == "ada@example.com" && letter.text.contains("Ours") && letter.text.contains("ada"))
        await stage.vendors.stop()
    }

    @Test func `secrets of gateways move under a new key`() async throws {
        let stage = try await SMSStage.make(["huawei"])
        let rewrapping = SMSGatewaysRewrapping(database: stage.house.test.database)
        _ = try await stage.house.tenancy.rotateKey(at: stage.house.now, in: stage.scope)
        let chain = try await stage.house.keys.chain(in: stage.scope)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: stage.scope) == 1)
        #expect(try await rewrapping.rewrap(10, with: chain, in: stage.scope) == 1)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: stage.scope) == 0)
        try await stage.enrol()
        await stage.vendors.stop()
    }

    @Test func `a gateway whose settings cannot be read is seen, and keeps no other one from sending`()
        async throws
    {
        let stage = try await SMSStage.make(["twilio", "huawei"])
        _ = try await stage.house.test.superuser().execute(
            "update sms_gateways set settings = '{\"kind\": \"fax\"}' where name = 'twilio'")
        let items = try await stage.ada.call("sms-gateways.list").items
        #expect(items.map { $0["name"]?.text } == ["twilio", "huawei"])
        let broken = try #require(items.first)
        #expect(broken["settings"] == .null && broken["kind"] == "twilio" && items[1]["settings"] != .null)
        try await stage.enrol()
        #expect(try await stage.vendors.taken().map { $0["vendor"]?.text } == ["huawei"])
        let id = try #require(broken["id"]?.text)
        let shown = try await stage.ada.call("sms-gateways.show", [id])
        #expect(shown.json["lastRefusal"] == "its settings cannot be read")
        let off = try await stage.ada.call(
            "sms-gateways.change", [id], body: ["enabled": false], version: shown.version)
        #expect(off.status == 200 && off.json["settings"] == .null, "\(off.json)")
        // Nobody knows any more where the secret went: it is given anew.
        let settings: JSON = ["settings": stage.vendors.settings("twilio")]
        #expect(
            try await stage.ada.call("sms-gateways.change", [id], body: settings, version: off.version).status == 422)
        let mended = try await stage.ada.call(
            "sms-gateways.change", [id], body: settings.merging(["secret": .string(SMSVendors.secret)]),
            version: off.version)
        #expect(mended.status == 200 && mended.json["settings"] != .null, "\(mended.json)")
        await stage.vendors.stop()
    }
}

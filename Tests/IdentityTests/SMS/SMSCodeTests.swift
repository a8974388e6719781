import Cryptography
import FoundationEssentials
import HTTPTypes
import Kernel
import Logging
import Outbound
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

extension SMSVendors {
    private static let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "vendors"))

    private func control(_ body: JSON) async throws -> JSON {
        let response = try await Self.client.send(
            OutboundRequest(.post, OutboundURL("\(endpoint)/control"), body: body.bytes))
        return try JSONParser.parse(response.body)
    }

    func set(_ state: JSON) async throws { _ = try await control(state) }

    /// What was taken, in its order.
    func taken() async throws -> [JSON] {
        guard case .array(let items)? = try await control([:])["taken"] else { return [] }
        return items
    }

    /// The code that was taken last for a number.
    func code(to number: String) async throws -> String {
        let digits = String(number.drop { $0 == "+" })
        let last = try await taken().last { digits.hasSuffix($0["number"]?.text?.replacing("+", with: "") ?? "-") }
        return try #require(last?["code"]?.text)
    }
}

/// Codes as text messages: by which gateway they go, who gets them, how many, and what they open.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SMSCodeTests {
    private static let number = "+8613800000000"

    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor
        let id: String
        /// Of the sign-in in which Bob is to set up his first factor.
        let token: String
        let vendors: SMSVendors
    }

    private static func set(_ key: String, _ value: JSON, _ house: House, _ scope: TenantScope) async throws {
        _ = try await house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), \(key), \(value), \(scope.tenant.uuid))
            on conflict (tenant_id, key) do update set value = excluded.value
            """)
    }

    private func stage(_ kinds: [String] = ["tencent"], on: Bool = true) async throws -> Stage {
        let vendors = try await SMSVendors()
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        try house.opened.open([vendors.port])
        if on {
            try await Self.set("second-factor.sms", true, house, scope)
            try await Self.set("sms.prefixes", "+86", house, scope)
        }
        for kind in kinds {
            let made = try await ada.call(
                "sms-gateways.create",
                body: [
                    "name": .string(kind), "settings": vendors.settings(kind), "secret": .string(SMSVendors.secret),
                ])
            #expect(made.status == 201, "\(made.json)")
            #expect(!made.text.contains(SMSVendors.secret))
        }
        let made = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        let bob = Visitor(house: house, scope: scope, login: "bob")
        let chosen = try await bob.open(
            "auth.invitation",
            [
                "token": .string(String(made["invitationUrl"].split(separator: "=").last ?? "")),
                "password": .string(House.password),
            ])
        #expect(chosen.json["factors"] == (on ? ["authenticator", "passkey", "sms"] : ["authenticator", "passkey"]))
        return Stage(
            house: house, scope: scope, ada: ada, bob: bob, id: made["id"], token: chosen["token"], vendors: vendors)
    }

    private func send(_ stage: Stage, _ token: String, to number: String? = nil) async throws -> Answer {
        var body: JSON = ["token": .string(token)]
        if let number { body = body.merging(["number": .string(number)]) }
        return try await stage.bob.open("auth.sms-code", body)
    }

    private func verify(_ stage: Stage, _ token: String, _ code: String) async throws -> Answer {
        try await stage.bob.open("auth.second-factor", ["token": .string(token), "code": .string(code)])
    }

    private func enrol(_ stage: Stage) async throws {
        let sent = try await send(stage, stage.token, to: Self.number)
        #expect(sent.status == 200 && sent["sentTo"] == "+86****00", "\(sent.json)")
        let code = try await stage.vendors.code(to: Self.number)
        let done = try await stage.bob.open(
            "auth.enrol-sms", ["token": .string(stage.token), "code": .string(code)])
        #expect(done.step == "done" && done.cookie != nil, "\(done.json)")
        stage.bob.keep(cookie: done.cookie)
        stage.house.wait(SentCode.pause)
    }

    private func other(than code: String) -> String { code == "111111" ? "222222" : "111111" }

    @Test(arguments: ["alibaba", "tencent", "huawei", "twilio", "custom"])
    func `who gets a code comes in by it, once, whatever gateway brings it`(kind: String) async throws {
        let stage = try await stage([kind])
        try await enrol(stage)
        #expect(try await stage.bob.call("me.show").json["factors"] == ["sms"])
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor" && first.json["factors"] == ["sms"])
        #expect(try await send(stage, first["token"]).status == 200)
        let code = try await stage.vendors.code(to: Self.number)
        #expect(try await verify(stage, first["token"], other(than: code)).problem == "code-refused")
        let done = try await verify(stage, first["token"], code)
        #expect(done.step == "done" && done.cookie != nil)
        let second = try await stage.bob.password()
        #expect(try await verify(stage, second["token"], code).problem == "code-refused")
        #expect(try await stage.vendors.taken().allSatisfy { $0["vendor"]?.text == kind })
        // Within the minute no other one is sent.
        let soon = try await send(stage, second["token"])
        #expect(soon.status == 429 && soon.headers[.retryAfter] == "60", "\(soon.json)")
        await stage.vendors.stop()
    }

    @Test func `a code goes by an operator's gateway, once its host is opened, and what does not arrive is seen`()
        async throws
    {
        let stage = try await stage([])
        let operators = try await TestCMPPGateway()
        let settings: JSON = [
            "kind": "cmpp", "source": .string(TestCMPPGateway.source), "number": "10690001", "signName": "示例",
            "server": ["host": "127.0.0.1", "port": .int(Int64(operators.port))],
        ]
        let made = try await stage.ada.call(
            "sms-gateways.create",
            body: ["name": "operator", "settings": settings, "secret": .string(TestCMPPGateway.secret)])
        #expect(made.status == 201, "\(made.json)")
        #expect(try await send(stage, stage.token, to: Self.number).problem == "code-not-sent")
        #expect(operators.events.isEmpty)
        try stage.house.opened.open([operators.port])
        stage.house.wait(SentCode.pause)
        // Its last digit has the operator say that it did not arrive.
        let lost = "+8613800000001"
        #expect(try await send(stage, stage.token, to: lost).status == 200)
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
        let stage = try await stage(["twilio", "huawei", "alibaba"])
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
        try await enrol(stage)
        #expect(try await stage.vendors.taken().map { $0["vendor"]?.text } == ["twilio"])
        let after = try await stage.ada.call("sms-gateways.list").items
        #expect(after[0]["lastRefusal"]?.text?.hasPrefix("SignatureDoesNotMatch") == true)
        #expect(after[1]["lastRefusal"] == .null && after[2]["lastTakenAt"] != .null)
        await stage.vendors.stop()
    }

    @Test(arguments: ["alibaba", "tencent", "huawei", "twilio", "custom"])
    func `what a vendor says is kept without number and code`(kind: String) async throws {
        let stage = try await stage([kind])
        try await stage.vendors.set(["refuse": "no more to"])
        #expect(try await send(stage, stage.token, to: Self.number).problem == "code-not-sent")
        let words = try await stage.ada.call("sms-gateways.list").items.first?["lastRefusal"]?.text ?? ""
        #expect(words.contains("no more to"), "\(words)")
        let digits = words.filter(\.isNumber)
        #expect(!digits.contains("13800000000") && !words.contains("0000"))
        #expect(words.contains("****"))
        await stage.vendors.stop()
    }

    @Test func `nothing is sent unless the company lets it count, and to no number that it has not named`() async throws
    {
        let stage = try await stage(on: false)
        #expect(try await send(stage, stage.token, to: Self.number).problem == "code-not-sent")
        try await Self.set("second-factor.sms", true, stage.house, stage.scope)
        #expect(try await send(stage, stage.token, to: Self.number).status == 422)
        try await Self.set("sms.prefixes", "+86", stage.house, stage.scope)
        #expect(try await send(stage, stage.token, to: "+882160000000").status == 422)
        #expect(try await send(stage, stage.token, to: "+1 900 555 0100").status == 422)
        #expect(try await stage.vendors.taken().isEmpty)
        #expect(try await send(stage, stage.token, to: Self.number).status == 200)
        await stage.vendors.stop()
    }

    @Test func `five an hour go to a number, whoever asks, and as many as the company lets`() async throws {
        let stage = try await stage()
        for _ in 0..<SMSLimits.mostAnHour {
            #expect(try await send(stage, stage.token, to: Self.number).status == 200)
            stage.house.wait(SentCode.pause)
        }
        #expect(try await send(stage, stage.token, to: Self.number).status == 429)
        // Another number is no way around for the same person, nor is another person for the same number.
        #expect(try await send(stage, stage.token, to: "+8613800000001").status == 429)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": .string(Self.number)]).status == 429)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": "+8613800000001"]).status == 200)
        try await Self.set("sms.per-hour", 6, stage.house, stage.scope)
        stage.house.wait(SentCode.pause)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": "+8613800000002"]).status == 429)
        #expect(try await stage.vendors.taken().count == 6)
        await stage.vendors.stop()
    }

    @Test func `a test goes out freshly confirmed, to named numbers, and not without end`() async throws {
        let stage = try await stage()
        let id = try await stage.ada.call("sms-gateways.list").items.first?["id"]?.text ?? ""
        func test(_ number: String) async throws -> Answer {
            try await stage.ada.call("sms-gateways.test", [id], body: ["number": .string(number)])
        }
        #expect(try await test("+882160000000").status == 422)
        let good = try await test(Self.number)
        #expect(good.json["taken"] == true && good["words"].isEmpty, "\(good.json)")
        #expect(try await test(Self.number).status == 429)
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
        let stage = try await stage(["custom", "twilio"])
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
        let stage = try await stage([])
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
            try #require(events.first?.0), at: stage.house.now, in: stage.scope)
        let letter = try #require(letters.takeAll().first)
        #expect(letter.to == "ada@example.com" && letter.text.contains("Ours") && letter.text.contains("ada"))
        await stage.vendors.stop()
    }

    @Test func `another number is confirmed by a code that went there, and by no other`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        #expect(try await stage.bob.call("me.remove-sms-factor").problem == "last-second-factor")
        let ada = stage.ada
        #expect(try await ada.call("me.show").json["mayAddSms"] == true)
        #expect(try await ada.call("me.sms-code", body: ["number": "+8613900000000"]).status == 200)
        let code = try await stage.vendors.code(to: "+8613900000000")
        #expect(
            try await ada.call("me.add-sms-factor", body: ["code": .string(other(than: code))]).problem
                == "code-refused")
        #expect(try await ada.call("me.add-sms-factor", body: ["code": .string(code)]).status == 204)
        let me = try await ada.call("me.show").json
        #expect(me["factors"] == ["authenticator", "sms"] && me["number"] == "+86****00" && me["mayAddSms"] == false)
        stage.house.wait(3000)
        // From now on codes go there, whatever number is asked for.
        #expect(try await ada.call("me.sms-code", body: ["number": "+8613700000000"]).status == 200)
        let fresh = try await stage.vendors.code(to: "+8613900000000")
        #expect(try await ada.call("me.step-up", body: ["code": .string(fresh)]).status == 204)
        #expect(try await ada.call("me.step-up", body: ["code": .string(fresh)]).problem == "code-refused")
        #expect(try await ada.call("me.remove-sms-factor").status == 204)
        await stage.vendors.stop()
    }

    @Test func `codes that count no longer are asked for once more, before something else is set up`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        try await Self.set("second-factor.sms", false, stage.house, stage.scope)
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor")
        #expect(try await stage.bob.open("auth.enrolment", ["token": .string(first["token"])]).status == 401)
        #expect(try await send(stage, first["token"]).status == 200)
        let next = try await verify(stage, first["token"], try await stage.vendors.code(to: Self.number))
        #expect(next.step == "enrol" && next.json["factors"] == ["authenticator", "passkey"])
        await stage.vendors.stop()
    }

    @Test func `guesses spend the code, and lock as wrong passwords do, also while a number is confirmed`() async throws
    {
        let stage = try await stage()
        let (second, third) = (try await stage.bob.password()["token"], try await stage.bob.password()["token"])
        func enrol(_ token: String, _ code: String) async throws -> Answer {
            try await stage.bob.open("auth.enrol-sms", ["token": .string(token), "code": .string(code)])
        }
        for (token, guesses) in [(stage.token, 4), (second, 3)] {
            #expect(try await send(stage, token, to: Self.number).status == 200)
            let code = try await stage.vendors.code(to: Self.number)
            for _ in 0..<guesses {
                #expect(try await !stage.house.isLocked("bob"))
                #expect(try await enrol(token, other(than: code)).problem == "code-refused")
            }
            if token == stage.token { stage.house.wait(SentCode.pause) }
        }
        #expect(try await stage.house.isLocked("bob"))
        let code = try await stage.vendors.code(to: Self.number)
        #expect(try await enrol(third, code).problem == "code-refused")
        stage.house.wait(AttemptLimits.firstWait)
        #expect(try await enrol(third, code).step == "done")
        // The same by somebody who is signed in.
        #expect(try await stage.ada.call("me.sms-code", body: ["number": "+8613900000000"]).status == 200)
        for _ in 0..<AttemptCounter.most {
            #expect(try await stage.ada.call("me.add-sms-factor", body: ["code": "abcdef"]).problem == "code-refused")
        }
        #expect(try await stage.house.isLocked("ada"))
        await stage.vendors.stop()
    }

    @Test func `at a gateway and on the command line an empty code has one sent, or the name of the channel`()
        async throws
    {
        let stage = try await stage()
        try await enrol(stage)
        let (gateway, house) = (stage.house.identity.gateway, stage.house)
        let from = "198.51.100.7"
        let answer = try await gateway.password(
            login: "bob", Secret(House.password), from: from, at: house.now, in: stage.scope)
        guard case .codeNeeded(let person, _) = answer else { return #expect(Bool(false), "\(answer)") }
        let before = try await stage.vendors.taken().count
        #expect(
            try await !gateway.sendCode(
                to: person.id, chosenBy: "email", from: from, at: house.now, in: stage.scope))
        #expect(
            try await !gateway.sendCode(to: person.id, chosenBy: "123456", from: from, at: house.now, in: stage.scope))
        #expect(try await stage.vendors.taken().count == before)
        #expect(try await gateway.sendCode(to: person.id, chosenBy: "SMS", from: from, at: house.now, in: stage.scope))
        #expect(try await gateway.sendCode(to: person.id, from: from, at: house.now, in: stage.scope))
        #expect(try await stage.vendors.taken().count == before + 1)
        let code = try await stage.vendors.code(to: Self.number)
        #expect(try await gateway.code(code, of: person.id, from: from, at: house.now, in: stage.scope))
        #expect(try await !gateway.code(code, of: person.id, from: from, at: house.now, in: stage.scope))
        house.wait(SentCode.pause)
        func cli(_ code: String) async throws -> Answer {
            try await stage.bob.open(
                "auth.cli", ["login": "bob", "password": .string(House.password), "code": .string(code)])
        }
        #expect(try await cli("").problem == "code-sent")
        #expect(try await cli(try await stage.vendors.code(to: Self.number))["token"].hasPrefix("ght_"))
        await stage.vendors.stop()
    }

    @Test func `secrets of gateways move under a new key`() async throws {
        let stage = try await stage(["huawei"])
        let rewrapping = SMSGatewaysRewrapping(database: stage.house.test.database)
        _ = try await stage.house.tenancy.rotateKey(at: stage.house.now, in: stage.scope)
        let chain = try await stage.house.keys.chain(in: stage.scope)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: stage.scope) == 1)
        #expect(try await rewrapping.rewrap(10, with: chain, in: stage.scope) == 1)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: stage.scope) == 0)
        try await enrol(stage)
        await stage.vendors.stop()
    }
}

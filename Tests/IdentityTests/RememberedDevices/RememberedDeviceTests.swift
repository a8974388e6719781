import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Browsers in which no second factor is asked again for some days.
@Suite(.timeLimit(.minutes(5))) struct RememberedDeviceTests {
    private static let days = 2

    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor
        let id: UserID
    }

    private func stage(days: Int = days) async throws -> Stage {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (id, bob) = try await ada.take("bob")
        _ = try await house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'second-factor.remember-days', \(JSON.int(Int64(days))), \(scope.tenant.uuid))
            """)
        return Stage(house: house, scope: scope, ada: ada, bob: bob, id: id)
    }

    /// Password in a browser that has a device's cookie, if it has one.
    private func begin(_ stage: Stage, _ login: String = "bob", device: String?) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let device { headers[.cookie] = "gatehouse-device=\(device)" }
        return try await stage.house.call(
            "auth.sign-in", body: ["login": .string(login), "password": .string(House.password)], in: stage.scope,
            headers: headers)
    }

    private func device(in answer: Answer) -> String? {
        answer.headers[values: .setCookie].last { $0.hasPrefix("gatehouse-device=") }.map {
            String($0.dropFirst("gatehouse-device=".count).prefix { $0 != ";" })
        }
    }

    /// Signs Bob in and has the browser remembered; the cookie's value.
    private func remember(_ stage: Stage) async throws -> String {
        let first = try await begin(stage, device: nil)
        #expect(first.step == "second-factor" && first.json["rememberDays"] == .int(Int64(Self.days)))
        let done = try await stage.bob.open(
            "auth.second-factor",
            ["token": .string(first["token"]), "code": .string(stage.bob.freshCode()), "remember": true])
        #expect(done.step == "done")
        stage.bob.keep(cookie: done.cookie)
        return try #require(device(in: done))
    }

    @Test func `nothing is remembered unless the company allows it and the person asks for it`() async throws {
        let off = try await stage(days: 0)
        let first = try await begin(off, device: nil)
        #expect(first.json["rememberDays"] == .null)
        let done = try await off.bob.open(
            "auth.second-factor",
            ["token": .string(first["token"]), "code": .string(off.bob.freshCode()), "remember": true])
        #expect(done.step == "done" && device(in: done) == nil)
        let on = try await stage()
        let second = try await on.bob.password()
        let plain = try await on.bob.open(
            "auth.second-factor", ["token": .string(second["token"]), "code": .string(on.bob.freshCode())])
        #expect(plain.step == "done" && device(in: plain) == nil)
        // A recovery code is none that a browser stands for.
        let third = try await on.bob.password()
        let recovered = try await on.bob.open(
            "auth.second-factor",
            [
                "token": .string(third["token"]), "code": .string(on.bob.pocket.recoveryCodes[0]), "remember": true,
            ])
        #expect(recovered.step == "done" && device(in: recovered) == nil)
    }

    @Test func `a browser that is remembered is let in by the password, and what hurts takes a code all the same`()
        async throws
    {
        let stage = try await stage()
        let device = try await remember(stage)
        let done = try await begin(stage, device: device)
        #expect(done.step == "done" && done.cookie != nil)
        stage.bob.keep(cookie: done.cookie)
        let me = try await stage.bob.call("me.show")
        #expect(me.status == 200 && me.json["secondFactorAt"] == .null)
        // The session says by what it came about.
        let exempt = try await stage.house.test.superuser().query(
            "select count(*) from web_sessions where second_factor_at is null and device_hash is not null"
        ) { try $0.next(Int.self) }
        #expect(exempt == [1])
        #expect(try await stage.bob.call("me.create-token", body: ["name": "x"]).problem == "step-up-required")
        #expect(try await stage.bob.call("me.step-up", body: ["code": .string(stage.bob.freshCode())]).status == 204)
        #expect(try await stage.bob.call("me.create-token", body: ["name": "x"]).status == 201)
        let listed = try await stage.bob.call("me.remembered-devices").items
        #expect(listed.count == 1 && listed[0]["lastUsedAt"] != .null && listed[0]["factor"] == "authenticator")
        // The database has no more than the hash of it.
        let kept = try await stage.house.test.superuser().query("select token_hash from remembered_devices") {
            try $0.next([UInt8].self)
        }
        #expect(kept == [RandomToken.hash(of: device).bytes])
    }

    @Test func `it opens nothing for a password that has to be changed`() async throws {
        let stage = try await stage()
        let device = try await remember(stage)
        #expect(try await stage.ada.call("users.require-password-change", [stage.id.text]).status == 200)
        let first = try await begin(stage, device: device)
        #expect(first.step == "second-factor" && first.cookie == nil)
        let second = try await stage.bob.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(stage.bob.freshCode())])
        #expect(second.step == "change-password" && second.cookie == nil)
    }

    @Test func `it stands for its person and company only, for so many days, and in no terminal`() async throws {
        let stage = try await stage()
        let device = try await remember(stage)
        #expect(try await begin(stage, "ada", device: device).step == "second-factor")
        #expect(try await begin(stage, device: "x" + device).step == "second-factor")
        let (other, _) = try await stage.house.makeTenant("bolt")
        let elsewhere = try await stage.house.call(
            "auth.sign-in", body: ["login": "ada", "password": .string(House.password)], in: other,
            headers: [.cookie: "gatehouse-device=\(device)"])
        #expect(elsewhere.step == "second-factor")
        let ssh = try await stage.house.identity.gateway.password(
            login: "bob", Secret(House.password), from: "192.0.2.1", at: stage.house.now, in: stage.scope)
        guard case .codeNeeded = ssh else { return #expect(Bool(false), "\(ssh)") }
        let cli = try await stage.house.call(
            "auth.cli", body: ["login": "bob", "password": .string(House.password), "code": ""], in: stage.scope,
            headers: [.cookie: "gatehouse-device=\(device)"])
        #expect(cli.problem == "sign-in-refused")
        stage.house.wait(TimeInterval(Self.days * 86_400) - 60)
        #expect(try await begin(stage, device: device).step == "done")
        stage.house.wait(120)
        #expect(try await begin(stage, device: device).step == "second-factor")
    }

    @Test func `whoever changes what they confirm with, or is shut out, is asked again`() async throws {
        let ways: [(String, (Stage) async throws -> Answer)] = [
            ("forgotten", { try await $0.bob.call("me.forget-devices") }),
            ("by an administrator", { try await $0.ada.call("user-devices.forget-devices", [$0.id.text]) }),
            ("signed out everywhere", { try await $0.ada.call("online.sign-out", [$0.id.text]) }),
            ("factor reset", { try await $0.ada.call("users.reset-second-factor", [$0.id.text]) }),
            (
                "password changed",
                {
                    try await $0.bob.call(
                        "me.password",
                        body: ["current": .string(House.password), "password": "nine herons under the bridge"])
                }
            ),
            ("disabled", { try await $0.ada.call("users.disable", [$0.id.text]) }),
        ]
        for (name, way) in ways {
            let stage = try await stage()
            let device = try await remember(stage)
            let browser = try await begin(stage, device: device)
            let visitor = Visitor(house: stage.house, scope: stage.scope, login: "bob")
            visitor.keep(cookie: browser.cookie)
            #expect(try await visitor.call("me.show").status == 200, "\(name)")
            _ = try await stage.ada.call("me.step-up", body: ["code": .string(stage.ada.freshCode())])
            let answer = try await way(stage)
            #expect([200, 204].contains(answer.status), "\(name): \(answer.json)")
            let left = try await stage.house.test.superuser().query("select count(*) from remembered_devices") {
                try $0.next(Int.self)
            }
            #expect(left == [0], "\(name)")
            // What it let in is out.
            #expect(try await visitor.call("me.show").status == 401, "\(name)")
            #expect(try await begin(stage, device: device).step != "done", "\(name)")
        }
    }

    @Test func `a rule may ask each time, and count other factors than the one that was shown`() async throws {
        let stage = try await stage()
        let device = try await remember(stage)
        let done = try await begin(stage, device: device)
        stage.bob.keep(cookie: done.cookie)
        let rules: [JSON] = [
            ["name": "always", "everyone": true, "action": "require", "always": true],
            [
                "name": "keys", "who": [["user": .string(stage.id.text)]], "action": "require",
                "factors": ["passkey"],
            ],
        ]
        for rule in rules {
            let version = try await stage.ada.call("factor-rules.show").version
            _ = try await stage.ada.call("me.step-up", body: ["code": .string(stage.ada.freshCode())])
            let set = try await stage.ada.call(
                "factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
            #expect(set.status == 200, "\(set.json)")
            #expect(try await begin(stage, device: device).step == "second-factor")
        }
        let version = try await stage.ada.call("factor-rules.show").version
        _ = try await stage.ada.call(
            "factor-rules.set", body: ["level": "all", "rules": [rules[0]]], version: version)
        // The browser that came in so is asked as well.
        #expect(try await stage.bob.call("me.show").status == 401)
    }

    @Test func `ten are remembered, and other people's are nobody's business`() async throws {
        let stage = try await stage()
        for _ in 0...RememberedDevice.most { _ = try await remember(stage) }
        #expect(try await stage.bob.call("me.remembered-devices").items.count == RememberedDevice.most)
        #expect(
            try await stage.ada.call("user-devices.remembered-devices", [stage.id.text]).items.count
                == RememberedDevice.most)
        #expect(try await stage.bob.call("user-devices.remembered-devices", [stage.id.text]).status == 403)
        #expect(try await stage.ada.call("user-devices.remembered-devices", [UserID.new().text]).status == 404)
        #expect(try await stage.ada.call("me.remembered-devices").items.isEmpty)
    }
}

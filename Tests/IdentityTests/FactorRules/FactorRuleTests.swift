import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Of whom a second factor is asked, through the doors.
@Suite(.timeLimit(.minutes(5))) struct FactorRuleTests {
    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor
        let id: UserID
    }

    private func stage() async throws -> Stage {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (id, bob) = try await ada.take("bob")
        return Stage(house: house, scope: scope, ada: ada, bob: bob, id: id)
    }

    @discardableResult
    private func set(_ stage: Stage, _ level: String, _ rules: JSON...) async throws -> Answer {
        let version = try await stage.ada.call("factor-rules.show").version
        _ = try await stage.ada.call("me.step-up", body: ["code": .string(stage.ada.freshCode())])
        return try await stage.ada.call(
            "factor-rules.set", body: ["level": .string(level), "rules": .array(rules)], version: version)
    }

    private func bob(_ stage: Stage) -> JSON { [["user": .string(stage.id.text)]] }

    @Test func `where none is asked the password is enough, and asked for again it is not`() async throws {
        let stage = try await stage()
        #expect(try await stage.ada.call("factor-rules.show").json["level"] == "all")
        #expect(try await set(stage, "administrators").status == 200)
        let done = try await stage.bob.password()
        #expect(done.step == "done" && done.cookie != nil, "\(done.json)")
        stage.bob.keep(cookie: done.cookie)
        #expect(try await stage.bob.call("me.show").json["secondFactorAt"] == .null)
        // What hurts takes one all the same, and then he has shown it.
        #expect(try await stage.bob.call("me.create-token", body: ["name": "x"]).problem == "step-up-required")
        let other: JSON = ["current": .string(House.password), "password": "nine herons under the bridge"]
        #expect(try await stage.bob.call("me.password", body: other).problem == "step-up-required")
        // Of an administrator it is asked.
        #expect(try await stage.ada.password().step == "second-factor")
        // The browser that was let in so is out as soon as the rules say otherwise.
        #expect(try await set(stage, "all").status == 200)
        #expect(try await stage.bob.call("me.show").status == 401)
        #expect(try await stage.bob.password().step == "second-factor")
    }

    @Test func `a browser that none was asked of ends when its person gets a role, a rule, or another address`()
        async throws
    {
        let stage = try await stage()
        let inside: JSON = [
            "name": "office", "everyone": true, "sources": ["192.0.2.0/24"], "action": "skip",
        ]
        try await set(stage, "administrators", inside)
        let done = try await stage.bob.password()
        #expect(done.step == "done")
        stage.bob.keep(cookie: done.cookie)
        #expect(try await stage.bob.call("me.show").status == 200)
        stage.house.move(to: "198.51.100.1")
        // There the level decides, and he is no administrator.
        #expect(try await stage.bob.call("me.show").status == 200)
        let user = try await stage.ada.call("users.show", [stage.id.text])
        let promoted = try await stage.ada.call(
            "users.change", [stage.id.text], body: ["roles": ["user", "auditor"]], version: user.version)
        #expect(promoted.status == 200, "\(promoted.json)")
        #expect(try await stage.bob.call("me.show").status == 401)
        stage.house.move(to: "192.0.2.1")
        #expect(try await stage.bob.call("me.show").status == 200)
        try await set(stage, "off", ["name": "bob", "who": bob(stage), "action": "require"], inside)
        #expect(try await stage.bob.call("me.show").status == 401)
    }

    @Test func `whoever is asked and has none sets one up, and gets nowhere else`() async throws {
        let stage = try await stage()
        try await set(stage, "off")
        let made = try await stage.ada.call("users.create", body: ["login": "cleo", "name": "Cleo"])
        let cleo = Visitor(house: stage.house, scope: stage.scope, login: "cleo")
        let invitation = String(made["invitationUrl"].split(separator: "=").last ?? "")
        let first = try await cleo.open(
            "auth.invitation", ["token": .string(invitation), "password": .string(House.password)])
        #expect(first.step == "done" && first.cookie != nil)
        try await set(stage, "all")
        let next = try await cleo.password()
        #expect(next.step == "enrol" && next.cookie == nil)
        #expect(try await cleo.open("auth.review", ["token": .string(next["token"])]).status == 401)
        try await cleo.enrol(next["token"])
    }

    @Test func `whoever wants to be asked is, from then on`() async throws {
        let stage = try await stage()
        try await set(stage, "off")
        let done = try await stage.bob.password()
        stage.bob.keep(cookie: done.cookie)
        #expect(try await stage.bob.call("me.want-second-factor").status == 204)
        #expect(try await stage.bob.call("me.show").status == 401)
        #expect(try await stage.bob.password().step == "second-factor")
        try await stage.bob.signIn()
        #expect(try await stage.bob.call("me.show").status == 200)
    }

    @Test func `a rule says which factors count: what does not is shown first, and another one is set up`() async throws
    {
        let stage = try await stage()
        let passkeys: JSON = ["name": "keys", "who": bob(stage), "action": "require", "factors": ["passkey"]]
        try await set(stage, "all", passkeys)
        // What does not count confirms nothing either.
        let confirmed = try await stage.bob.call("me.step-up", body: ["code": .string(stage.bob.freshCode())])
        #expect(confirmed.problem == "factor-not-counted")
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor" && first.json["factors"] == ["authenticator"])
        let next = try await stage.bob.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(stage.bob.freshCode())])
        #expect(next.step == "enrol" && next.cookie == nil && next.json["factors"] == ["passkey"])
        // No other app takes its place.
        let offered = try await stage.bob.open("auth.enrolment", ["token": .string(next["token"])])
        #expect(offered.status == 401)
        // A recovery code stands for an app, which does not count here.
        let again = try await stage.bob.password()
        let recovered = try await stage.bob.open(
            "auth.second-factor",
            ["token": .string(again["token"]), "code": .string(stage.bob.pocket.recoveryCodes[0])])
        #expect(recovered.step == "enrol" && recovered.cookie == nil)
    }

    @Test func `rules about ssh and the command line hold there, and only there`() async throws {
        let stage = try await stage()
        let (gateway, from) = (stage.house.identity.gateway, "198.51.100.7")
        func ssh() async throws -> GatewaySignIn.PasswordAnswer {
            try await gateway.password(
                login: "bob", Secret(House.password), from: from, at: stage.house.now, in: stage.scope)
        }
        func cli(_ code: String) async throws -> Answer {
            try await stage.bob.open(
                "auth.cli", ["login": "bob", "password": .string(House.password), "code": .string(code)])
        }
        let skip: JSON = ["name": "machines", "who": bob(stage), "entrances": ["ssh", "cli"], "action": "skip"]
        try await set(stage, "all", skip)
        guard case .complete = try await ssh() else { return #expect(Bool(false), "ssh") }
        let token = try await cli("")["token"]
        #expect(token.hasPrefix("ght_"))
        #expect(try await stage.bob.password().step == "second-factor")
        func program() async throws -> Int {
            try await stage.house.call("me.show", in: stage.scope, headers: [.authorization: "Bearer \(token)"]).status
        }
        #expect(try await program() == 200)
        // The token has shown none, and is not enough for another password.
        let other: JSON = ["current": .string(House.password), "password": "nine herons under the bridge"]
        let changed = try await stage.house.call(
            "me.password", body: other, in: stage.scope, headers: [.authorization: "Bearer \(token)"])
        #expect(changed.problem == "step-up-required")
        let shown = try await stage.house.test.superuser().query(
            "select second_factor_at is null from api_tokens where user_id = \(stage.id)"
        ) { try $0.next(Bool.self) }
        #expect(shown == [true])
        let passkeys: JSON = [
            "name": "keys", "who": bob(stage), "entrances": ["ssh", "cli"], "action": "require", "factors": ["passkey"],
        ]
        try await set(stage, "off", passkeys)
        // What was let in by the rule is out with it.
        #expect(try await program() == 401)
        guard case .finishInPortal = try await ssh() else { return #expect(Bool(false), "ssh") }
        #expect(try await cli(stage.bob.freshCode()).problem == "finish-in-portal")
        let code = stage.bob.freshCode()
        #expect(try await gateway.code(code, of: stage.id, from: from, at: stage.house.now, in: stage.scope) == nil)
        #expect(try await stage.bob.password().step == "done")
    }

    @Test func `rules that cannot be read let nobody off`() async throws {
        let stage = try await stage()
        try await set(stage, "off")
        #expect(try await stage.bob.password().step == "done")
        _ = try await stage.house.test.superuser().execute(
            """
            update tenant_factor_rules set rules = '[{"name": "from another time"}]'
            where tenant_id = \(stage.scope.tenant)
            """)
        let answer = try await stage.bob.password()
        #expect(answer.step != "done" && answer.cookie == nil)
    }

    @Test func `what would be asked is told, and nobody shuts themselves out`() async throws {
        let stage = try await stage()
        func ask(_ more: JSON = [:]) async throws -> Answer {
            let body: JSON = ["user": .string(stage.id.text), "address": "192.0.2.7"]
            return try await stage.ada.call("factor-rules.try", body: body.merging(more))
        }
        #expect(try await ask()["ask"] == "second-factor")
        try await set(
            stage, "off",
            [
                "name": "from outside", "who": bob(stage), "sources": ["198.51.100.0/24"], "entrances": ["ssh"],
                "action": "require", "factors": ["passkey", "email"],
            ],
            ["name": "sso", "everyone": true, "after": ["provider"], "action": "require"])
        let nothing = try await ask()
        #expect(nothing["ask"] == "nothing" && nothing.json["ruleName"] == .null && nothing["level"] == "off")
        let sso = try await ask(["after": "provider"])
        #expect(sso["ask"] == "second-factor" && sso["ruleName"] == "sso" && sso.json["factors"] == ["authenticator"])
        let outside = try await ask(["entrance": "ssh", "address": "198.51.100.9"])
        #expect(outside["ask"] == "second-factor" && outside["ruleName"] == "from outside")
        #expect(try await ask(["address": "nowhere"]).problem == "invalid-fields")
        let shut: JSON = ["name": "x", "everyone": true, "action": "require", "factors": ["provider"]]
        #expect(try await set(stage, "all", shut).problem == "would-lock-you-out")
        let stale = try await stage.ada.call(
            "factor-rules.set", body: ["level": "all", "rules": []], version: 1)
        #expect(stale.problem == "version-changed")
        #expect(
            try await set(
                stage, "all", ["name": "x", "who": [["user": .string(UserID.new().text)]], "action": "skip"]
            ).problem == "invalid-fields")
        #expect(try await stage.bob.call("factor-rules.show").status == 403)
    }
}

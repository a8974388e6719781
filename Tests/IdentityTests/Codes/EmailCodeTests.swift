import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// Codes by e-mail: who gets them, how long they are good, and what they open.
@Suite(.timeLimit(.minutes(5))) struct EmailCodeTests {
    private let address = "bob@example.com"

    /// A company whose people may confirm by e-mail, and Bob, who was invited and has chosen a password.
    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor
        let id: String
        /// Of the sign-in in which Bob is to set up his first factor.
        let token: String
    }

    private func stage(on: Bool = true) async throws -> Stage {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        if on { try await turn(true, house, scope) }
        let made = try await ada.call(
            "users.create", body: ["login": "bob", "name": "Bob", "email": .string(address)])
        let bob = Visitor(house: house, scope: scope, login: "bob")
        let chosen = try await bob.open(
            "auth.invitation",
            [
                "token": .string(String(made["invitationUrl"].split(separator: "=").last ?? "")),
                "password": .string(House.password),
            ])
        #expect(chosen.step == "enrol")
        #expect(
            chosen.json["factors"] == (on ? ["authenticator", "passkey", "email"] : ["authenticator", "passkey"]))
        return Stage(house: house, scope: scope, ada: ada, bob: bob, id: made["id"], token: chosen["token"])
    }

    private func turn(_ isOn: Bool, _ house: House, _ scope: TenantScope) async throws {
        _ = try await house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'second-factor.email', \(JSON.bool(isOn)), \(scope.tenant.uuid))
            on conflict (tenant_id, key) do update set value = excluded.value
            """)
    }

    private func send(_ stage: Stage, _ token: String) async throws -> Answer {
        try await stage.bob.open("auth.email-code", ["token": .string(token)])
    }

    private func mailed(_ stage: Stage, to address: String? = nil) throws -> String {
        try #require(stage.house.mailbox.code(to: address ?? self.address))
    }

    private func verify(_ stage: Stage, _ token: String, _ code: String) async throws -> Answer {
        try await stage.bob.open("auth.second-factor", ["token": .string(token), "code": .string(code)])
    }

    /// Bob takes codes by e-mail for his second factor.
    private func enrol(_ stage: Stage) async throws {
        let sent = try await send(stage, stage.token)
        #expect(sent.status == 200 && sent["sentTo"] == "b***@example.com", "\(sent.json)")
        let done = try await stage.bob.open(
            "auth.enrol-email", ["token": .string(stage.token), "code": .string(try mailed(stage))])
        #expect(done.step == "done" && done.cookie != nil, "\(done.json)")
        guard case .array(let codes)? = done.json["recoveryCodes"] else { return #expect(Bool(false)) }
        #expect(codes.count == RecoveryCode.count)
        stage.bob.keep(cookie: done.cookie)
        stage.house.wait(SentCode.pause)
    }

    private func other(than code: String) -> String { code == "111111" ? "222222" : "111111" }

    @Test func `nothing is sent unless the company lets it count`() async throws {
        let stage = try await stage(on: false)
        let before = stage.house.mailbox.all.count
        #expect(try await send(stage, stage.token).problem == "code-not-sent")
        #expect(try await stage.ada.call("me.email-code").problem == "code-not-sent")
        #expect(try await stage.ada.call("me.show").json["mayAddEmail"] == .bool(false))
        #expect(stage.house.mailbox.all.count == before)
        let guess = try await stage.bob.open("auth.enrol-email", ["token": .string(stage.token), "code": "123456"])
        #expect(guess.problem == "code-refused")
    }

    @Test func `who gets a code comes in by it, once, with a fresh one each time`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        #expect(try await stage.bob.call("me.show").json["factors"] == ["email"])
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor" && first.json["factors"] == ["email"])
        #expect(try await send(stage, first["token"]).status == 200)
        let code = try mailed(stage)
        #expect(try await verify(stage, first["token"], other(than: code)).problem == "code-refused")
        let done = try await verify(stage, first["token"], code)
        #expect(done.step == "done" && done.cookie != nil)
        let second = try await stage.bob.password()
        #expect(try await verify(stage, second["token"], code).problem == "code-refused")
    }

    @Test func `of two who show one code at once exactly one comes in`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        let tokens = [try await stage.bob.password()["token"], try await stage.bob.password()["token"]]
        #expect(try await send(stage, tokens[0]).status == 200)
        let code = try mailed(stage)
        async let one = verify(stage, tokens[0], code)
        async let two = verify(stage, tokens[1], code)
        #expect(try await [one, two].filter { $0.step == "done" }.count == 1)
    }

    @Test func `the letter has the code, and neither a link nor a name that somebody chose`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        let letter = try #require(stage.house.mailbox.all.last)
        let code = try mailed(stage)
        #expect(letter.text.contains(code) && !letter.subject.contains(code))
        #expect(letter.text.contains("192.0.2.1"))
        for word in ["http", "://", "localhost", "Bob", "#"] {
            #expect(!letter.text.contains(word) && !letter.subject.contains(word))
        }
    }

    @Test func `another one is sent after a minute, and the one before is worth nothing then`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        let token = try await stage.bob.password()["token"]
        #expect(try await send(stage, token).status == 200)
        let code = try mailed(stage)
        stage.house.wait(20)
        let soon = try await send(stage, token)
        #expect(soon.status == 429 && soon.headers[.retryAfter] == "40")
        stage.house.wait(40)
        // The same digits twice are possible, and prove nothing then.
        repeat {
            #expect(try await send(stage, token).status == 200)
            stage.house.wait(SentCode.pause)
        } while try mailed(stage) == code
        #expect(try await verify(stage, token, code).problem == "code-refused")
        #expect(try await verify(stage, token, try mailed(stage)).step == "done")
    }

    @Test func `a code is good for five minutes`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        for (wait, step) in [(SentCode.lifetime, ""), (SentCode.lifetime - 1, "done")] {
            let token = try await stage.bob.password()["token"]
            #expect(try await send(stage, token).status == 200)
            stage.house.wait(wait)
            #expect(try await verify(stage, token, try mailed(stage)).step == step)
        }
    }

    @Test func `guesses spend the code, and lock as wrong passwords do`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        stage.house.move(to: "198.51.100.9")
        let token = try await stage.bob.password()["token"]
        #expect(try await send(stage, token).status == 200)
        let code = try mailed(stage)
        for _ in 0..<SentCode.mostTries {
            #expect(try await verify(stage, token, other(than: code)).problem == "code-refused")
        }
        // Neither in that sign-in nor in another one.
        let again = try await stage.bob.password()["token"]
        #expect(try await verify(stage, again, code).problem == "code-refused")
        #expect(try await verify(stage, again, other(than: code)).problem == "code-refused")
        #expect(try await stage.house.isLocked("bob"))
    }

    @Test
    func `an address that somebody else says is no way in: the one that was confirmed is asked, then the new one`()
        async throws
    {
        let stage = try await stage()
        try await enrol(stage)
        let user = try await stage.ada.call("users.show", [stage.id])
        let changed = try await stage.ada.call(
            "users.change", [stage.id], body: ["email": "robert@example.com"], version: user.version)
        #expect(changed.status == 200, "\(changed.json)")
        // The password alone sets nothing up, and nor does it with the new mailbox: first the code at the old address.
        let next = try await stage.bob.password()
        #expect(next.step == "second-factor" && next.json["factors"] == ["email"])
        #expect(try await stage.bob.open("auth.enrolment", ["token": .string(next["token"])]).status == 401)
        #expect(try await send(stage, next["token"])["sentTo"] == "b***@example.com")
        #expect(stage.house.mailbox.code(to: "robert@example.com") == nil)
        let enrol = try await verify(stage, next["token"], try mailed(stage))
        #expect(enrol.step == "enrol" && enrol.cookie == nil)
        stage.house.wait(SentCode.pause)
        #expect(try await send(stage, enrol["token"])["sentTo"] == "r***@example.com")
        let done = try await stage.bob.open(
            "auth.enrol-email",
            ["token": .string(enrol["token"]), "code": .string(try mailed(stage, to: "robert@example.com"))])
        #expect(done.step == "done", "\(done.json)")
    }

    @Test func `codes that count no longer are asked for once more, before something else is set up`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        try await turn(false, stage.house, stage.scope)
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor")
        #expect(try await stage.bob.open("auth.enrolment", ["token": .string(first["token"])]).status == 401)
        #expect(try await send(stage, first["token"]).status == 200)
        let next = try await verify(stage, first["token"], try mailed(stage))
        #expect(next.step == "enrol" && next.json["factors"] == ["authenticator", "passkey"])
        #expect(next.cookie == nil)
        try await stage.bob.enrol(next["token"])
        let after = try await stage.bob.password()
        #expect(after.json["factors"] == ["authenticator"])
        // And from then on it is nothing any more.
        #expect(try await send(stage, after["token"]).problem == "code-not-sent")
    }

    @Test func `whoever has both may show either, and confirms what hurts with it`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        let ada = stage.ada
        #expect(try await ada.call("me.show").json["mayAddEmail"] == .bool(true))
        #expect(try await ada.call("me.remove-email-factor").status == 404)
        #expect(try await ada.call("me.email-code").status == 200)
        #expect(try await ada.call("me.add-email-factor", body: ["code": "abcdef"]).problem == "code-refused")
        let code = try mailed(stage, to: "ada@example.com")
        #expect(try await ada.call("me.add-email-factor", body: ["code": .string(code)]).status == 204)
        #expect(try await ada.call("me.show").json["factors"] == ["authenticator", "email"])
        stage.house.wait(3000)
        #expect(try await ada.call("me.remove-authenticator").problem == "step-up-required")
        #expect(try await ada.call("me.email-code").status == 200)
        let fresh = try mailed(stage, to: "ada@example.com")
        #expect(try await ada.call("me.step-up", body: ["code": .string(fresh)]).status == 204)
        #expect(try await ada.call("me.step-up", body: ["code": .string(fresh)]).problem == "code-refused")
        #expect(try await ada.call("me.remove-authenticator").status == 204)
        #expect(try await ada.call("me.remove-email-factor").problem == "last-second-factor")
        #expect(try await ada.call("me.show").json["factors"] == ["email"])
    }

    @Test func `at a gateway an empty code has one sent, and a right one lets in`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        let (gateway, house) = (stage.house.identity.gateway, stage.house)
        let from = "198.51.100.7"
        let answer = try await gateway.password(
            login: "bob", Secret(House.password), from: from, at: house.now, in: stage.scope)
        guard case .codeNeeded(let person, _) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(try await gateway.sendCode(to: person.id, from: from, at: house.now, in: stage.scope))
        let letters = house.mailbox.all.count
        // Soon after, the code that is on its way is the one.
        #expect(try await gateway.sendCode(to: person.id, from: from, at: house.now, in: stage.scope))
        #expect(house.mailbox.all.count == letters)
        let code = try mailed(stage)
        #expect(try await gateway.code(code, of: person.id, from: from, at: house.now, in: stage.scope) == .email)
        #expect(try await gateway.code(code, of: person.id, from: from, at: house.now, in: stage.scope) == nil)
        let ada = try #require(UserID(try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""))
        #expect(try await !gateway.sendCode(to: ada, from: from, at: house.now, in: stage.scope))
    }

    @Test func `on the command line an empty code has one sent`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        func cli(_ code: String) async throws -> Answer {
            try await stage.bob.open(
                "auth.cli", ["login": "bob", "password": .string(House.password), "code": .string(code)])
        }
        #expect(try await cli("").problem == "code-sent")
        #expect(try await cli(" ").problem == "code-sent")
        #expect(try await cli(other(than: try mailed(stage))).problem == "sign-in-refused")
        #expect(try await cli(try mailed(stage))["token"].hasPrefix("ght_"))
        #expect(stage.house.mailbox.all.count == 2)
    }

    @Test func `where no mail goes, nothing pretends that it did`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        stage.house.mailbox.shut()
        let token = try await stage.bob.password()["token"]
        for _ in 0..<2 { #expect(try await send(stage, token).problem == "code-not-sent") }
        let cli = try await stage.bob.open(
            "auth.cli", ["login": "bob", "password": .string(House.password), "code": ""])
        #expect(cli.problem == "code-not-sent")
    }

    @Test func `a lost factor that is taken away leaves no code behind`() async throws {
        let stage = try await stage()
        try await enrol(stage)
        let token = try await stage.bob.password()["token"]
        #expect(try await send(stage, token).status == 200)
        #expect(try await stage.ada.call("users.reset-second-factor", [stage.id]).status == 200)
        #expect(try await verify(stage, token, try mailed(stage)).problem == "sign-in-expired")
        let left = try await stage.house.test.superuser().query(
            "select (select count(*) from sent_codes) + (select count(*) from code_factors)"
        ) { try $0.next(Int.self) }
        #expect(left == [0])
        #expect(try await stage.bob.password().step == "enrol")
    }

    @Test func `guesses at the code that sets it up lock, too, and a locked account takes not even the right one`()
        async throws
    {
        let stage = try await stage()
        // Begun while the account is open, as whoever has the password could.
        let (second, third) = (try await stage.bob.password()["token"], try await stage.bob.password()["token"])
        func enrol(_ token: String, _ code: String) async throws -> Answer {
            try await stage.bob.open("auth.enrol-email", ["token": .string(token), "code": .string(code)])
        }
        for (token, guesses) in [(stage.token, 4), (second, 3)] {
            #expect(try await send(stage, token).status == 200)
            for _ in 0..<guesses {
                #expect(try await !stage.house.isLocked("bob"))
                #expect(try await enrol(token, other(than: try mailed(stage))).problem == "code-refused")
            }
            if token == stage.token { stage.house.wait(SentCode.pause) }
        }
        #expect(try await stage.house.isLocked("bob"))
        #expect(try await stage.bob.password().problem == "sign-in-refused")
        #expect(try await enrol(third, try mailed(stage)).problem == "code-refused")
        stage.house.wait(AttemptLimits.firstWait)
        #expect(try await enrol(third, try mailed(stage)).step == "done")
    }

    @Test func `codes are six digits, and an address shows no more than it must`() {
        let codes = (0..<1000).map { _ in SixDigits().text }
        #expect(codes.allSatisfy { $0.count == 6 && $0.allSatisfy { "0"..."9" ~= $0 } })
        #expect(Set(codes).count > 900)
        #expect(SentCode.masked("ada.archer@example.com", .email) == "a***@example.com")
        #expect(SentCode.masked("x@y", .email) == "x***@y")
    }
}

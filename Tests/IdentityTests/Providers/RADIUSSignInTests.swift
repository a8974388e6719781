import Cryptography
import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People of real RADIUS servers at the doors of a tenant.
@Suite(.serialized, .enabled(if: TestRadius.isThere)) struct RADIUSSignInTests {
    static let password = TestRadius.password

    private func makeProvider(
        for admin: Visitor, ports: [Int], settings: JSON = [:], _ more: JSON = [:]
    ) async throws -> Answer {
        try admin.house.opened.open(ports)
        let base: JSON = [
            "kind": "radius", "servers": .array(ports.map { ["host": "127.0.0.1", "port": .int(Int64($0))] }),
        ]
        let body: JSON = [
            "name": "Radius", "createsUsers": .bool(true), "settings": base.merging(settings),
            "secret": .string(TestRadius.secret),
        ]
        let made = try await admin.call("identity-providers.create", body: body.merging(more))
        #expect(made.status == 201, "\(made.json)")
        return made
    }

    private func user(_ login: String, _ admin: Visitor) async throws -> JSON? {
        try await admin.call("users.list").items.first { $0["login"]?.text == login }
    }

    private func answer(_ text: String, to question: Answer, _ visitor: Visitor) async throws -> Answer {
        try await visitor.open(
            "auth.challenge", ["token": .string(question["token"]), "answer": .string(text)])
    }

    @Test(arguments: ["pap", "chap"])
    func `somebody of the server is taken in, enrols, and comes back as the same person`(how: String) async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let rules: JSON = [["directoryGroup": "ops", "role": "auditor"]]
        let provider = try await makeProvider(
            for: admin, ports: [test.first.port], settings: ["protocol": .string(how)], ["rules": rules])
        #expect(!String(decoding: provider.json.bytes, as: UTF8.self).contains(TestRadius.secret))
        let ann = Visitor(house: house, scope: scope, login: "ann")
        let first = try await ann.password(Self.password("ann"))
        #expect(first.step == "enrol", "\(first.json)")
        try await ann.enrol(first["token"])
        #expect(try await ann.call("me.show").status == 200)
        guard case .array(let roles)? = try await user("ann", admin)?["roles"] else {
            return #expect(Bool(false), "there is no ann")
        }
        #expect(Set(roles.compactMap { $0["builtIn"]?.text }) == ["auditor", "user"])
        let again = try await ann.password(Self.password("ann"), login: "ANN")
        #expect(again.step == "second-factor")
        let links = try await admin.call("identity-providers.links", [provider["id"]]).items
        #expect(links.map { $0["subject"]?.text } == ["ann"])
        for wrong in ["secret of ben", "SECRET OF ANN"] {
            #expect(try await ann.password(wrong).problem == "sign-in-refused")
        }
    }

    @Test func `a no from a server lets the next provider be asked, and counts all the same`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        // The first one knows nobody; the second one is the right one.
        let stranger = try await LyingRadius("silent")
        _ = try await makeProvider(for: admin, ports: [test.second.port], ["name": "First", "position": 1])
        _ = try await makeProvider(
            for: admin, ports: [stranger.port], settings: ["timeoutSeconds": .int(1)], ["name": "Down", "position": 2])
        let (_, ben) = try await admin.take("ben")
        try await admin.house.test.superuser().execute("update identity_providers set links_users = true")
        for _ in 0..<AttemptCounter.most { #expect(try await ben.password("wrong").status == 401) }
        // Neither his own password nor the server's opens it now, though one of the providers never said anything.
        #expect(try await ben.password().status == 401)
        #expect(try await house.isLocked("ben"))
        let nobody = Visitor(house: house, scope: scope, login: "nobody")
        #expect(try await nobody.password("x").problem == "sign-in-refused")
    }

    @Test func `people come in within three seconds when the first server is gone or hangs`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(
            for: admin, ports: [test.first.port, test.second.port], settings: ["failoverSeconds": .int(1)])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        test.first.signal(SIGSTOP)
        let start = ContinuousClock.now
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(ContinuousClock.now - start < .seconds(3))
        test.first.signal(SIGCONT)
        await test.first.stop()
        let again = ContinuousClock.now
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(ContinuousClock.now - again < .seconds(3))
    }

    @Test func `servers that are down lock nobody`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(for: admin, ports: [test.first.port])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        await test.first.stop()
        for _ in 0...AttemptCounter.most { #expect(try await ann.password(Self.password("ann")).status == 401) }
        #expect(try await !house.isLocked("ann"))
    }

    @Test func `a server's question is asked in the browser, and our own second factor still is`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let asked = try await cara.password(Self.password("cara"))
        #expect(asked.step == "challenge" && asked["prompt"] == TestRadius.question, "\(asked.json)")
        // Nobody is anybody before the server has said so.
        #expect(try await user("cara", admin) == nil)
        #expect(asked.cookie == nil)
        for name in ["auth.second-factor", "auth.confirm-enrolment"] {
            let body: JSON = ["token": .string(asked["token"]), "code": .string(TestRadius.code)]
            #expect(try await cara.open(name, body).problem == "sign-in-expired")
        }
        let right = try await answer(TestRadius.code, to: asked, cara)
        #expect(right.step == "enrol", "\(right.json)")
        try await cara.enrol(right["token"])
        let next = try await cara.password(Self.password("cara"))
        #expect(try await answer(TestRadius.code, to: next, cara).step == "second-factor")
        // An answer counts once, right or wrong, and not for long.
        #expect(try await answer(TestRadius.code, to: next, cara).problem == "sign-in-expired")
        let third = try await cara.password(Self.password("cara"))
        #expect(try await answer("654321", to: third, cara).problem == "sign-in-refused")
        #expect(try await answer(TestRadius.code, to: third, cara).problem == "sign-in-expired")
        let late = try await cara.password(Self.password("cara"))
        house.wait(ProviderChallenge.lifetime + 1)
        #expect(try await answer(TestRadius.code, to: late, cara).problem == "sign-in-expired")
    }

    @Test func `wrong answers lock the account, and a question alone does not`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let first = try await cara.password(Self.password("cara"))
        try await cara.enrol(try await answer(TestRadius.code, to: first, cara)["token"])
        for _ in 0...AttemptCounter.most {
            #expect(try await cara.password(Self.password("cara")).step == "challenge")
        }
        #expect(try await !house.isLocked("cara"))
        for _ in 0..<AttemptCounter.most {
            let asked = try await cara.password(Self.password("cara"))
            #expect(asked.step == "challenge")
            #expect(try await answer("654321", to: asked, cara).problem == "sign-in-refused")
        }
        #expect(try await house.isLocked("cara"))
        #expect(try await cara.password(Self.password("cara")).problem == "sign-in-refused")
    }

    @Test func `many answers at once to one question are one answer`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let asked = try await cara.password(Self.password("cara"))
        let said = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let text = number == 19 ? TestRadius.code : "00000\(number)"
                    let answer = try await self.answer(text, to: asked, cara)
                    return answer.problem.isEmpty ? answer.step : answer.problem
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(said.count { $0 != "sign-in-expired" } == 1, "\(said)")
    }

    @Test func `where the provider's administrators say so, the answer is the second factor`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(
            for: admin, ports: [test.first.port], settings: ["challengeIsSecondFactor": .bool(true)])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let asked = try await cara.password(Self.password("cara"))
        #expect(asked.step == "challenge")
        let done = try await answer(TestRadius.code, to: asked, cara)
        #expect(done.step == "done", "\(done.json)")
        cara.keep(cookie: done.cookie)
        #expect(try await cara.call("me.show").status == 200)
        // Who was asked nothing has proven nothing more.
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
    }

    @Test func `the command line passes the question on`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let first = try await cara.password(Self.password("cara"))
        try await cara.enrol(try await self.answer(TestRadius.code, to: first, cara)["token"])
        func begin() async throws -> JSON {
            let begun = try await cara.open(
                "auth.cli", ["login": "cara", "password": .string(Self.password("cara")), "code": ""])
            #expect(begun.status == 200 && begun.json["token"] == .null, "\(begun.json)")
            return begun.json["challenge"] ?? .null
        }
        func answer(_ challenge: JSON, _ text: String, code: String) async throws -> Answer {
            try await cara.open(
                "auth.cli-challenge",
                ["token": challenge["token"] ?? .null, "answer": .string(text), "code": .string(code)])
        }
        let asked = try await begin()
        #expect(asked["prompt"]?.text == TestRadius.question && asked["codeNeeded"] == .bool(true))
        // The code of the provider is not ours.
        #expect(try await answer(asked, TestRadius.code, code: "").problem == "sign-in-refused")
        #expect(try await answer(try await begin(), "654321", code: cara.freshCode()).problem == "sign-in-refused")
        let right = try await answer(try await begin(), TestRadius.code, code: cara.freshCode())
        #expect(right["token"].hasPrefix("ght_"), "\(right.json)")
        let changed = try await admin.call(
            "identity-providers.change", [provider["id"]],
            body: [
                "settings": (provider.json["settings"] ?? .null).merging(["challengeIsSecondFactor": .bool(true)])
            ], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        let easy = try await begin()
        #expect(easy["codeNeeded"] == .bool(false))
        #expect(try await answer(easy, TestRadius.code, code: "")["token"].hasPrefix("ght_"))
    }

    @Test func `somebody in front of a gateway is asked too`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let gateway = house.identity.gateway
        func begin(_ conversation: String) async throws -> GatewayProof {
            try await gateway.password(
                login: "cara", Secret(Self.password("cara")), conversation: conversation, from: "192.0.2.1",
                at: house.now,
                in: scope)
        }
        func answer(_ text: String, _ conversation: String) async throws -> GatewayProof {
            try await gateway.answer(
                Secret(text), conversation: conversation, from: "192.0.2.1", at: house.now, in: scope)
        }
        let question = GatewayProof.asked(TestRadius.question, codeNeeded: true)
        #expect(try await begin("one") == question)
        #expect(try await answer(TestRadius.code, "two") == .refused)
        guard case .finishInPortal = try await answer(TestRadius.code, "one") else {
            return #expect(Bool(false), "without a second factor nobody comes in")
        }
        #expect(try await answer(TestRadius.code, "one") == .refused)
        let first = try await cara.password(Self.password("cara"))
        try await cara.enrol(try await self.answer(TestRadius.code, to: first, cara)["token"])
        #expect(try await begin("three") == question)
        guard case .codeNeeded(let person, _) = try await answer(TestRadius.code, "three") else {
            return #expect(Bool(false), "the right answer was refused")
        }
        #expect(person.login == "cara")
        #expect(try await begin("four") == question)
        #expect(try await answer("654321", "four") == .refused)
        let changed = try await admin.call(
            "identity-providers.change", [provider["id"]],
            body: [
                "settings": (provider.json["settings"] ?? .null).merging(["challengeIsSecondFactor": .bool(true)])
            ], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        #expect(try await begin("five") == .asked(TestRadius.question, codeNeeded: false))
        guard case .complete = try await answer(TestRadius.code, "five") else {
            return #expect(Bool(false), "the answer is the second factor")
        }
        // Without a conversation there is nowhere to ask.
        let nowhere = try await gateway.password(
            login: "cara", Secret(Self.password("cara")), from: "192.0.2.1", at: house.now, in: scope)
        #expect(nowhere == .refused)
    }

    @Test func `a server may ask again, but not for ever`() async throws {
        let server = try await LyingRadius("questions")
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(for: admin, ports: [server.port])
        let eve = Visitor(house: house, scope: scope, login: "eve")
        let asked = try await eve.password("x")
        #expect(asked["prompt"] == "Question 1")
        let second = try await answer("no", to: asked, eve)
        #expect(second.step == "challenge" && second["prompt"] == "Question 2" && second["token"] == asked["token"])
        #expect(try await answer("sesame", to: second, eve).step == "enrol")
        var last = try await eve.password("x")
        for _ in 1..<ProviderChallenge.mostRounds {
            last = try await answer("no", to: last, eve)
            #expect(last.step == "challenge")
        }
        #expect(try await answer("sesam", to: last, eve).problem == "sign-in-refused")
        #expect(try await answer("sesame", to: last, eve).problem == "sign-in-expired")
        // The answers of that sign-in count, so that no server's patience is a guesser's.
        let failures = try await house.test.superuser().query(
            "select failed_attempts from users where login = 'eve'"
        ) { try $0.next(Int.self) }
        #expect(failures == [ProviderChallenge.mostRounds])
    }

    @Test func `what a server wants to be shown is plain text`() async throws {
        let server = try await LyingRadius("markup")
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(for: admin, ports: [server.port])
        let eve = Visitor(house: house, scope: scope, login: "eve")
        let asked = try await eve.password("x")
        #expect(asked["prompt"].hasPrefix("<b>Code</b> [2Jnow xxx"), "\(asked["prompt"])")
        #expect(asked["prompt"].unicodeScalars.count <= 200)
        #expect(try await answer("x", to: asked, eve).step == "enrol")
    }

    @Test func `a sign-in that waits does not outlive its provider, its server or its person`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(for: admin, ports: [test.first.port, test.second.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        func change(_ body: JSON, version: Int) async throws {
            let answer = try await admin.call(
                "identity-providers.change", [provider["id"]], body: body, version: version)
            #expect(answer.status == 200, "\(answer.json)")
        }
        let first = try await cara.password(Self.password("cara"))
        try await change(["enabled": .bool(false)], version: 1)
        #expect(try await answer(TestRadius.code, to: first, cara).problem == "sign-in-expired")
        try await change(["enabled": .bool(true)], version: 2)
        let second = try await cara.password(Self.password("cara"))
        // The answer goes to the server that asked, and to no other.
        let settings = (provider.json["settings"] ?? .null).merging([
            "servers": [["host": "127.0.0.1", "port": .int(Int64(test.second.port))]]
        ])
        try await change(["settings": settings], version: 3)
        #expect(try await answer(TestRadius.code, to: second, cara).problem == "sign-in-refused")
        let third = try await cara.password(Self.password("cara"))
        try await cara.enrol(try await answer(TestRadius.code, to: third, cara)["token"])
        let fourth = try await cara.password(Self.password("cara"))
        let id = try await user("cara", admin)?["id"]?.text ?? ""
        #expect(try await admin.call("users.disable", [id]).status == 200)
        // Whoever is shut out has nothing open any more.
        #expect(try await answer(TestRadius.code, to: fourth, cara).problem == "sign-in-expired")
        let rows = try await house.test.superuser().query("select count(*) from identity_challenges") {
            try $0.next(Int.self)
        }
        #expect(rows == [0])
    }

    @Test func `a test shows each step, and changes nothing`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let id = try await makeProvider(for: admin, ports: [test.first.port, test.second.port])["id"]
        func steps(_ body: JSON) async throws -> (steps: [String], Answer) {
            let answer = try await admin.call("identity-providers.test", [id], body: body)
            guard case .array(let steps)? = answer.json["steps"] else { return ([], answer) }
            return (steps.map { "\($0["name"]?.text ?? "") \($0["outcome"]?.text ?? "")" }, answer)
        }
        let good = try await steps(["login": "ann", "password": .string(Self.password("ann"))])
        #expect(
            good.steps == [
                "connect passed", "password passed", "groups passed", "account passed", "rules passed",
            ], "\(good.1.json)")
        #expect(good.1["outcome"] == "created")
        #expect(good.1.json["profile"]?["groups"] == ["ops", "staff"])
        let wrong = try await steps(["login": "ann", "password": "wrong"])
        #expect(wrong.steps.last == "password failed" && wrong.1["outcome"] == "refused")
        let asked = try await steps(["login": "cara", "password": .string(Self.password("cara"))])
        #expect(asked.steps.last == "question passed" && asked.1["outcome"] == "asked")
        #expect(String(decoding: asked.1.json.bytes, as: UTF8.self).contains(TestRadius.question))
        #expect(try await steps(["login": "ann"]).steps.contains("password skipped"))
        await test.first.stop()
        let second = try await steps(["login": "ann", "password": .string(Self.password("ann"))])
        #expect(second.steps.starts(with: ["connect failed", "connect passed", "password passed"]))
        #expect(try await admin.call("users.list").items.count == 1)
    }

    @Test(arguments: [
        ("no-signature", "no Message-Authenticator"), ("false-signature", "Message-Authenticator does not fit"),
        ("other-secret", "the secrets differ"),
    ])
    func `a server that lies lets nobody in, and the test says why`(lie: String, words: String) async throws {
        let liar = try await LyingRadius(lie)
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let id = try await makeProvider(for: admin, ports: [liar.port], settings: ["timeoutSeconds": .int(3)])["id"]
        let eve = Visitor(house: house, scope: scope, login: "eve")
        #expect(try await eve.password("x").problem == "sign-in-refused")
        #expect(try await user("eve", admin) == nil)
        let test = try await admin.call("identity-providers.test", [id], body: ["login": "eve", "password": "x"])
        #expect(test["outcome"] == "refused")
        #expect(String(decoding: test.json.bytes, as: UTF8.self).contains(words), "\(test.json)")
    }

    @Test func `a secret goes to the servers it was given for, and to no other`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let made = try await makeProvider(for: admin, ports: [1812])
        let settings = made.json["settings"] ?? .null
        let elsewhere: JSON = ["settings": settings.merging(["servers": [["host": "evil.example", "port": 1812]]])]
        let refused = try await admin.call("identity-providers.change", [made["id"]], body: elsewhere, version: 1)
        #expect(refused.status == 422 && String(decoding: refused.json.bytes, as: UTF8.self).contains("\"/secret\""))
        let kept = try await admin.call(
            "identity-providers.change", [made["id"]],
            body: ["settings": settings.merging(["nasIdentifier": "bastion"])], version: 1)
        #expect(kept.status == 200 && kept.json["hasSecret"] == .bool(true))
        // Another kind is another place.
        let ldap: JSON = [
            "settings": [
                "kind": "ldap", "servers": [["host": "127.0.0.1", "port": 1812]], "bindDn": "cn=x", "baseDn": "dc=x",
            ]
        ]
        #expect(try await admin.call("identity-providers.change", [made["id"]], body: ldap, version: 2).status == 422)
        for wrong: JSON in [
            ["servers": []], ["protocol": "mschap"], ["timeoutSeconds": .int(0)], ["failoverSeconds": .int(6)],
            ["groups": "all"], ["nasIdentifier": ""],
        ] {
            let answer = try await admin.call(
                "identity-providers.change", [made["id"]], body: ["settings": settings.merging(wrong)], version: 2)
            #expect(answer.status == 422, "\(answer.json)")
        }
        let none = try await admin.call(
            "identity-providers.create", body: ["name": "Without", "settings": settings])
        #expect(none.status == 422)
    }
}

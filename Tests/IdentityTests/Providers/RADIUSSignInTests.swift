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

    func makeProvider(
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

    func user(_ login: String, _ admin: Visitor) async throws -> JSON? {
        try await admin.call("users.list").items.first { $0["login"]?.text == login }
    }

    func answer(_ text: String, to question: Answer, _ visitor: Visitor) async throws -> Answer {
        try await visitor.open(
            "auth.challenge", ["token": .string(question["token"]), "answer": .string(text)])
    }

    @Test(arguments: ["pap", "chap", "ms-chap-v2"])
    func `somebody of the server is taken in, enrols, and comes back as the same person`(how: String) async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let people: JSON = ["kind": "attribute", "name": "class", "value": "radius-people"]
        let rules: JSON = [["directoryGroup": "ops", "conditions": [people], "role": "auditor"]]
        let isOverTLS = how == "ms-chap-v2"
        let provider = try await makeProvider(
            for: admin, ports: [isOverTLS ? test.first.tlsPort : test.first.port],
            settings: (isOverTLS ? overTLS(test) : [:]).merging(["protocol": .string(how)]),
            ["rules": rules, "secret": .string(isOverTLS ? test.certificates.client.key : TestRadius.secret)])
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
}

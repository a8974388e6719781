import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Real RADIUS servers as somebody's second factor, after a password of their own here.
@Suite(.serialized, .enabled(if: TestRadius.isThere), .timeLimit(.minutes(5))) struct RADIUSFactorTests {
    struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        /// Cara is asked a question, Ann is not.
        let cara: Visitor
        let id: String
        let provider: Answer
        let radius: TestRadius
    }

    func stage(_ login: String = "cara", settings: JSON = [:]) async throws -> Stage {
        let radius = try await TestRadius()
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        try house.opened.open([radius.first.port])
        let base: JSON = [
            "kind": "radius", "use": "second-factor",
            "servers": [["host": "127.0.0.1", "port": .int(Int64(radius.first.port))]],
        ]
        let provider = try await ada.call(
            "identity-providers.create",
            body: [
                "name": "Tokens", "settings": base.merging(settings), "secret": .string(TestRadius.secret),
            ])
        #expect(provider.status == 201, "\(provider.json)")
        let made = try await ada.call("users.create", body: ["login": .string(login), "name": "Cara"])
        let assigned = try await ada.call(
            "users.assign-radius", [made["id"]], body: ["provider": .string(provider["id"])])
        #expect(assigned.status == 200, "\(assigned.json)")
        let cara = Visitor(house: house, scope: scope, login: login)
        let chosen = try await cara.open(
            "auth.invitation",
            [
                "token": .string(String(made["invitationUrl"].split(separator: "=").last ?? "")),
                "password": .string(House.password),
            ])
        #expect(chosen.step == "second-factor", "\(chosen.json)")
        return Stage(
            house: house, scope: scope, ada: ada, cara: cara, id: made["id"], provider: provider, radius: radius)
    }

    func answer(_ text: String, _ token: String, _ stage: Stage) async throws -> Answer {
        try await stage.cara.open("auth.radius-factor", ["token": .string(token), "answer": .string(text)])
    }

    func failures(_ login: String, _ stage: Stage) async throws -> Int {
        try await stage.house.test.superuser().query(
            "select failed_attempts from users where login = \(login)"
        ) { try $0.next(Int.self) }.first ?? -1
    }

    func turn(_ isOn: Bool, _ stage: Stage) async throws {
        let now = try await stage.ada.call("identity-providers.show", [stage.provider["id"]])
        let changed = try await stage.ada.call(
            "identity-providers.change", [stage.provider["id"]], body: ["enabled": .bool(isOn)], version: now.version)
        #expect(changed.status == 200, "\(changed.json)")
    }

    @Test func `after the password the server asks, and what it takes lets in`() async throws {
        let stage = try await stage()
        let first = try await stage.cara.password()
        #expect(first.step == "second-factor" && first.json["factors"] == ["radius"], "\(first.json)")
        let asked = try await answer(TestRadius.password(of: "cara"), first["token"], stage)
        #expect(asked.step == "second-factor" && asked["prompt"] == TestRadius.question, "\(asked.json)")
        #expect(asked.cookie == nil)
        let done = try await answer(TestRadius.code, first["token"], stage)
        #expect(done.step == "done" && done.cookie != nil, "\(done.json)")
        stage.cara.keep(cookie: done.cookie)
        #expect(try await stage.cara.call("me.show").json["factors"] == ["radius"])
        #expect(try await failures("cara", stage) == 0)
        let ann = try await self.stage("ann")
        let second = try await ann.cara.password()
        #expect(try await answer(TestRadius.password(of: "ann"), second["token"], ann).step == "done")
    }

    @Test func `its own password servers are asked for no password`() async throws {
        let stage = try await stage("ann")
        #expect(try await stage.cara.password(TestRadius.password(of: "ann")).problem == "sign-in-refused")
        let ben = Visitor(house: stage.house, scope: stage.scope, login: "ben")
        #expect(try await ben.password(TestRadius.password(of: "ben")).problem == "sign-in-refused")
    }

    @Test func `who has only that sets nothing up with the password alone, also when it is switched off`() async throws
    {
        let stage = try await stage()
        func tries(_ token: String) async throws {
            for (name, body) in [
                ("auth.enrolment", ["token": .string(token)] as JSON),
                ("auth.confirm-enrolment", ["token": .string(token), "code": "123456"]),
                ("auth.enrol-email", ["token": .string(token), "code": "123456"]),
                ("auth.enrol-sms", ["token": .string(token), "code": "123456"]),
                ("auth.offer-passkey-enrolment", ["token": .string(token)]),
            ] {
                #expect(try await stage.cara.open(name, body).status == 401, "\(name)")
            }
        }
        let first = try await stage.cara.password()
        try await tries(first["token"])
        try await turn(false, stage)
        let lapsed = try await stage.cara.password()
        #expect(lapsed.step == "second-factor" && lapsed.json["factors"] == ["radius"], "\(lapsed.json)")
        try await tries(lapsed["token"])
        #expect(try await answer(TestRadius.password(of: "cara"), lapsed["token"], stage).step == "second-factor")
        let next = try await answer(TestRadius.code, lapsed["token"], stage)
        #expect(next.step == "enrol" && next.cookie == nil, "\(next.json)")
        try await stage.cara.enrol(next["token"])
        #expect(try await stage.cara.password().json["factors"] == ["authenticator"])
    }

    @Test func `what is typed as a code never goes to the server`() async throws {
        let stage = try await stage("ann")
        let first = try await stage.cara.password()
        for text in [TestRadius.password(of: "ann"), "ABCD-EFGH-IJKL", "123456"] {
            let refused = try await stage.cara.open(
                "auth.second-factor", ["token": .string(first["token"]), "code": .string(text)])
            #expect(refused.problem == "code-refused", "\(refused.json)")
        }
        let cli = try await stage.cara.open(
            "auth.cli",
            [
                "login": "ann", "password": .string(House.password), "code": .string(TestRadius.password(of: "ann")),
            ])
        #expect(cli.problem == "sign-in-refused", "\(cli.json)")
        let rounds = try await stage.house.test.superuser().query("select rounds from radius_factors") {
            try $0.next(Int.self)
        }
        #expect(rounds == [0])
    }

    @Test func `wrong answers lock, a right one gives back, and what was asked counts once`() async throws {
        let stage = try await stage("ann")
        for number in 1..<AttemptCounter.most {
            let token = try await stage.cara.password()["token"]
            #expect(try await answer("wrong", token, stage).problem == "code-refused")
            #expect(try await failures("ann", stage) == number)
        }
        let token = try await stage.cara.password()["token"]
        #expect(try await answer("wrong", token, stage).problem == "code-refused")
        #expect(try await stage.house.isLocked("ann"))
        #expect(try await answer(TestRadius.password(of: "ann"), token, stage).problem == "code-refused")
    }

    @Test func `no more conversations begin in an hour than may, whatever comes of them`() async throws {
        let stage = try await stage()
        for _ in 0..<RADIUSFactorStore.mostAnHour {
            let token = try await stage.cara.password()["token"]
            #expect(try await answer(TestRadius.password(of: "cara"), token, stage).step == "second-factor")
        }
        let token = try await stage.cara.password()["token"]
        let full = try await answer(TestRadius.password(of: "cara"), token, stage)
        #expect(full.status == 429, "\(full.json)")
        // Nor at another entrance.
        let (gateway, house) = (stage.house.identity.gateway, stage.house)
        let user = try #require(UserID(stage.id))
        _ = try await gateway.askRADIUS(
            chosenBy: "radius", of: user, attempt: "one", from: "192.0.2.1", at: house.now, in: stage.scope)
        let refused = try await gateway.answerRADIUS(
            TestRadius.password(of: "cara"), of: user, attempt: "one", from: "192.0.2.1", at: house.now,
            in: stage.scope)
        #expect(refused == .refused)
        stage.house.wait(3600)
        let later = try await stage.cara.password()["token"]
        #expect(try await answer(TestRadius.password(of: "cara"), later, stage).step == "second-factor")
    }

    @Test func `a conversation belongs to the sign-in that began it`() async throws {
        let stage = try await stage()
        let (one, two) = (try await stage.cara.password()["token"], try await stage.cara.password()["token"])
        #expect(try await answer(TestRadius.password(of: "cara"), one, stage)["prompt"] == TestRadius.question)
        // The other one begins its own: the code is no password there.
        #expect(try await answer(TestRadius.code, two, stage).problem == "code-refused")
        // And neither is an answer at the door of providers.
        let door = try await stage.cara.open(
            "auth.challenge", ["token": .string(one), "answer": .string(TestRadius.code)])
        #expect(door.problem == "sign-in-expired")
        #expect(try await answer(TestRadius.code, one, stage).step == "done")
    }

    @Test func `servers that are down count nothing against anybody`() async throws {
        let stage = try await stage("ann")
        await stage.radius.first.stop()
        let token = try await stage.cara.password()["token"]
        #expect(try await answer("x", token, stage).problem == "provider-unavailable")
        #expect(try await failures("ann", stage) == 0)
    }

    @Test func `who has a silent server ring again and again fails`() async throws {
        let stage = try await stage("ann", settings: ["timeoutSeconds": 1])
        stage.radius.first.signal(SIGSTOP)
        defer { stage.radius.first.signal(SIGCONT) }
        for count in 1...RADIUSFactorStore.silencesThatCount {
            let token = try await stage.cara.password()["token"]
            let counts = count == RADIUSFactorStore.silencesThatCount
            let said = try await answer("", token, stage)
            #expect(said.problem == (counts ? "code-refused" : "provider-unavailable"), "\(said.json)")
            #expect(try await failures("ann", stage) == (counts ? 1 : 0))
        }
    }

    @Test func `no two people have one name at a server`() async throws {
        let stage = try await stage(settings: ["domain": "example.com"])
        for (login, status) in [("cara@acme.test", 422), ("carl@acme.test", 200)] {
            let made = try await stage.ada.call("users.create", body: ["login": .string(login), "name": "C"])
            let assigned = try await stage.ada.call(
                "users.assign-radius", [made["id"]], body: ["provider": .string(stage.provider["id"])])
            #expect(assigned.status == status, "\(assigned.json)")
        }
    }

    @Test func `a sensitive act is confirmed there, too`() async throws {
        let stage = try await stage()
        let token = try await stage.cara.password()["token"]
        _ = try await answer(TestRadius.password(of: "cara"), token, stage)
        let done = try await answer(TestRadius.code, token, stage)
        stage.cara.keep(cookie: done.cookie)
        stage.house.wait(3000)
        #expect(try await stage.cara.call("me.make-temporary-password").problem == "step-up-required")
        let asked = try await stage.cara.call(
            "me.step-up-radius", body: ["answer": .string(TestRadius.password(of: "cara"))])
        #expect(asked["prompt"] == TestRadius.question, "\(asked.json)")
        #expect(try await stage.cara.call("me.make-temporary-password").problem == "step-up-required")
        #expect(
            try await stage.cara.call("me.step-up-radius", body: ["answer": .string(TestRadius.code)]).json["prompt"]
                == .null)
        #expect(try await stage.cara.call("me.make-temporary-password").status == 201)
    }

    @Test func `a test asks as somebody's second factor is asked for, and takes nobody in`() async throws {
        let stage = try await stage("ann")
        func steps(_ login: String, _ password: String?) async throws -> (steps: [String], outcome: String) {
            var body: JSON = ["login": .string(login)]
            if let password { body = body.merging(["password": .string(password)]) }
            let answer = try await stage.ada.call("identity-providers.test", [stage.provider["id"]], body: body)
            guard case .array(let steps)? = answer.json["steps"] else { return ([answer.text], "") }
            return (steps.map { "\($0["name"]?.text ?? "") \($0["outcome"]?.text ?? "")" }, answer["outcome"])
        }
        let right = try await steps("ann", TestRadius.password(of: "ann"))
        #expect(right.steps.contains("challenge passed") && right.steps.last == "account passed", "\(right)")
        #expect(right.outcome == "reached")
        let wrong = try await steps("ann", "wrong")
        #expect(wrong.steps.last == "challenge failed" && wrong.outcome == "refused", "\(wrong)")
        let asked = try await steps("cara", TestRadius.password(of: "cara"))
        #expect(
            asked.steps.suffix(2) == ["challenge passed", "question passed"] && asked.outcome == "asked", "\(asked)")
        // Whom the servers know and nobody here does.
        let stranger = try await steps("ben", TestRadius.password(of: "ben"))
        #expect(stranger.steps.last == "account failed" && stranger.outcome == "refused", "\(stranger)")
        #expect(try await steps("ann", nil).outcome == "reached")
        // By the name that goes out, whom these servers do not know.
        let servers: JSON = [["host": "127.0.0.1", "port": .int(Int64(stage.radius.first.port))]]
        let changed = try await stage.ada.call(
            "identity-providers.change", [stage.provider["id"]],
            body: [
                "settings": ["kind": "radius", "use": "second-factor", "servers": servers, "domain": "example.com"],
                "secret": .string(TestRadius.secret),
            ], version: stage.provider.version)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try await steps("ann", TestRadius.password(of: "ann")).steps.last == "challenge failed")
        #expect(try await stage.ada.call("users.list").items.count == 2)
    }

    @Test(arguments: [
        ("cara", "example.com", "cara@example.com"), ("cara@acme.test", "example.com", "cara@example.com"),
        ("cara@a@b.test", "example.com", "cara@example.com"),
    ])
    func `a name goes out with one domain, and nothing else in it`(login: String, domain: String, name: String) throws {
        let settings = try RADIUSSettings(
            servers: [], protocol: .pap, nasIdentifier: "x", groups: .none, failoverSeconds: 1, timeoutSeconds: 1,
            challengeIsSecondFactor: false, use: .secondFactor, domain: MailDomain(parsing: domain))
        let typed = try #require(Login(login))
        let found = try #require(settings.name(of: typed))
        #expect(found.text == name && found.text.count { $0 == "@" } == 1)
        for wrong in ["a@b.com", "b com", "b.com\u{0}", "b", "b.com\r\nX: y"] {
            #expect(throws: Invalid.self) { try MailDomain(parsing: wrong) }
        }
    }
}

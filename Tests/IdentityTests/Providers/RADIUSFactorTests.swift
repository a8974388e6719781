import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Real RADIUS servers as somebody's second factor, after a password of their own here.
@Suite(.serialized, .enabled(if: TestRadius.isThere), .timeLimit(.minutes(5))) struct RADIUSFactorTests {
    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        /// Cara is asked a question, Ann is not.
        let cara: Visitor
        let id: String
        let provider: Answer
        let radius: TestRadius
    }

    private func stage(_ login: String = "cara", settings: JSON = [:]) async throws -> Stage {
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

    private func answer(_ text: String, _ token: String, _ stage: Stage) async throws -> Answer {
        try await stage.cara.open("auth.radius-factor", ["token": .string(token), "answer": .string(text)])
    }

    private func failures(_ login: String, _ stage: Stage) async throws -> Int {
        try await stage.house.test.superuser().query(
            "select failed_attempts from users where login = \(login)"
        ) { try $0.next(Int.self) }.first ?? -1
    }

    private func turn(_ isOn: Bool, _ stage: Stage) async throws {
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

    @Test func `on the command line and at a gateway the person chooses it, and then it is asked`() async throws {
        let stage = try await stage()
        func open(_ name: String, _ body: JSON) async throws -> Answer { try await stage.cara.open(name, body) }
        let begun = try await open(
            "auth.cli", ["login": "cara", "password": .string(House.password), "code": "radius"])
        let challenge = try #require(begun.json["challenge"])
        #expect(challenge["prompt"]?.text == ProveRADIUS.question && challenge["codeNeeded"] == false)
        let token = challenge["token"] ?? .null
        let asked = try await open(
            "auth.cli-challenge", ["token": token, "answer": .string(TestRadius.password(of: "cara")), "code": ""])
        #expect(asked.json["challenge"]?["prompt"]?.text == TestRadius.question, "\(asked.json)")
        let done = try await open(
            "auth.cli-challenge", ["token": token, "answer": .string(TestRadius.code), "code": ""])
        #expect(done["token"].hasPrefix("ght_"), "\(done.json)")
        // Somebody else's sign-in is not gone on with by its id, which is no secret.
        let browser = try await stage.cara.password()["token"]
        #expect(try await self.answer(TestRadius.password(of: "cara"), browser, stage)["prompt"] == TestRadius.question)
        let ids = try await stage.house.test.superuser().query("select sign_in_id from sign_ins") {
            try $0.next(SignInID.self).text
        }
        #expect(!ids.isEmpty)
        for id in ids {
            let stolen = try await open(
                "auth.cli-challenge", ["token": .string(id), "answer": .string(TestRadius.code), "code": ""])
            #expect(stolen.problem == "sign-in-expired")
        }
        // Gone with its use.
        let again = try await open(
            "auth.cli-challenge", ["token": token, "answer": .string(TestRadius.code), "code": ""])
        #expect(again.problem == "sign-in-expired")

        let (gateway, house, from) = (stage.house.identity.gateway, stage.house, "198.51.100.7")
        guard
            case .codeNeeded(let person, _) = try await gateway.password(
                login: "cara", Secret(House.password), from: from, at: house.now, in: stage.scope)
        else { return #expect(Bool(false), "no code is asked for") }
        func answer(_ text: String, _ attempt: String) async throws -> GatewayFactorAnswer? {
            try await gateway.answerRADIUS(
                text, of: person.id, attempt: attempt, from: from, at: house.now, in: stage.scope)
        }
        // Nothing was chosen: nothing goes anywhere.
        #expect(try await answer(TestRadius.password(of: "cara"), "one") == nil)
        #expect(
            try await gateway.askRADIUS(
                chosenBy: "123456", of: person.id, attempt: "one", from: from, at: house.now, in: stage.scope) == nil)
        #expect(
            try await gateway.askRADIUS(
                chosenBy: " ", of: person.id, attempt: "one", from: from, at: house.now, in: stage.scope)
                == ProveRADIUS.question)
        #expect(try await answer(TestRadius.password(of: "cara"), "two") == nil)
        #expect(try await answer(TestRadius.password(of: "cara"), "one") == .asked(TestRadius.question))
        #expect(try await answer(TestRadius.code, "one") == .right)
        #expect(try await answer(TestRadius.code, "one") == nil)
    }

    @Test func `on the command line the first step counts as long as its provider is switched on`() async throws {
        let stage = try await stage("ann")
        let server: JSON = ["host": "127.0.0.1", "port": .int(Int64(stage.radius.first.port))]
        let door = try await stage.ada.call(
            "identity-providers.create",
            body: [
                "name": "Door", "settings": ["kind": "radius", "servers": [server]],
                "secret": .string(TestRadius.secret), "linksUsers": true,
            ])
        #expect(door.status == 201, "\(door.json)")
        _ = try await stage.house.test.superuser().execute("update users set password_hash = null where login = 'ann'")
        let password = JSON.string(TestRadius.password(of: "ann"))
        func begin() async throws -> JSON {
            let begun = try await stage.cara.open("auth.cli", ["login": "ann", "password": password, "code": "radius"])
            return try #require(begun.json["challenge"]?["token"], "\(begun.json)")
        }
        func end(_ token: JSON) async throws -> Answer {
            try await stage.cara.open("auth.cli-challenge", ["token": token, "answer": password, "code": ""])
        }
        func turn(_ isOn: Bool) async throws {
            let version = try await stage.ada.call("identity-providers.show", [door["id"]]).version
            let changed = try await stage.ada.call(
                "identity-providers.change", [door["id"]], body: ["enabled": .bool(isOn)], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        let token = try await begin()
        try await turn(false)
        #expect(try await end(token).problem == "sign-in-expired")
        try await turn(true)
        let done = try await end(try await begin())
        #expect(done["token"].hasPrefix("ght_"), "\(done.json)")
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

    @Test func `who may not handle the people of a provider does not say where they confirm`() async throws {
        let stage = try await stage()
        let role = try await stage.ada.call(
            "roles.create",
            body: ["name": "Keepers", "permissions": ["identity-providers.read", "identity-providers.manage"]])
        let (_, eve) = try await stage.ada.take("eve", roles: [role["id"]])
        let made = try await stage.ada.call(
            "identity-providers.create",
            body: [
                "name": "Others", "secret": .string(TestRadius.secret),
                "settings": try #require(stage.provider.json["settings"]),
            ])
        let id: String = made["id"]
        func change(_ name: String) async throws -> Answer {
            let now = try await eve.call("identity-providers.show", [id])
            return try await eve.call(
                "identity-providers.change", [id], body: ["name": .string(name)], version: now.version)
        }
        #expect(try await change("Mine").status == 200)
        let ada = try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""
        let assigned = try await stage.ada.call("users.assign-radius", [ada], body: ["provider": .string(id)])
        #expect(assigned.status == 200, "\(assigned.json)")
        #expect(try await change("Theirs").problem == "forbidden")
        #expect(try await eve.call("identity-providers.remove", [id]).problem == "forbidden")
    }

    @Test(arguments: [["servers": [["host": "127.0.0.1", "port": 9]]], ["domain": "example.com"]] as [JSON])
    func `what was shown at another place or under another name is asked for again`(moved: JSON) async throws {
        let stage = try await stage()
        _ = try await stage.house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(stage.scope.tenant), 'second-factor.remember-days', \(JSON.int(2)), \(stage.scope.tenant.uuid))
            """)
        let token = try await stage.cara.password()["token"]
        _ = try await answer(TestRadius.password(of: "cara"), token, stage)
        let done = try await stage.cara.open(
            "auth.radius-factor",
            ["token": .string(token), "answer": .string(TestRadius.code), "remember": true])
        #expect(done.step == "done", "\(done.json)")
        func remembered() async throws -> Int? {
            try await stage.house.test.superuser().query("select count(*) from remembered_devices") {
                try $0.next(Int.self)
            }.first
        }
        func change(_ settings: JSON) async throws {
            let now = try await stage.ada.call("identity-providers.show", [stage.provider["id"]])
            let changed = try await stage.ada.call(
                "identity-providers.change", [stage.provider["id"]],
                body: [
                    "secret": .string(TestRadius.secret),
                    "settings": try #require(now.json["settings"]).merging(settings),
                ], version: now.version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        func told() async throws -> Int {
            try await stage.house.test.superuser().query(
                "select subject from events where type = 'user.second-factor-reset'"
            ) { try $0.next(String.self) }.count { $0 == stage.id }
        }
        try await change(["nasIdentifier": "elsewhere"])
        #expect(try await remembered() == 1)
        #expect(try await told() == 0)
        try await change(moved)
        #expect(try await remembered() == 0)
        #expect(try await told() == 1)
    }

    @Test func `a provider stays while people confirm there`() async throws {
        let stage = try await stage()
        let kept = try await stage.ada.call("identity-providers.remove", [stage.provider["id"]])
        #expect(kept.problem == "confirms-people", "\(kept.json)")
        #expect(try await stage.cara.password().json["factors"] == ["radius"])
        #expect(try await stage.ada.call("users.remove-radius", [stage.id]).status == 204)
        #expect(try await stage.ada.call("identity-providers.remove", [stage.provider["id"]]).status == 204)
    }

    @Test func `only who may handle somebody says where they confirm, and taking it away opens nothing`() async throws {
        let stage = try await stage()
        let role = try await stage.ada.call(
            "roles.create", body: ["name": "Helpers", "permissions": ["users.read", "users.manage"]])
        let (_, eve) = try await stage.ada.take("eve", roles: [role["id"]])
        let ada = try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""
        let body: JSON = ["provider": .string(stage.provider["id"])]
        #expect(try await eve.call("users.assign-radius", [ada], body: body).status == 403)
        #expect(try await stage.ada.call("users.remove-radius", [ada]).problem == "not-yourself")
        #expect(try await stage.ada.call("users.show-radius", [stage.id])["name"] == "Tokens")
        let token = try await stage.cara.password()["token"]
        _ = try await stage.house.identity.gateway.askRADIUS(
            chosenBy: "radius", of: try #require(UserID(stage.id)), attempt: "one", from: "192.0.2.1",
            at: stage.house.now, in: stage.scope)
        func open() async throws -> [Int] {
            try await stage.house.test.superuser().query("select count(*) from identity_challenges") {
                try $0.next(Int.self)
            }
        }
        #expect(try await open() == [1])
        #expect(try await stage.ada.call("users.remove-radius", [stage.id]).status == 204)
        #expect(try await open() == [0])
        #expect(try await answer(TestRadius.password(of: "cara"), token, stage).problem == "sign-in-expired")
        #expect(try await stage.cara.password().step == "enrol")
        #expect(try await stage.ada.call("users.show-radius", [stage.id]).json["provider"] == .null)
    }
}

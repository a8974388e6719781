import FoundationEssentials
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People who come in by an OpenID provider.
@Suite(.enabled(if: LyingProvider.isThere)) struct OIDCSignInTests {
    /// A company, its administrator, and a provider that tells the truth.
    struct Scene {
        let house: House
        let admin: Visitor
        let op: LyingProvider
        let provider: String

        init(
            settings: JSON = [:], _ more: JSON = [:], patience: Duration = .seconds(8)
        ) async throws {
            house = try await House(providersGet: patience)
            admin = try await house.makeTenant().admin
            op = try await LyingProvider()
            provider = try await admin.add(op, settings: settings, more)
        }

        /// A provider that lies in one way lets nobody in.
        func refuses(_ how: JSON, _ sourceLocation: SourceLocation = #_sourceLocation) async throws -> Answer {
            try await op.behave(how, at: house.now)
            var browser = Browser(admin)
            let answer = try await browser.signIn(provider)
            #expect(answer.problem == "sign-in-refused", "\(answer.json)", sourceLocation: sourceLocation)
            #expect(answer.cookie == nil, sourceLocation: sourceLocation)
            return answer
        }

        func annID() async throws -> String {
            try #require(try await house.identity.directory.user(login: "ann", in: admin.scope)).id.text
        }

        func logins() async throws -> [String] {
            try await admin.call("users.list").items.compactMap { $0["login"]?.text }.sorted()
        }
    }

    @Test(arguments: ["RS256", "ES256", "EdDSA"])
    func `somebody of the provider is taken in, enrols, and comes back as the same person`(
        _ algorithm: String
    ) async throws {
        let scene = try await Scene(["domains": ["example.org"]])
        let group = try await scene.admin.call("groups.create", body: ["name": "Operators"])["id"]
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider],
            body: ["rules": [["directoryGroup": "ops", "group": .string(group)]]], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        try await scene.op.behave(
            ["rotate": ["algorithm": .string(algorithm), "kid": "k1"]], at: scene.house.now)
        var browser = Browser(scene.admin)
        let first = try await browser.signIn(scene.provider, ["returnTo": "/requests?new=1"])
        // Whoever proved the person: the second factor is asked for, and nothing is open before.
        #expect(first.step == "enrol", "\(first.json)")
        #expect(first["returnTo"] == "/requests?new=1")
        #expect(first.cookie == nil)
        let ann = Visitor(house: scene.house, scope: scene.admin.scope, login: "ann")
        try await ann.enrol(first["token"])
        #expect(try await ann.call("me.show").status == 200)
        let again = try await browser.signIn(scene.provider)
        #expect(again.step == "second-factor", "\(again.json)")
        #expect(again.cookie == nil)
        let done = try await ann.open(
            "auth.second-factor", ["token": .string(again["token"]), "code": .string(ann.freshCode())])
        #expect(done.step == "done" && done.cookie != nil)
        #expect(try await scene.logins() == ["ada", "ann"])
        let ann2 = try await scene.admin.call("users.list").items.first { $0["login"]?.text == "ann" }
        #expect(ann2?["name"]?.text == "Ann Archer" && ann2?["email"]?.text == "ann@example.org")
        let members = try await scene.admin.call("groups.members", [group]).items
        #expect(members.map { $0["login"]?.text } == ["ann"])
        let links = try await scene.admin.call("identity-providers.links", [scene.provider]).items
        #expect(links.map { $0["subject"]?.text } == ["subject-of-ann"])
    }

    @Test func `the company's sign-in rules are asked after a provider's word too, and the second factor before them`()
        async throws
    {
        let scene = try await Scene()
        func rule(_ action: String, _ more: JSON = [:]) async throws {
            let version = try await scene.admin.call("sign-in-rules.show").version
            let who: JSON = [["user": .string(try await scene.annID())]]
            let rule: JSON = ["name": "rule", "who": who, "action": .string(action)]
            let set = try await scene.admin.call(
                "sign-in-rules.set", body: ["rules": .array([rule.merging(more)])], version: version)
            #expect(set.status == 200, "\(set.json)")
        }
        var browser = Browser(scene.admin)
        let ann = Visitor(house: scene.house, scope: scene.admin.scope, login: "ann")
        try await ann.enrol(try await browser.signIn(scene.provider)["token"])
        func come() async throws -> Answer {
            try await scene.op.behave(at: scene.house.now)
            let begun = try await browser.signIn(scene.provider)
            #expect(begun.step == "second-factor" && begun.cookie == nil, "\(begun.json)")
            #expect(begun.json["factors"] == ["authenticator"])
            return try await ann.open(
                "auth.second-factor", ["token": .string(begun["token"]), "code": .string(ann.freshCode())])
        }
        try await rule("deny")
        let denied = try await come()
        #expect(denied.problem == "sign-in-denied" && denied.cookie == nil)
        let (olga, _) = try await scene.admin.take("olga")
        try await rule("review", ["asked": [["user": .string(olga.text)]]])
        let asked = try await come()
        #expect(asked.step == "review" && asked.cookie == nil, "\(asked.json)")
        try await rule("allow")
        #expect(try await come().cookie != nil)
    }

    @Test func `a sign-in page offers the company's providers in their order`() async throws {
        let scene = try await Scene(["domains": ["example.org"], "position": 7])
        let second = try await scene.admin.add(scene.op, ["name": "First of all", "position": 2])
        _ = try await scene.admin.add(scene.op, ["name": "Off", "enabled": .bool(false)])
        func offered() async throws -> [JSON] {
            let face = try await scene.house.call("auth.tenant", in: scene.admin.scope)
            guard case .array(let items)? = face.json["providers"] else { return [] }
            return items
        }
        #expect(
            try await offered() == [
                ["id": .string(second), "name": "First of all", "kind": "oidc", "domains": []],
                ["id": .string(scene.provider), "name": "Single sign-on", "kind": "oidc", "domains": ["example.org"]],
            ])
        let (other, _) = try await scene.house.makeTenant("bolt")
        let theirs = try await scene.house.call(
            "auth.begin-browser", body: ["provider": .string(scene.provider)], in: other)
        #expect(theirs.status == 404)
    }

    /// What a lying provider, or somebody between, gives in place of an honest ID token.
    static let lies = badSignatures + badClaims + badAnswers

    private static let badSignatures: [JSON] = [
        ["sign": "none"], ["sign": "hs256"], ["sign": "another-key"], ["sign": "embedded-key"],
        ["header": ["kid": "nobody-knows"]], ["header": ["kid": "../../dev/null"]], ["header": ["kid": 7]],
        ["header": ["alg": "RS256"]], ["header": ["alg": "PS256"]], ["header": ["crit": ["exp"]]],
        ["header": ["typ": "logout+jwt"]], ["header": ["typ": "at+jwt"]],
    ]
    private static let badClaims: [JSON] = [
        ["claims": ["iss": "http://127.0.0.1:1"]], ["claims": ["iss": .null]],
        ["claims": ["aud": "somebody-else"]], ["claims": ["aud": []]], ["claims": ["aud": .null]],
        ["claims": ["aud": ["gatehouse", "somebody-else"]]],
        ["claims": ["aud": ["gatehouse", "somebody-else"], "azp": "somebody-else"]], ["claims": ["azp": "other"]],
        ["claims": ["nonce": "of another sign-in"]], ["claims": ["nonce": .null]],
        ["claims": ["sub": .null]], ["claims": ["sub": ""]], ["claims": ["exp": .null]],
        ["claims": ["exp": "9999999999"]],
        ["claims": ["iat": .null]], ["claims": ["at_hash": "AAAAAAAAAAAAAAAAAAAAAA"]],
        ["claims": ["nbf": 9_999_999_999]], ["late": -400], ["late": 61], ["late": -3600],
        ["claims": ["events": ["http://schemas.openid.net/event/backchannel-logout": [:]]]],
        ["claims": ["preferred_username": .null]], ["claims": ["preferred_username": "аnn"]],
        ["claims": ["preferred_username": " ann"]],
    ]
    private static let badAnswers: [JSON] = [
        ["token": ["id_token": .null]], ["token": ["id_token": "a.b.c"]],
        ["token": ["id_token": 1]], ["userinfo": ["sub": "subject-of-eve"]], ["userinfo": ["sub": .null]],
        ["back": ["iss": "http://evil.example"]], ["back": ["iss": .null]],
        ["back": ["code": .null, "error": "access_denied"]], ["back": ["code": .null]], ["back": ["code": "guessed"]],
        ["say": ["token": ["status": 500]]], ["say": ["token": ["status": 302, "headers": ["Location": "/keys"]]]],
        ["say": ["userinfo": ["status": 401]]],
    ]

    @Test func `no lie lets anybody in, and whoever is refused learns nothing`() async throws {
        let scene = try await Scene()
        var said: Set<String> = []
        for lie in Self.lies {
            let answer = try await scene.refuses(lie)
            said.insert(String(decoding: answer.essence.bytes, as: UTF8.self))
            scene.house.wait(31)
        }
        #expect(said.count == 1)
        #expect(try await scene.logins() == ["ada"])
        try await scene.op.behave(at: scene.house.now)
        var browser = Browser(scene.admin)
        #expect(try await browser.signIn(scene.provider).step == "enrol")
    }

    @Test func `clocks may differ by what the provider's settings say, and by no more`() async throws {
        let scene = try await Scene(settings: ["clockSkewSeconds": 30])
        for late in [-320, 29] {
            try await scene.op.behave(["late": .int(Int64(late))], at: scene.house.now)
            var browser = Browser(scene.admin)
            #expect(try await browser.signIn(scene.provider).step == "enrol", "\(late)")
        }
        for late in [-331, 31] { _ = try await scene.refuses(["late": .int(Int64(late))]) }
    }

    @Test func `what came back counts once, with the same browser, at the same provider, for ten minutes`() async throws
    {
        let scene = try await Scene()
        let other = try await scene.admin.add(scene.op, ["name": "Another"])
        var browser = Browser(scene.admin)
        func leave() async throws -> JSON {
            try await browser.visit(browser.begin(scene.provider)["url"]).body(scene.provider)
        }
        let once = try await leave()
        // Somebody else's browser, with no cookie and with one of its own.
        var stranger = Browser(scene.admin)
        #expect(try await stranger.finish(once).problem == "sign-in-expired")
        _ = try await stranger.begin(scene.provider)
        #expect(try await stranger.finish(once).problem == "sign-in-expired")
        // The path of another provider: a mix-up.
        #expect(try await browser.finish(once.merging(["provider": .string(other)])).problem == "sign-in-expired")
        #expect(try await browser.finish(once.merging(["state": "AAAA"])).problem == "sign-in-expired")
        #expect(try await browser.finish(once).step == "enrol")
        #expect(try await browser.finish(once).problem == "sign-in-expired")
        // A code of before under a state of now: the provider has it no more, and has another challenge for it.
        let fresh = try await leave()
        #expect(try await browser.finish(fresh.merging(["code": once["code"]!])).problem == "sign-in-refused")
        // A code that was meant for somebody else's attempt does not fit this one's verifier.
        let theirs = try await stranger.visit(stranger.begin(scene.provider)["url"]).body(scene.provider)
        let mine = try await leave()
        #expect(try await browser.finish(mine.merging(["code": theirs["code"]!])).problem == "sign-in-refused")
        // Two tabs of one browser do not hinder each other.
        let (left, right) = (try await leave(), try await leave())
        #expect(try await browser.finish(right).step == "enrol")
        #expect(try await browser.finish(left).step == "enrol")
        let late = try await leave()
        scene.house.wait(601)
        try await scene.op.behave(at: scene.house.now)
        #expect(try await browser.finish(late).problem == "sign-in-expired")
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", "192.0.2.8"), ("2001:db8:0:1::/64", "2001:db8:0:1::9", "2001:db8:0:2::9"),
    ])
    func `one network takes no more than its part of the room`(
        network: String, address: String, other: String
    ) async throws {
        let scene = try await Scene()
        let (house, tenant) = (scene.house, scene.admin.scope.tenant)
        // All but one.
        _ = try await house.test.superuser().execute(
            """
            insert into browser_sign_ins
              (tenant_id, state_hash, browser_hash, identity_provider_id, network, expires_at)
            select \(tenant)::uuid, sha256(n::text::bytea), sha256(n::text::bytea),
              \(IdentityProviderID(scene.provider))::uuid, \(network)::text, \(house.now + 60)::timestamptz
            from generate_series(2, \(BrowserAttemptStore.mostOfNetwork)::int) as n
            """)
        func begin(from address: String) async throws -> Int {
            house.move(to: address)
            var browser = Browser(scene.admin)
            return try await browser.begin(scene.provider).status
        }
        #expect(try await begin(from: address) == 200)
        #expect(try await begin(from: address) == 429)
        #expect(try await begin(from: other) == 200)
        house.wait(60)
        #expect(try await begin(from: address) == 200)
    }

    @Test func `a provider that was switched off or removed meanwhile vouches for nobody`() async throws {
        let scene = try await Scene()
        var browser = Browser(scene.admin)
        let away = try await browser.visit(browser.begin(scene.provider)["url"]).body(scene.provider)
        let off = try await scene.admin.call(
            "identity-providers.change", [scene.provider], body: ["enabled": .bool(false)], version: 1)
        #expect(off.status == 200)
        #expect(try await browser.finish(away).problem == "sign-in-expired")
        #expect(try await browser.begin(scene.provider).status == 404)
        #expect(try await scene.admin.call("identity-providers.remove", [scene.provider]).status == 204)
        #expect(try await browser.finish(away).problem == "sign-in-expired")
    }

    @Test func `keys that the provider changes are found once, and nobody can have them fetched at will`() async throws
    {
        let scene = try await Scene()
        var browser = Browser(scene.admin)
        #expect(try await browser.signIn(scene.provider).step == "enrol")
        try await scene.op.behave(at: scene.house.now)
        for _ in 0..<3 { #expect(try await browser.signIn(scene.provider).step == "enrol") }
        #expect(try await scene.op.asked("keys") == 0)
        #expect(try await scene.op.asked("discovery") == 0)
        scene.house.wait(31)
        try await scene.op.behave(["rotate": ["algorithm": "ES256", "kid": "k2"]], at: scene.house.now)
        #expect(try await browser.signIn(scene.provider).step == "enrol")
        #expect(try await scene.op.asked("keys") == 1)
        // Tokens that name a key that is not there fetch the keys once in half a minute.
        try await scene.op.behave(["header": ["kid": "k9"]], at: scene.house.now)
        for _ in 0..<4 { #expect(try await browser.signIn(scene.provider).problem == "sign-in-refused") }
        #expect(try await scene.op.asked("keys") == 0)
        scene.house.wait(31)
        try await scene.op.behave(["header": ["kid": "k9"]], at: scene.house.now)
        for _ in 0..<4 { #expect(try await browser.signIn(scene.provider).problem == "sign-in-refused") }
        #expect(try await scene.op.asked("keys") == 1)
        // The old key under the new one's name is not the new one.
        scene.house.wait(31)
        _ = try await scene.refuses(["sign": "another-key"])
    }

    @Test func `one provider's keys are no other's, whatever issuer it claims to be`() async throws {
        let scene = try await Scene()
        var browser = Browser(scene.admin)
        #expect(try await browser.signIn(scene.provider).step == "enrol")
        // Another provider writes the first one's name into its metadata and its tokens.
        let evil = try await LyingProvider()
        let poisoned = try await scene.admin.add(evil, ["name": "Evil"])
        let name: JSON = .string(scene.op.issuer)
        try await evil.behave(
            ["discovery": ["issuer": name], "claims": ["iss": name], "back": ["iss": name]], at: scene.house.now)
        #expect(try await browser.begin(poisoned).problem == "provider-unavailable")
        // It may send people to the first one, whose code is good for nothing there.
        let authorize: JSON = .string("\(scene.op.issuer)/authorize?ui=plain")
        try await evil.behave(["discovery": ["authorization_endpoint": authorize]], at: scene.house.now)
        let mixed = try await browser.visit(browser.begin(poisoned)["url"]).body(poisoned)
        #expect(mixed["issuer"]?.text == scene.op.issuer)
        #expect(try await browser.finish(mixed).problem == "sign-in-refused")
        #expect(try await evil.asked("token") == 0)
        try await scene.op.behave(at: scene.house.now)
        #expect(try await browser.signIn(scene.provider).step == "enrol")
    }

    @Test func `a provider that is down, slow or floods ends soon, and takes nothing with it`() async throws {
        let scene = try await Scene(patience: .seconds(2))
        var browser = Browser(scene.admin)
        for how: JSON in [
            ["flood": ["discovery"]], ["slow": ["discovery": 20]], ["say": ["discovery": ["status": 404]]],
            ["discovery": ["token_endpoint": .null]], ["discovery": ["authorization_endpoint": "javascript:alert(1)"]],
            ["discovery": ["authorization_endpoint": "http://login.example/authorize"]],
        ] {
            try await scene.op.behave(how, at: scene.house.now)
            let start = ContinuousClock.now
            #expect(try await browser.begin(scene.provider).problem == "provider-unavailable", "\(how)")
            #expect(ContinuousClock.now - start < .seconds(15), "\(how)")
        }
        let hindrances: [JSON] = [
            ["flood": ["token"]], ["slow": ["token": 20]], ["flood": ["keys"]], ["flood": ["userinfo"]],
            ["say": ["keys": ["status": 200, "body": ["keys": []]]]],
        ]
        for how in hindrances {
            try await scene.op.behave(how, at: scene.house.now)
            // On a loaded machine an honest answer may take too long as well, and then nothing has been learnt yet.
            try await eventually("nobody comes in by \(how)", within: .seconds(30)) {
                try await browser.signIn(scene.provider).problem == "sign-in-refused"
            }
            scene.house.wait(3601)
        }
        await scene.op.stop()
        #expect(try await browser.begin(scene.provider).problem == "provider-unavailable")
        try await scene.admin.signIn()
        #expect(try await scene.logins() == ["ada"])
    }

    @Test func `plain or private places are asked only if an administrator opened them`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let op = try await LyingProvider()
        try await op.behave(at: house.now)
        let made = try await admin.call(
            "identity-providers.create",
            body: ["name": "Single sign-on", "settings": op.settings, "secret": .string(LyingProvider.secret)])
        var browser = Browser(admin)
        #expect(try await browser.begin(made["id"]).problem == "provider-unavailable")
        let test = try await admin.call("identity-providers.test", [made["id"]], body: [:])
        #expect(test["outcome"] == "refused")
        #expect(String(decoding: test.json.bytes, as: UTF8.self).contains("is not encrypted"))
        #expect(try await op.asked("discovery") == 0)
    }

    @Test(arguments: [
        "//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "", "/a b",
        "/sign-in?return=%2F", "/api/v1/auth/logo", "/\u{7F}",
    ])
    func `nobody is led out of the portal afterwards`(_ path: String) async throws {
        #expect(throws: Invalid.self) { try ReturnPath(parsing: path) }
        #expect(try ReturnPath(parsing: "/profile?tab=tokens#here").text == "/profile?tab=tokens#here")
    }

    @Test func `an address that nobody has checked makes nobody somebody`() async throws {
        let scene = try await Scene(
            settings: ["claims": OIDCSignInTests.claims(login: "email")], ["linksUsers": .bool(true)])
        let (id, _) = try await scene.admin.take("ann@example.org")
        for unchecked: JSON in [["email_verified": .bool(false)], ["email_verified": .null]] {
            _ = try await scene.refuses(["claims": unchecked])
        }
        #expect(try await scene.admin.call("identity-providers.links", [scene.provider]).items.isEmpty)
        try await scene.op.behave(at: scene.house.now)
        var browser = Browser(scene.admin)
        #expect(try await browser.signIn(scene.provider).step == "second-factor")
        let links = try await scene.admin.call("identity-providers.links", [scene.provider]).items
        #expect(links.map { $0["user"]?.text } == [id.text])
    }

    @Test func `a login of a domain is the word of that domain's provider alone`() async throws {
        let scene = try await Scene(
            settings: ["claims": OIDCSignInTests.claims(login: "email")], ["linksUsers": .bool(true)])
        _ = try await scene.admin.take("ann@example.org")
        let home = try await scene.admin.call(
            "identity-providers.create",
            body: [
                "name": "Home", "domains": ["example.org"], "secret": "not asked",
                "settings": scene.op.settings.merging(["issuer": "https://home.example.org"]),
            ])
        #expect(home.status == 201, "\(home.json)")
        _ = try await scene.refuses([:])
        let off = try await scene.admin.call(
            "identity-providers.change", [home["id"]], body: ["enabled": .bool(false)], version: 1)
        #expect(off.status == 200, "\(off.json)")
        var browser = Browser(scene.admin)
        #expect(try await browser.signIn(scene.provider).step == "second-factor")
    }

    @Test func `guesses at a password keep nobody out who comes from where they always come`() async throws {
        let scene = try await Scene()
        let ann = Visitor(house: scene.house, scope: scene.admin.scope, login: "ann")
        var browser = Browser(scene.admin)
        try await ann.enrol(try await browser.signIn(scene.provider)["token"])
        let end = scene.house.now + 900
        _ = try await scene.house.test.superuser().execute(
            "update users set failed_attempts = 7, locked_until = \(end) where login = 'ann'")
        #expect(try await browser.signIn(scene.provider).step == "second-factor")
        scene.house.move(to: "203.0.113.9")
        _ = try await scene.refuses([:])
    }

    @Test func `a login here is nobody's at the provider until an administrator says so`() async throws {
        let scene = try await Scene(["createsUsers": .bool(false)])
        _ = try await scene.refuses([:])
        _ = try await scene.admin.take("ann")
        _ = try await scene.refuses([:])
        _ = try await scene.admin.take("eve")
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider], body: ["linksUsers": .bool(true)], version: 1)
        #expect(changed.status == 200)
        try await scene.op.behave(at: scene.house.now)
        var browser = Browser(scene.admin)
        #expect(try await browser.signIn(scene.provider).step == "second-factor")
        // The subject is who it is, whatever the login says today; and somebody new is not who left.
        _ = try await scene.refuses(["claims": ["sub": "another", "preferred_username": "ann"]])
        try await scene.op.behave(["claims": ["preferred_username": "eve"]], at: scene.house.now)
        #expect(try await browser.signIn(scene.provider).step == "second-factor")
        let links = try await scene.admin.call("identity-providers.links", [scene.provider]).items
        #expect(links.map { $0["login"]?.text } == ["ann"])
        // Somebody who is locked out or disabled does not come in this way either.
        let disabled = try await scene.admin.call("users.disable", [links.first?["user"]?.text ?? ""])
        #expect(disabled.status == 200 || disabled.status == 204, "\(disabled.json)")
        _ = try await scene.refuses([:])
    }

    @Test func `groups are found in objects too, and in the claims that are asked for`() throws {
        let claims = OIDCClaims(
            subject: "oid", login: "upn", name: "name", email: "email", groups: "realm_access.roles")
        let json: JSON = [
            "oid": "o-1", "upn": "ann", "realm_access": ["roles": ["ops", 7, ""]], "email": "a@b.example",
            "email_verified": .bool(false),
        ]
        func read(_ json: JSON, all: Bool = false) throws -> ProviderProfile {
            try claims.profile(in: json, verifiesEmail: all, strictly: false)
        }
        let profile = try read(json)
        #expect(profile == ProviderProfile(subject: "o-1", login: "ann", name: nil, email: nil, groups: ["ops"]))
        #expect(try read(json.merging(["realm_access.roles": "one"])).groups == ["one"])
        #expect(throws: ProviderFault.self) { try read(["upn": "ann"]) }
        // An address is kept if the provider says that it is theirs, or its administrators say so of all; a no is a no.
        let silent = json.merging(["email_verified": .null])
        #expect(try read(silent).email == nil)
        #expect(try read(silent, all: true).email == "a@b.example")
        #expect(try read(json.merging(["email_verified": "true"])).email == "a@b.example")
        #expect(try read(json, all: true).email == nil)
    }

    @Test func `an administrator tries a whole sign-in, and nothing comes of it`() async throws {
        let scene = try await Scene()
        let tested = try await scene.admin.call("identity-providers.test", [scene.provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        let (_, other) = try await scene.admin.take("olga", roles: ["administrator"])
        var browser = Browser(scene.admin)
        func leave() async throws -> JSON {
            let begun = try await scene.admin.trial("identity-providers.begin-trial", [scene.provider], &browser)
            #expect(begun.status == 200, "\(begun.json)")
            return try await browser.visit(begun["url"]).body(scene.provider)
        }
        let body = try await leave()
        // It is no sign-in, and no other administrator's trial.
        #expect(try await browser.finish(body).problem == "sign-in-expired")
        let theirs = try await other.trial("identity-providers.finish-trial", [scene.provider], &browser, body)
        #expect(theirs.problem == "sign-in-expired")
        let done = try await scene.admin.trial("identity-providers.finish-trial", [scene.provider], &browser, body)
        #expect(done["outcome"] == "created", "\(done.json)")
        #expect(done.json["profile"]?["login"]?.text == "ann")
        guard case .array(let steps)? = done.json["steps"] else { throw Unexpected() }
        #expect(
            steps.map { $0["name"]?.text } == [
                "authorization", "token", "id-token", "userinfo", "account", "rules",
            ])
        #expect(try await scene.logins() == ["ada", "olga"])
        try await scene.op.behave(["claims": ["aud": "other"]], at: scene.house.now)
        let refused = try await scene.admin.trial(
            "identity-providers.finish-trial", [scene.provider], &browser, try await leave())
        #expect(refused["outcome"] == "refused")
        #expect(String(decoding: refused.json.bytes, as: UTF8.self).contains("the token is for somebody else"))
    }

    @Test func `settings that make no sense are refused where they stand, and a secret stays with its issuer`()
        async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let good: JSON = [
            "name": "Single sign-on", "secret": "s",
            "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
        ]
        let wrong: [(JSON, String)] = [
            (["issuer": "login.example.com"], "/settings/issuer"), (["issuer": "ftp://x.example"], "/settings/issuer"),
            (["issuer": "https://a:b@login.example.com"], "/settings/issuer"),
            (["issuer": "https://login.example.com?x=1"], "/settings/issuer"),
            (["scopes": ["profile"]], "/settings/scopes"), (["scopes": ["openid", "a b"]], "/settings/scopes/1"),
            (["algorithms": ["HS256"]], "/settings/algorithms/0"), (["algorithms": ["none"]], "/settings/algorithms/0"),
            (["clockSkewSeconds": 301], "/settings/clockSkewSeconds"), (["clientAuthentication": "none"], "/secret"),
        ]
        for (settings, pointer) in wrong {
            let body = good.merging(["settings": good["settings"]!.merging(settings)])
            let answer = try await admin.call("identity-providers.create", body: body)
            #expect(answer.status == 422, "\(pointer): \(answer.json)")
            #expect(
                String(decoding: answer.json.bytes, as: UTF8.self).contains("\"\(pointer)\""),
                "\(pointer): \(answer.json)")
        }
        let made = try await admin.call("identity-providers.create", body: good)
        #expect(made.status == 201, "\(made.json)")
        for elsewhere: JSON in [["issuer": "https://evil.example"], ["clientId": "d"]] {
            let settings = good["settings"]!.merging(elsewhere)
            let moved = try await admin.call(
                "identity-providers.change", [made["id"]], body: ["settings": settings], version: 1)
            #expect(moved.status == 422 && String(decoding: moved.json.bytes, as: UTF8.self).contains("\"/secret\""))
        }
    }

    static func claims(login: String) -> JSON {
        [
            "subject": "sub", "login": .string(login), "name": "name", "email": "email", "groups": "groups",
        ]
    }
}

extension Visitor {
    /// A call with the cookies of both: the session's, and the one of the sign-in that is under way.
    func trial(
        _ name: String, _ path: [String], _ browser: inout Browser, _ body: JSON? = nil
    ) async throws -> Answer {
        var cookies = ["gatehouse=\(pocket.cookie ?? "")"]
        if let cookie = browser.cookie { cookies.append("gatehouse-sign-in=\(cookie)") }
        let answer = try await house.call(
            name, path, body: body, in: scope, headers: [.cookie: cookies.joined(separator: "; ")])
        for field in answer.headers[values: .setCookie] where field.hasPrefix("gatehouse-sign-in=") {
            browser.cookie = String(field.dropFirst("gatehouse-sign-in=".count).prefix { $0 != ";" })
        }
        if let cookie = answer.cookie { keep(cookie: cookie.isEmpty ? nil : cookie) }
        return answer
    }
}

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

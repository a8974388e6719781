import FoundationEssentials
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Where a provider is, whose people it has, and what administrators say of both.
extension OIDCSignInTests {
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

import Foundation
import HTTPTypes
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import Identity

/// OAuth 2 without OpenID Connect, with servers that others wrote: Authlib, and LemonLDAP::NG.
@Suite(.serialized) struct OAuth2SignInTests {
    private struct Scene {
        let house: House
        let admin: Visitor
        let real: RealProvider
        let provider: String
        private let process: ChildProcess

        init(_ make: RealProvider.Make, settings: JSON = [:], _ more: JSON = ["createsUsers": .bool(true)]) async throws
        {
            house = try await House()
            admin = try await house.makeTenant().admin
            real = RealProvider(make)
            try house.opened.open([real.port])
            let body: JSON = [
                "name": "Real", "secret": .string(LyingProvider.secret),
                "settings": Self.settings(real, make).merging(settings),
            ]
            let made = try await admin.call("identity-providers.create", body: body.merging(more))
            #expect(made.status == 201, "\(made.json)")
            provider = made["id"]
            process = try await real.start(
                client: LyingProvider.clientID, secret: LyingProvider.secret,
                redirect: "http://acme.localhost/sign-in/callback/\(provider)")
        }

        static func settings(_ real: RealProvider, _ make: RealProvider.Make) -> JSON {
            let isLemon = make == .lemonLDAP
            let base = real.issuer + (isLemon ? "oauth2/" : "")
            let claims: JSON = [
                "subject": isLemon ? "sub" : "id", "login": isLemon ? "preferred_username" : "login", "name": "name",
                "email": "email", "groups": "groups",
            ]
            return [
                "kind": "oauth2", "authorizationUrl": .string(base + "authorize"), "tokenUrl": .string(base + "token"),
                "userinfoUrl": .string(base + "userinfo"), "clientId": .string(LyingProvider.clientID),
                "claims": claims, "scopes": isLemon ? ["openid", "profile", "email"] : ["profile", "email"],
                "clientAuthentication": isLemon ? "post" : "basic",
            ]
        }

        func leave(_ browser: inout Browser) async throws -> JSON {
            try await visit(try await browser.begin(provider))
        }

        func visit(_ begun: Answer) async throws -> JSON {
            #expect(begun.status == 200, "\(begun.json)")
            let back = try await real.visit(begun["url"], host: "acme.localhost")
            let parts = try #require(URLComponents(string: back))
            var fields: [String: String] = [:]
            for item in parts.queryItems ?? [] { fields[item.name] = item.value }
            return Browser.Return(fields: fields).body(provider)
        }

        func signIn() async throws -> Answer {
            var browser = Browser(admin)
            let body = try await leave(&browser)
            return try await browser.finish(body)
        }

        /// Claims that Authlib's server has besides.
        func claim(_ claims: JSON) async throws {
            var request = OutboundRequest(.post, try OutboundURL(real.issuer + "control"))
            request.body = claims.bytes
            let client = HTTPClient(
                configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "control"))
            #expect(try await client.send(request).status == 200)
        }

        func users() async throws -> [JSON] { try await admin.call("users.list").items }
        func stop() async { await process.stop(SIGKILL) }
    }

    @Test(.enabled(if: RealProvider.areThere(RealProvider.ofOAuth2)), arguments: RealProvider.ofOAuth2)
    func `somebody comes in by a real provider, a code counts once, and only where it was brought from`(
        _ make: RealProvider.Make
    ) async throws {
        let scene = try await Scene(make)
        let tested = try await scene.admin.call("identity-providers.test", [scene.provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        var (mine, theirs) = (Browser(scene.admin), Browser(scene.admin))
        let first = try await scene.leave(&mine)
        #expect(try await theirs.finish(first).problem == "sign-in-expired")
        let done = try await mine.finish(first)
        #expect(done.step == "enrol", "\(done.json)")
        #expect(try await mine.finish(first).problem == "sign-in-expired")
        #expect(try await scene.users().contains { $0["login"]?.text == scene.real.login })
        // A code that another browser brought fits no attempt but its own (PKCE).
        let stolen = try await scene.leave(&mine)
        let planted = try await scene.leave(&theirs).merging(["code": stolen["code"]!])
        #expect(try await theirs.finish(planted).problem == "sign-in-refused")
        #expect(try await scene.signIn().step == "enrol")
        #expect(try await scene.admin.call("identity-providers.links", [scene.provider]).items.count == 1)
        await scene.stop()
    }

    @Test(.enabled(if: RealProvider.isThere(.authlib)))
    func `claims say who it is, rules what they get, and an address counts only if it is verified`() async throws {
        let scene = try await Scene(.authlib)
        let group = try await scene.admin.call("groups.create", body: ["name": "Operators"])["id"]
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider],
            body: ["rules": [["directoryGroup": "ops", "group": .string(group)]], "bindsUsers": .bool(true)],
            version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        try await scene.claim(["groups": ["ops"], "email_verified": .null])
        #expect(try await scene.signIn().step == "enrol")
        func alice() async throws -> JSON? { try await scene.users().first { $0["login"]?.text == "alice" } }
        #expect(try await alice()?["name"]?.text == "Alice Adams")
        #expect(try await alice()?["email"]?.text == nil)
        #expect(try await scene.admin.call("groups.members", [group]).items.count == 1)
        try await scene.claim(["groups": ["ops"]])
        #expect(try await scene.signIn().step == "enrol")
        #expect(try await alice()?["email"]?.text == "alice@example.org")
        let links = try await scene.admin.call("identity-providers.links", [scene.provider]).items
        #expect(links.map { $0["subject"]?.text } == ["17"])
        // Whoever binds such an account themselves gets nothing of what it says.
        try await scene.claim(["id": 18, "login": "carol", "groups": ["ops"], "name": "Carol"])
        let (_, bob) = try await scene.admin.take("bob")
        var browser = Browser(bob)
        let begun = try await bob.trial(
            "me.begin-binding", [], &browser, ["provider": .string(scene.provider)])
        let proposed = try await bob.trial("me.propose-binding", [], &browser, try await scene.visit(begun))
        #expect(proposed["account"] == "Carol (carol)", "\(proposed.json)")
        let bound = try await bob.call("me.confirm-binding", body: ["token": .string(proposed["token"])])
        #expect(bound.status < 300, "\(bound.json)")
        #expect(try await scene.signIn().step == "second-factor")
        #expect(try await scene.admin.call("groups.members", [group]).items.map { $0["login"]?.text } == ["alice"])
        #expect(try await scene.users().first { $0["login"]?.text == "bob" }?["name"]?.text == "Bob")
        // A login that is an address is somebody's only if it is verified to be theirs.
        let unverified: JSON = [
            "id": 19, "login": "ada@example.org", "email": "ada@example.org", "email_verified": .bool(false),
        ]
        try await scene.claim(unverified)
        #expect(try await scene.signIn().problem == "sign-in-refused")
        try await scene.claim(["id": 19, "login": "ada@example.org", "email": "eve@example.org"])
        #expect(try await scene.signIn().problem == "sign-in-refused")
        try await scene.claim(["id": 19, "login": "ada@example.org", "email": "ada@example.org"])
        #expect(try await scene.signIn().step == "enrol")
        for broken: JSON in [["id": .null], ["id": ""], ["login": .null], ["id": 20, "login": "аda"]] {
            try await scene.claim(broken)
            #expect(try await scene.signIn().problem == "sign-in-refused", "\(broken)")
        }
        let wrong = try await scene.admin.call(
            "identity-providers.change", [scene.provider], body: ["secret": "another"], version: 2)
        #expect(wrong.status == 200, "\(wrong.json)")
        let tested = try await scene.admin.call("identity-providers.test", [scene.provider], body: [:])
        #expect(tested["outcome"] == "refused" && tested.text.contains("invalid_client"), "\(tested.json)")
        await scene.stop()
    }

    @Test func `settings that make no sense are refused where they stand, and a secret stays where it goes`()
        async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let good: JSON = [
            "name": "OAuth", "secret": "s",
            "settings": [
                "kind": "oauth2", "authorizationUrl": "https://a.example/authorize",
                "tokenUrl": "https://a.example/token", "userinfoUrl": "https://a.example/me", "clientId": "c",
            ],
        ]
        for (name, text) in [
            ("authorizationUrl", "a.example/authorize"), ("tokenUrl", "https://a:b@a.example/token"),
            ("userinfoUrl", "https://a.example/me#x"), ("tokenUrl", "ftp://a.example"),
        ] {
            let settings = good["settings"]!.merging(.object([.init(name, .string(text))]))
            let answer = try await admin.call(
                "identity-providers.create", body: good.merging(["settings": settings]))
            #expect(answer.status == 422 && answer.text.contains("/settings/\(name)"), "\(answer.json)")
        }
        let made = try await admin.call("identity-providers.create", body: good)
        #expect(made.status == 201, "\(made.json)")
        for name in ["authorizationUrl", "tokenUrl", "userinfoUrl", "clientId"] {
            let settings = good["settings"]!.merging(.object([.init(name, "https://evil.example/x")]))
            let moved = try await admin.call(
                "identity-providers.change", [made["id"]], body: ["settings": settings], version: 1)
            #expect(moved.status == 422 && moved.text.contains("\"/secret\""), "\(name): \(moved.json)")
        }
    }
}

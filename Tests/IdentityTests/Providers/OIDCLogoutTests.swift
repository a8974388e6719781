import Cryptography
import FoundationEssentials
import HTTPTypes
import JOSE
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// A session that ends at its provider ends here, and whoever leaves here is shown the way out there.
@Suite(.enabled(if: LyingProvider.isThere)) struct OIDCLogoutTests {
    struct Scene {
        let scene: OIDCSignInTests.Scene
        let ann: Visitor
        var house: House { scene.house }
        var op: LyingProvider { scene.op }

        init(settings: JSON = [:]) async throws {
            scene = try await OIDCSignInTests.Scene(settings: settings)
            ann = Visitor(house: scene.house, scope: scene.admin.scope, login: "ann")
            try await come(enrols: true)
        }

        /// Ann comes in by the provider's session `sid-1`.
        func come(enrols: Bool = false) async throws {
            try await op.behave(["claims": ["sid": "sid-1"]], at: house.now)
            var browser = Browser(scene.admin)
            let begun = try await browser.signIn(scene.provider)
            if enrols { return try await ann.enrol(begun["token"]) }
            let done = try await ann.open(
                "auth.second-factor", ["token": .string(begun["token"]), "code": .string(ann.freshCode())])
            ann.keep(cookie: done.cookie)
        }

        func isIn() async throws -> Bool { try await ann.call("me.show").status == 200 }

        /// What a form says to the provider, by the names of its fields.
        func farewell() async throws -> [String: String] {
            guard case .array(let items)? = try await ann.call("me.farewells").json["items"],
                case .array(let fields)? = items.first?["fields"]
            else { return [:] }
            #expect(items.first?["url"]?.text == "\(op.issuer)/bye")
            return Dictionary(uniqueKeysWithValues: fields.map { ($0["name"]?.text ?? "", $0["value"]?.text ?? "") })
        }

        func say(_ claims: JSON, _ how: JSON = [:], at provider: String? = nil) async throws -> Int {
            try await op.behave(how, at: house.now)
            return try await hand(in: try await op.logoutToken(claims), at: provider)
        }

        func hand(in token: String, at provider: String? = nil) async throws -> Int {
            try await house.call(
                "auth.provider-logout", [provider ?? scene.provider], in: scene.admin.scope,
                form: "logout_token=\(token)"
            ).status
        }
    }

    @Test(
        arguments: [["sub": "subject-of-ann"], ["sid": "sid-1"], ["sub": "subject-of-ann", "sid": "sid-1"]] as [JSON])
    func `the provider's word ends everything of the person, and nothing that began later`(
        _ claims: JSON
    ) async throws {
        let scene = try await Scene()
        #expect(try await scene.isIn())
        try await scene.op.behave(at: scene.house.now)
        let token = try await scene.op.logoutToken(claims)
        #expect(try await scene.hand(in: token) == 204)
        #expect(try await !scene.isIn())
        let events = try await scene.house.test.database.query(
            "select count(*) from events where tenant_id = \(scene.scene.admin.scope.tenant) and type = 'user.signed-out-by-provider'",
            in: scene.scene.admin.scope
        ) { try $0.next(Int.self) }
        #expect(events == [1])
        // The same token once more, after Ann has come in again.
        scene.house.wait(10)
        try await scene.come()
        #expect(try await scene.isIn())
        #expect(try await scene.hand(in: token) == 204)
        #expect(try await scene.isIn())
        #expect(try await scene.scene.admin.call("me.show").status == 200)
    }

    /// The provider's clock is 100 seconds behind, so its word seems older than the sign-in that it ends.
    @Test(arguments: [(0, false), (300, true)])
    func `clocks may differ by what the provider's settings say`(skew: Int, ends: Bool) async throws {
        let scene = try await Scene(settings: ["clockSkewSeconds": .int(Int64(skew))])
        #expect(try await scene.say(["sub": "subject-of-ann"], ["late": -100]) == 204)
        #expect(try await scene.isIn() != ends)
    }

    @Test func `no other word ends anything`() async throws {
        let scene = try await Scene()
        let person: JSON = ["sub": "subject-of-ann"]
        let hows: [JSON] = [
            ["sign": "none"], ["sign": "hs256"], ["sign": "another-key"], ["late": -181], ["late": 181],
            ["header": ["typ": "at+jwt"]],
        ]
        let wrong: [JSON] = [
            ["nonce": "n"], ["events": .null], ["events": ["\(LogoutTokenCheck.event)": "yes"]], ["aud": "other"],
            ["iss": "http://127.0.0.1:1"], ["jti": .null], ["iat": .null], ["sub": .null],
        ]
        for (claims, how) in hows.map({ (person, $0) }) + wrong.map({ (person.merging($0), JSON.object([])) }) {
            #expect(try await scene.say(claims, how) == 400, "\(claims) \(how)")
            scene.house.wait(31)
        }
        #expect(try await scene.say(["sub": "somebody-else"]) == 204)
        #expect(try await scene.say(["sub": "subject-of-ann", "sid": "another"]) == 204)
        let other = try await scene.scene.admin.add(scene.op, ["name": "Another"])
        #expect(try await scene.say(person, at: other) == 204)
        #expect(try await scene.hand(in: "a.b.c") == 400)
        #expect(try await scene.hand(in: "") == 400)
        #expect(try await scene.isIn())
        #expect(try await scene.say(person) == 204)
        #expect(try await !scene.isIn())
    }

    @Test func `an ID token ends nothing, and a logout token lets nobody in`() async throws {
        let scene = try await Scene()
        let issued = scene.house.now
        let check = LogoutTokenCheck(issuer: "i", client: "c", skew: 60, now: issued)
        let identity: JSON = [
            "iss": "i", "aud": "c", "sub": "s", "nonce": "n", "iat": .int(Int64(issued.timeIntervalSince1970)),
            "exp": .int(Int64(issued.timeIntervalSince1970) + 60), "jti": "j",
        ]
        let header = try JSONWebToken(
            parsing: "eyJhbGciOiJFUzI1NiJ9.e30.AA", allowed: [.es256]
        ).header
        #expect(throws: LogoutTokenCheck.Fault.kind) { try check(identity, header) }
        _ = try await scene.scene.refuses([
            "claims": ["events": ["http://schemas.openid.net/event/backchannel-logout": [:]]]
        ])
    }

    @Test func `whoever signs out is shown where they are signed in besides`() async throws {
        let scene = try await Scene()
        let answer = try await scene.ann.call("me.farewells")
        guard case .array(let items)? = answer.json["items"] else { throw Unexpected() }
        #expect(items.map { $0["name"]?.text } == ["Single sign-on"])
        let url = items.first?["url"]?.text ?? ""
        #expect(
            url.hasPrefix(
                "\(scene.op.issuer)/bye?client_id=gatehouse&post_logout_redirect_uri=http%3A%2F%2Facme.localhost%2Fsign-in"
            ))
        #expect(items.first?["fields"] == [])
        #expect(try await scene.scene.admin.call("me.farewells").json["items"] == [])
    }

    @Test func `the provider is told whose session ends, by the token in a form and never in an address`() async throws
    {
        let scene = try await Scene(settings: ["signsOutBy": "form"])
        let token = try await scene.farewell()["id_token_hint"]
        let parsed = try JSONWebToken(parsing: try #require(token), allowed: Set(SignatureAlgorithm.allCases))
        #expect(parsed.header.algorithm == .es256)
        let (house, scope) = (scene.house, scene.scene.admin.scope)
        func kept() async throws -> [[UInt8]] {
            try await house.test.database.query(
                "select sealed_hint from sign_out_hints where tenant_id = \(scope.tenant)", in: scope
            ) { try $0.next([UInt8].self) }
        }
        let sealed = try await kept()
        #expect(sealed.count == 1)
        let piece = Array((token ?? "").utf8.prefix(40))
        #expect(sealed.allSatisfy { bytes in !bytes.indices.contains { bytes[$0...].starts(with: piece) } })

        // Under a new key of the company it can still be read.
        let rewrapping = SignOutHintsRewrapping(database: house.test.database)
        _ = try await house.tenancy.rotateKey(at: house.now, in: scope)
        let chain = try await house.keys.chain(in: scope)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: scope) == 1)
        #expect(try await rewrapping.rewrap(10, with: chain, in: scope) == 1)
        #expect(try await scene.farewell()["id_token_hint"] == token)

        // Another sign-in takes the place of the last one; it is forgotten after a day, or when the session ends there.
        house.wait(60)
        try await scene.come()
        let next = try await scene.farewell()["id_token_hint"]
        #expect(next != nil && next != token)
        #expect(try await kept().count == 1)
        #expect(try await scene.say(["sub": "subject-of-ann"]) == 204)
        #expect(try await kept().isEmpty)
        house.wait(60)
        try await scene.come()
        #expect(try await kept().count == 1)
        house.wait(24 * 3600 + 1)
        try await house.identity.purge(at: house.now)
        #expect(try await kept().isEmpty)
    }

    @Test func `the token is told to no program, and not to another provider whose place this one takes`() async throws
    {
        let scene = try await Scene(settings: ["signsOutBy": "form"])
        let (house, scope) = (scene.house, scene.scene.admin.scope)
        #expect(try await scene.farewell()["id_token_hint"] != nil)
        let token = try await scene.ann.call("me.create-token", body: ["name": "script"])["token"]
        let program = try await house.call(
            "me.farewells", in: scope, headers: [.authorization: "Bearer \(token)"])
        guard case .array(let items)? = program.json["items"] else { throw Unexpected() }
        #expect(items.count == 1 && items.first?["fields"] == [])
        // What was kept for a form is in none where the company leaves by an address by now.
        for (version, way) in [(1, "address"), (2, "form")] {
            let changed = try await scene.scene.admin.call(
                "identity-providers.change", [scene.scene.provider],
                body: ["settings": scene.op.settings.merging(["signsOutBy": .string(way)])], version: version)
            #expect(changed.status == 200, "\(changed.json)")
            let again = try await scene.ann.call("me.farewells")
            guard case .array(let items)? = again.json["items"] else { throw Unexpected() }
            #expect(items.count == 1 && (items.first?["fields"] == []) == (way == "address"), "\(items)")
        }
        let change: JSON = [
            "settings": scene.op.settings.merging(["signsOutBy": "form", "clientId": "another"]), "secret": "s",
        ]
        let changed = try await scene.scene.admin.call(
            "identity-providers.change", [scene.scene.provider], body: change, version: 3)
        #expect(changed.status == 200, "\(changed.json)")
        let kept = try await house.test.database.query(
            "select count(*) from sign_out_hints where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(Int.self) }
        #expect(kept == [0])
    }

    @Test func `in an address stands what the provider itself calls somebody for this`() async throws {
        let scene = try await Scene()
        try await scene.op.behave(["claims": ["login_hint": "ann & co"]], at: scene.house.now)
        var browser = Browser(scene.scene.admin)
        let begun = try await browser.signIn(scene.scene.provider)
        let done = try await scene.ann.open(
            "auth.second-factor", ["token": .string(begun["token"]), "code": .string(scene.ann.freshCode())])
        scene.ann.keep(cookie: done.cookie)
        let answer = try await scene.ann.call("me.farewells")
        guard case .array(let items)? = answer.json["items"] else { throw Unexpected() }
        #expect(items.first?["url"]?.text?.contains("&logout_hint=ann%20%26%20co") == true, "\(items)")
        #expect(items.first?["fields"] == [])
    }
}

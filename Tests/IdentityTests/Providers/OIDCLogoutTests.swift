import FoundationEssentials
import JOSE
import Kernel
import Postgres
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
        #expect(try await scene.scene.admin.call("me.farewells").json["items"] == [])
    }
}

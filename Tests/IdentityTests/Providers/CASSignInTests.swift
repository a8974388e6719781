import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People who come in by a CAS server, and what comes in its name.
@Suite(.timeLimit(.minutes(3))) struct CASSignInTests {
    /// A company, its administrator, and a server that tells the truth.
    struct Scene {
        let house: House
        let admin: Visitor
        let cas: LyingCAS
        let provider: String

        init(settings: JSON = [:], _ more: JSON = [:]) async throws {
            house = try await House()
            admin = try await house.makeTenant().admin
            cas = try await LyingCAS()
            provider = try await admin.addCAS(cas.url, port: cas.port, settings: settings, more)
        }

        /// Out to the server, and back to the portal's page.
        func leave(_ browser: inout Browser, at other: String? = nil) async throws -> Browser.Return {
            let begun = try await browser.begin(other ?? provider, ["returnTo": "/requests"])
            #expect(begun.status == 200, "\(begun.json)")
            return try await browser.arrive(cas.visit(begun["url"]), at: other ?? provider)
        }

        func signIn(_ browser: inout Browser) async throws -> Answer {
            let back = try await leave(&browser)
            return try await browser.finish(back.body(provider))
        }

        func logins() async throws -> [String] {
            try await admin.call("users.list").items.compactMap { $0["login"]?.text }.sorted()
        }

        func end(_ ticket: String, at other: String? = nil) async throws -> Int {
            let xml =
                "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"x\" Version=\"2.0\">"
                + "<samlp:SessionIndex>\(ticket)</samlp:SessionIndex></samlp:LogoutRequest>"
            return try await house.call(
                "auth.cas-logout", [other ?? provider, String(repeating: "a", count: 43)], in: admin.scope,
                form: FormText.encode([(name: "logoutRequest", value: xml)])
            ).status
        }
    }

    @Test func `somebody of the server is taken in, enrols, and comes back as the same person`() async throws {
        let scene = try await Scene(["domains": ["example.org"]])
        let group = try await scene.admin.call("groups.create", body: ["name": "Operators"])["id"]
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider],
            body: [
                "rules": [
                    [
                        "directoryGroup": "ops", "group": .string(group),
                        "conditions": [["kind": "attribute", "name": "memberOf", "value": "ops"]],
                    ]
                ]
            ], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        let face = try await scene.house.call("auth.tenant", in: scene.admin.scope)
        #expect(
            face.json["providers"] == [
                ["id": .string(scene.provider), "name": "CAS", "kind": "cas", "domains": ["example.org"]]
            ])
        let tested = try await scene.admin.call("identity-providers.test", [scene.provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        var browser = Browser(scene.admin)
        let first = try await scene.signIn(&browser)
        // Whoever proved the person: the second factor is asked for, and nothing is open before.
        #expect(first.step == "enrol" && first["returnTo"] == "/requests" && first.cookie == nil, "\(first.json)")
        let ann = Visitor(house: scene.house, scope: scene.admin.scope, login: "ann")
        try await ann.enrol(first["token"])
        #expect(try await scene.signIn(&browser).step == "second-factor")
        #expect(try await scene.logins() == ["ada", "ann"])
        let user = try await scene.admin.call("users.list").items.first { $0["login"]?.text == "ann" }
        #expect(user?["name"]?.text == "Ann Archer" && user?["email"]?.text == "ann@example.org")
        let members = try await scene.admin.call("groups.members", [group]).items
        #expect(members.map { $0["login"]?.text } == ["ann"])
        let links = try await scene.admin.call("identity-providers.links", [scene.provider]).items
        #expect(links.map { $0["subject"]?.text } == ["ann"])
        let farewells = try await ann.call("me.farewells")
        #expect(
            farewells.json["items"] == [
                [
                    "name": "CAS",
                    "url": .string("\(scene.cas.url)/logout?service=http%3A%2F%2Facme.localhost%2Fsign-in"),
                    "fields": [],
                ]
            ])
    }

    private static let yes = "<c:authenticationSuccess><c:user>ann</c:user></c:authenticationSuccess>"
    private static let no = "<c:authenticationFailure code='INVALID_TICKET'/>"
    private static func said(_ inside: String, _ before: String = "") -> JSON {
        ["say": .string("\(before)<c:serviceResponse xmlns:c='@SPACE@'>\(inside)</c:serviceResponse>")]
    }
    /// What a lying server, or somebody between, gives in place of an honest answer.
    private static let lies: [JSON] = [
        said(yes + no), said(no + yes), said(no), said(yes + yes),
        said("<c:authenticationSuccess><c:user>ann</c:user><c:user>ada</c:user></c:authenticationSuccess>"),
        said(yes, "<!DOCTYPE a [<!ENTITY b 'ann'>]>"),
        ["say": .string("<serviceResponse xmlns='urn:other'>\(yes)</serviceResponse>"), "padding": 0],
        said(yes).merging(["padding": 300_000]), said(yes).merging(["status": 500]), said(yes).merging(["status": 302]),
        ["say": "yes\nann\n"], ["user": "аnn"], ["user": " ann"], ["user": "ann "], ["user": ""],
        ["ticket": "PT-1"], ["ticket": "TGT-1"], ["ticket": .string("ST-" + String(repeating: "a", count: 300))],
    ]

    @Test func `no lie lets anybody in, and whoever is refused learns nothing`() async throws {
        let scene = try await Scene()
        var said: Set<String> = []
        for lie in Self.lies {
            try await scene.cas.behave(lie)
            var browser = Browser(scene.admin)
            let answer = try await scene.signIn(&browser)
            #expect(answer.problem == "sign-in-refused" && answer.cookie == nil, "\(lie): \(answer.json)")
            said.insert(String(decoding: answer.essence.bytes, as: UTF8.self))
            if lie["ticket"] != nil { #expect(try await scene.cas.asked("/p3/serviceValidate") == 0) }
        }
        #expect(said.count == 1)
        #expect(try await scene.logins() == ["ada"])
        try await scene.cas.behave()
        var browser = Browser(scene.admin)
        #expect(try await scene.signIn(&browser).step == "enrol")
    }

    @Test func `a ticket counts once, with the browser that began, at its own server`() async throws {
        let scene = try await Scene()
        let other = try await scene.admin.addCAS(scene.cas.url, port: scene.cas.port, ["name": "Another"])
        var browser = Browser(scene.admin)
        let once = try await scene.leave(&browser).body(scene.provider)
        var stranger = Browser(scene.admin)
        _ = try await stranger.begin(scene.provider)
        #expect(try await stranger.finish(once).problem == "sign-in-expired")
        #expect(try await browser.finish(once.merging(["provider": .string(other)])).problem == "sign-in-expired")
        #expect(try await browser.finish(once).step == "enrol")
        #expect(try await browser.finish(once).problem == "sign-in-expired")
        // A ticket of before under a state of now never gets to the server; one of another attempt is none there.
        let fresh = try await scene.leave(&browser).body(scene.provider)
        try await scene.cas.behave(Self.said(Self.yes))
        #expect(try await browser.finish(fresh.merging(["code": once["code"]!])).problem == "sign-in-refused")
        #expect(try await scene.cas.asked("/p3/serviceValidate") == 0)
        try await scene.cas.behave()
        let theirs = try await scene.leave(&stranger).body(scene.provider)
        let mine = try await scene.leave(&browser).body(scene.provider)
        #expect(try await browser.finish(mine.merging(["code": theirs["code"]!])).problem == "sign-in-refused")
        let late = try await scene.leave(&browser).body(scene.provider)
        scene.house.wait(601)
        #expect(try await browser.finish(late).problem == "sign-in-expired")
        // Whoever comes without a ticket, or with something else, comes with nothing.
        let begun = try await browser.begin(scene.provider)
        let state = try Browser.state(of: begun["url"])
        let place = "http://acme.localhost/api/v1/auth/identity-providers/\(scene.provider)/cas/\(state)"
        for query in ["", "?ticket=", "?ticket=ST-1%26a%3Db", "?ticket=ST-1&ticket=ST-2", "?ticket=%0d%0aX:y"] {
            #expect(try await browser.arrive(place + query, at: scene.provider).fields == ["state": state])
        }
        let odd = try await scene.house.call(
            "auth.cas-ticket", [scene.provider, "x"], in: scene.admin.scope, site: "cross-site")
        #expect(odd.status == 404 || odd.status == 422)
    }

    @Test func `an address of mail says who somebody is only where the server verifies it`() async throws {
        let scene = try await Scene()
        func set(_ attributes: JSON, verified: Bool, version: Int) async throws -> Answer {
            let all: JSON = [
                "subject": "user", "login": "user", "name": "displayName", "email": "mail", "groups": "memberOf",
            ]
            return try await scene.admin.call(
                "identity-providers.change", [scene.provider],
                body: [
                    "settings": [
                        "kind": "cas", "serverUrl": .string(scene.cas.url), "verifiesEmail": .bool(verified),
                        "attributes": all.merging(attributes),
                    ]
                ], version: version)
        }
        #expect(try await set(["login": "mail"], verified: false, version: 1).status == 422)
        #expect(try await set(["login": "other"], verified: false, version: 1).status == 200)
        try await scene.cas.behave(["attributes": ["other": ["ada@example.com"]]])
        var browser = Browser(scene.admin)
        #expect(try await scene.signIn(&browser).problem == "sign-in-refused")
        #expect(try await set(["login": "mail"], verified: true, version: 2).status == 200)
        try await scene.cas.behave()
        #expect(try await scene.signIn(&browser).step == "enrol")
        #expect(try await scene.logins() == ["ada", "ann@example.org"])
    }

    @Test func `a ticket that is over ends everything of the person, and nothing else ends anything`() async throws {
        let scene = try await Scene()
        var browser = Browser(scene.admin)
        let back = try await scene.leave(&browser)
        let ticket = try #require(back.fields["code"])
        let ann = Visitor(house: scene.house, scope: scene.admin.scope, login: "ann")
        try await ann.enrol(try await browser.finish(back.body(scene.provider))["token"])
        func isIn() async throws -> Bool { try await ann.call("me.show").status == 200 }
        let other = try await scene.admin.addCAS(scene.cas.url, port: scene.cas.port, ["name": "Another"])
        // Everybody gets the same answer.
        #expect(try await scene.end("ST-guessed") == 204)
        #expect(try await scene.end(ticket.uppercased()) == 204)
        #expect(try await scene.end(ticket, at: other) == 204)
        for form in ["", "logoutRequest=", "logoutRequest=\(ticket)", "logoutRequest=%3C!DOCTYPE+a%3E%3Ca/%3E"] {
            let answer = try await scene.house.call(
                "auth.cas-logout", [scene.provider, String(repeating: "a", count: 43)], in: scene.admin.scope,
                form: form)
            #expect(answer.status == 400, "\(form)")
        }
        #expect(try await isIn())
        // What the database has ends nothing.
        let kept = try await scene.house.test.superuser().query(
            "select encode(session_hash, 'hex') from identity_sessions"
        ) { try $0.next(String.self) }
        #expect(kept.count == 1 && kept[0] != ticket)
        #expect(try await scene.end("ST-" + kept[0]) == 204)
        #expect(try await isIn())
        #expect(try await scene.end(ticket) == 204)
        #expect(try await !isIn())
        #expect(try await scene.admin.call("me.show").status == 200)
        let events = try await scene.house.test.database.query(
            "select count(*) from events where tenant_id = \(scene.admin.scope.tenant) and type = 'user.signed-out-by-provider'",
            in: scene.admin.scope
        ) { try $0.next(Int.self) }
        #expect(events == [1])
        // A provider of another kind has no such door.
        let ldap = try await scene.admin.call(
            "identity-providers.change", [other], body: ["enabled": .bool(false)], version: 1)
        #expect(ldap.status == 200)
        #expect(try await scene.end(ticket, at: other) == 404)
    }

    @Test func `an administrator tries it out, and sees what the server said`() async throws {
        let scene = try await Scene()
        var browser = Browser(scene.admin)
        let begun = try await scene.admin.trial("identity-providers.begin-trial", [scene.provider], &browser)
        #expect(begun.status == 200, "\(begun.json)")
        let back = try await browser.arrive(scene.cas.visit(begun["url"]), at: scene.provider).body(scene.provider)
        // It signs nobody in.
        #expect(try await browser.finish(back).problem == "sign-in-expired")
        let done = try await scene.admin.trial(
            "identity-providers.finish-trial", [scene.provider], &browser, back)
        #expect(done["outcome"] == "created", "\(done.json)")
        #expect(done.json["profile"]?["login"]?.text == "ann")
        guard case .array(let steps)? = done.json["steps"] else { throw Unexpected() }
        #expect(steps.prefix(3).map { $0["name"]?.text } == ["authorization", "ticket", "claims"])
        #expect(steps[2]["detail"]?.text == "displayName; mail; memberOf")
        #expect(try await scene.logins() == ["ada"])
    }

    @Test func `a server that ends everybody's sessions is not slowed down by its address`() throws {
        let operation = try #require(BrowserSignInRoutes.group.operations.first { $0.name == "auth.cas-logout" })
        #expect(operation.rate == .standard)
    }
}

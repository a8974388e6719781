import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Another system of the company's sends somebody to a sign-in.
@Suite struct SignInLinkTests {
    struct Scene {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor
        let bobID: UserID
        /// The other system's.
        let token: String

        init() async throws {
            house = try await House()
            (scope, ada) = try await house.makeTenant()
            (bobID, bob) = try await ada.take("bob")
            token = try await ada.call("me.create-token", body: ["name": "intranet"])["token"]
        }

        func issue(_ body: JSON, bearer: String? = nil) async throws -> Answer {
            try await house.call(
                "sign-in-links.issue", body: body, in: scope,
                headers: [.authorization: "Bearer \(bearer ?? token)"])
        }

        /// What a link for bob carries.
        func link(_ more: JSON = [:]) async throws -> String {
            let issued = try await issue(JSON.object([.init("login", "bob")]).merging(more))
            #expect(issued.status == 201, "\(issued.json)")
            let url = issued["url"].split(separator: "#")
            #expect(url.first == "http://acme.localhost:8080/sign-in/link" && url.count == 2)
            return String(issued["url"].split(separator: "=").last ?? "")
        }

        func use(_ token: String) async throws -> Answer {
            try await bob.open("auth.link", ["token": .string(token)])
        }

        func run(_ statement: SQL) async throws {
            _ = try await house.test.superuser().execute(statement)
        }
    }

    @Test func `a link stands for the password, once, and the second factor is asked for all the same`() async throws {
        let scene = try await Scene()
        let token = try await scene.link(["landing": "/my/assets?sort=name"])
        let first = try await scene.use(token)
        #expect(first.status == 200 && first.step == "second-factor" && first.cookie == nil, "\(first.json)")
        #expect(first["returnTo"] == "/my/assets?sort=name")
        #expect(try await scene.use(token).problem == "sign-in-expired")
        let wrong = try await scene.bob.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": "000000"])
        #expect(wrong.problem == "code-refused")
        let done = try await scene.bob.open(
            "auth.second-factor",
            ["token": .string(first["token"]), "code": .string(scene.bob.freshCode())])
        #expect(done.step == "done" && done.cookie != nil)
        let shown = try await scene.ada.call("sign-in-links.list").items
        #expect(shown.count == 1 && shown[0]["login"]?.text == "bob" && shown[0]["through"]?.text == "token")
        #expect(shown[0]["usedFrom"]?.text == "192.0.2.1" && shown[0]["createdByName"]?.text == "Ada Archer")
    }

    @Test func `of many that come at once with one link one begins`() async throws {
        let scene = try await Scene()
        let token = try await scene.link()
        let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<12 { group.addTask { try await scene.use(token).status == 200 } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(begun == 1)
    }

    @Test func `a link ends with its time, when it is taken back, and with whoever asked for it`() async throws {
        let scene = try await Scene()
        let late = try await scene.link(["seconds": 60])
        scene.house.wait(60)
        #expect(try await scene.use(late).problem == "sign-in-expired")
        for seconds in [0, 29, 901] {
            #expect(try await scene.issue(["login": "bob", "seconds": .int(Int64(seconds))]).status == 422)
        }
        let taken = try await scene.link()
        let id = try #require(try await scene.ada.call("sign-in-links.list").items.first?["id"]?.text)
        #expect(try await scene.ada.call("sign-in-links.revoke", [id]).status == 204)
        #expect(try await scene.ada.call("sign-in-links.revoke", [id]).problem == "review-over")
        #expect(try await scene.ada.call("sign-in-links.revoke", [SignInLinkID.new().text]).status == 404)
        #expect(try await scene.use(taken).problem == "sign-in-expired")
        let orphan = try await scene.link()
        try await scene.run("update users set state = 'disabled' where login = 'ada'")
        #expect(try await scene.use(orphan).problem == "sign-in-expired")
        try await scene.run("update users set state = 'active' where login = 'ada'")
        #expect(try await scene.use("guessed").problem == "sign-in-expired")
    }

    @Test func `the account has to be one that may sign in`() async throws {
        let scene = try await Scene()
        let token = try await scene.link()
        // Where bob has come in from lately, a lock that others caused does not keep him out.
        scene.house.move(to: "198.51.100.5")
        try await scene.run(
            "update users set locked_until = now() + interval '100 years', failed_attempts = 99 where login = 'bob'")
        #expect(try await scene.use(token).problem == "sign-in-refused")
        // It was not used up by that.
        try await scene.run(
            "update users set locked_until = null, failed_attempts = 3, must_change_password = true where login = 'bob'"
        )
        #expect(try await scene.use(token).problem == "finish-in-portal")
        try await scene.run("update users set must_change_password = false where login = 'bob'")
        #expect(try await scene.use(token).step == "second-factor")
        // No password was shown, so what was guessed before is not forgotten.
        let left = try await scene.house.test.superuser().query(
            "select failed_attempts from users where login = 'bob'"
        ) { try $0.next(Int.self) }
        #expect(left == [3])
        let disabled = try await scene.link()
        #expect(try await scene.ada.call("users.disable", [scene.bobID.text]).status == 200)
        #expect(try await scene.use(disabled).problem == "sign-in-expired")
        #expect(try await scene.issue(["login": "bob"]).status == 404)
        #expect(try await scene.ada.call("users.enable", [scene.bobID.text]).status == 200)
        #expect(
            try await scene.use(disabled).problem == "sign-in-expired", "An account that comes back brings no link.")
    }

    @Test func `a link sets up no second factor, no password, and nobody who has never come in`() async throws {
        let scene = try await Scene()
        let created = try await scene.ada.call("users.create", body: ["login": "new", "name": "New"])
        func link() async throws -> String {
            let token = try await scene.issue(["user": .string(created["id"])])["url"].split(separator: "=").last
            return String(try #require(token))
        }
        // Neither of one who has not even a password, nor of one who has chosen it and nothing else.
        #expect(try await scene.use(link()).problem == "finish-in-portal")
        func demand(of level: String) async throws {
            let version = try await scene.ada.call("factor-rules.show").version
            let body: JSON = ["level": .string(level), "rules": []]
            #expect(try await scene.ada.call("factor-rules.set", body: body, version: version).status == 200)
        }
        try await demand(of: "administrators")
        #expect(try await scene.use(link()).problem == "finish-in-portal", "Nothing is asked for, and nothing known.")
        try await demand(of: "all")
        let invitation = created["invitationUrl"].split(separator: "=").last.map(String.init) ?? ""
        let chosen = try await scene.bob.open(
            "auth.invitation", ["token": .string(invitation), "password": .string(House.password)])
        #expect(chosen.step == "enrol")
        #expect(try await scene.use(link()).problem == "finish-in-portal")
        let waiting = try await scene.house.test.superuser().query("select by_link from sign_ins") {
            try $0.next(Bool.self)
        }
        #expect(!waiting.contains(true))
        // What is taken away while the person looks for the code opens nothing either.
        let begun = try await scene.use(scene.link())
        #expect(begun.step == "second-factor")
        try await scene.run("update users set must_change_password = true where login = 'bob'")
        let code = try await scene.bob.open(
            "auth.second-factor", ["token": .string(begun["token"]), "code": .string(scene.bob.freshCode())])
        #expect(code.problem == "sign-in-expired" && code.cookie == nil)
        let changed = try await scene.bob.open(
            "auth.change-password",
            ["token": .string(begun["token"]), "password": "eleven herons over the harbour"])
        #expect(changed.problem == "sign-in-expired")
        for stage in ["enrol", "change-password", "invitation"] {
            await #expect(throws: DatabaseError.self) {
                try await scene.run("update sign_ins set stage = \(stage) where by_link")
            }
        }
    }

    @Test func `a rule keeps somebody out who comes by a link, as ever`() async throws {
        let scene = try await Scene()
        let version = try await scene.ada.call("sign-in-rules.show").version
        let rules: JSON = [
            "rules": [["name": "no", "who": [["user": .string(scene.bobID.text)]], "action": "deny"]]
        ]
        #expect(try await scene.ada.call("sign-in-rules.set", body: rules, version: version).status == 200)
        let first = try await scene.use(try await scene.link())
        let denied = try await scene.bob.open(
            "auth.second-factor",
            ["token": .string(first["token"]), "code": .string(scene.bob.freshCode())])
        #expect(denied.problem == "sign-in-denied" && denied.cookie == nil)
    }

    @Test func `nobody asks for one of somebody who may do more, of an administrator, or of themselves`() async throws {
        let scene = try await Scene()
        let (eveID, eve) = try await scene.ada.take("eve", roles: ["administrator"])
        #expect(try await scene.issue(["user": .string(eveID.text)]).problem == "administrator-by-link")
        #expect(try await scene.issue(["login": "ada"]).problem == "not-yourself")
        try await scene.run(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scene.scope.tenant), 'sign-in-links.administrators', 'true', \(scene.scope.tenant.uuid))
            """)
        #expect(try await scene.issue(["user": .string(eveID.text)]).status == 201)
        // Somebody who may ask for links and nothing else hands out nothing but that.
        let role = try await scene.ada.call(
            "roles.create", body: ["name": "desk", "permissions": ["sign-in-links.issue", "profile.use"]])
        #expect(role.status == 201, "\(role.json)")
        let (_, carl) = try await scene.ada.take("carl", roles: [role["id"], "user"])
        let desk = try await carl.call("me.create-token", body: ["name": "desk"])["token"]
        #expect(try await scene.issue(["login": "bob"], bearer: desk).status == 201)
        #expect(try await scene.issue(["user": .string(eveID.text)], bearer: desk).status == 403)
        let plain = try await eve.call("me.create-token", body: ["name": "x"])["token"]
        #expect(try await scene.issue(["login": "bob"], bearer: plain).status == 201)
        let user = try await scene.bob.call("me.create-token", body: ["name": "x"])["token"]
        #expect(try await scene.issue(["login": "carl"], bearer: user).status == 403)
        #expect(try await scene.issue(["login": "nobody"]).status == 404)
        #expect(try await scene.issue(["login": "bob", "user": .string(scene.bobID.text)]).status == 422)
        #expect(try await scene.issue([:]).status == 422)
    }

    @Test func `a link goes with the token or the key that asked for it`() async throws {
        let scene = try await Scene()
        let made = try await scene.ada.call("me.create-token", body: ["name": "other"])
        let issued = try await scene.issue(["login": "bob"], bearer: made["token"])
        let token = String(issued["url"].split(separator: "=").last ?? "")
        let id = try #require(
            try await scene.ada.call("me.tokens").items.first { $0["name"]?.text == "other" }?["id"]?.text)
        #expect(try await scene.ada.call("me.remove-token", [id]).status == 204)
        #expect(try await scene.use(token).problem == "sign-in-expired")
        // The other token is there still, and so is its link.
        #expect(try await scene.use(scene.link()).step == "second-factor")
        let byKey = try await scene.link()
        let key = AccessKeyID.new()
        try await scene.run(
            """
            insert into access_keys (tenant_id, access_key_id, user_id, name, algorithm, public_key, sources, created_at,
              expires_at)
            select tenant_id, \(key)::uuid, user_id, 'key', 'ed25519', decode(repeat('00', 32), 'hex'), '{}',
              \(scene.house.now), \(scene.house.now + 600)
            from users where login = 'ada'
            """)
        try await scene.run(
            """
            update sign_in_links set through = 'access-key', api_token_id = null, access_key_id = \(key)
            where used_at is null and api_token_id in (select api_token_id from api_tokens where revoked_at is null)
            """)
        for (broken, mended): (SQL, SQL) in [
            ("disabled_at = now()", "disabled_at = null"),
            ("expires_at = created_at + interval '1 second'", "expires_at = created_at + interval '1 hour'"),
        ] {
            try await scene.run("update access_keys set \(fragment: broken)")
            scene.house.wait(1)
            #expect(try await scene.use(byKey).problem == "sign-in-expired")
            try await scene.run("update access_keys set \(fragment: mended)")
        }
        #expect(try await scene.use(byKey).step == "second-factor", "None of that used it up.")
    }

    @Test func `what was asked when the link was made is asked again when it is used`() async throws {
        let scene = try await Scene()
        let role = try await scene.ada.call(
            "roles.create", body: ["name": "desk", "permissions": ["sign-in-links.issue", "profile.use"]])
        let (_, carl) = try await scene.ada.take("carl", roles: [role["id"], "user"])
        let desk = try await carl.call("me.create-token", body: ["name": "desk"])["token"]
        let issued = try await scene.issue(["login": "bob"], bearer: desk)
        let token = String(issued["url"].split(separator: "=").last ?? "")
        func refused(_ broken: SQL, _ mended: SQL) async throws {
            try await scene.run(broken)
            #expect(try await scene.use(token).problem == "sign-in-expired")
            try await scene.run(mended)
        }
        // Whoever asked may ask no longer, or has left.
        try await refused(
            "update roles set permissions = '{profile.use}' where name = 'desk'",
            "update roles set permissions = '{profile.use,sign-in-links.issue}' where name = 'desk'")
        try await refused(
            "update users set expires_at = \(scene.house.now - 1) where login = 'carl'",
            "update users set expires_at = null where login = 'carl'")
        // Whom it lets in may do more than whoever asked, whatever the setting says.
        let administrators: SQL = """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scene.scope.tenant), 'sign-in-links.administrators', 'true', \(scene.scope.tenant.uuid))
            """
        try await scene.run(administrators)
        try await refused(
            """
            insert into role_bindings (tenant_id, role_id, user_id, org_id)
            select tenant_id, role_id, \(scene.bobID)::uuid, tenant_id from roles where built_in = 'administrator'
            """,
            """
            delete from role_bindings b using roles r
            where b.user_id = \(scene.bobID) and r.role_id = b.role_id and r.built_in = 'administrator'
            """)
        // And of those who ask for links the setting is asked, too.
        let clerk = try await scene.ada.call(
            "roles.create", body: ["name": "clerk", "permissions": ["sign-in-links.issue"]])
        let (danID, dan) = try await scene.ada.take("dan", roles: [clerk["id"], "user"])
        let toDan = try await scene.issue(["user": .string(danID.text)])
        #expect(toDan.status == 201)
        try await scene.run("delete from tenant_setting_values where key = 'sign-in-links.administrators'")
        let late = try await dan.open(
            "auth.link", ["token": .string(String(toDan["url"].split(separator: "=").last ?? ""))])
        #expect(late.problem == "sign-in-expired")
        #expect(
            try await scene.issue(["user": .string(danID.text)]).problem == "administrator-by-link",
            "Whoever has anything that not everybody has is one.")
        #expect(try await scene.use(token).step == "second-factor")
        // Roles that change by hand take the links back.
        let open = try await scene.link()
        let version = try await scene.ada.call("users.show", [scene.bobID.text]).version
        let changed = try await scene.ada.call(
            "users.change", [scene.bobID.text], body: ["roles": ["user", "auditor"]], version: version)
        #expect(changed.status == 200, "\(changed.json)")
        #expect(try await scene.use(open).problem == "sign-in-expired")
        #expect(try await scene.ada.call("sign-in-links.list").items.contains { $0["revokedAt"]?.text != nil })
    }

    @Test func `whoever asks for one in a browser confirms it with a second factor`() async throws {
        let scene = try await Scene()
        let body: JSON = ["login": "bob"]
        #expect(try await scene.ada.call("sign-in-links.issue", body: body).status == 201)
        try await scene.run("update web_sessions set second_factor_at = second_factor_at - interval '1 day'")
        #expect(try await scene.ada.call("sign-in-links.issue", body: body).problem == "step-up-required")
        #expect(try await scene.issue(body).status == 201, "A program has nobody at hand.")
        _ = try await scene.ada.call("me.step-up", body: ["code": .string(scene.ada.freshCode())])
        #expect(try await scene.ada.call("sign-in-links.issue", body: body).status == 201)
    }

    @Test(
        arguments: [
            "", "assets", "//evil.example", "/\\evil.example", "https://evil.example", "/sign-in", "/sign-in/link",
            "/invitation", "/device", "/support", "/api/v1/me", "/assets#x", "/assets/../device", "/assets//x",
            "/ assets", "/assets\t", "/\u{7F}", "/assetsx", "/Device", "javascript:alert(1)",
        ])
    func `a link leads to a page of the portal and nowhere else`(_ path: String) {
        #expect(throws: Invalid.self) { try LandingPath(parsing: path) }
    }

    @Test(arguments: ["/", "/assets", "/my/assets?sort=name", "/requests/tkt_1", "/settings/security"])
    func `and to these it does`(_ path: String) throws {
        #expect(try LandingPath(parsing: path).text == path)
    }

    @Test func `whom a directory vouches for comes in by it`() async throws {
        let scene = try await Scene()
        let token = try await scene.link()
        try await scene.run(
            """
            insert into identity_providers (tenant_id, identity_provider_id, name, kind, position, enabled,
              creates_users, links_users, settings)
            values (\(scene.scope.tenant), \(IdentityProviderID.new()), 'Directory', 'ldap', 1, true, false, false, '{}')
            """)
        try await scene.run(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
            select tenant_id, identity_provider_id, \(scene.bobID)::uuid, 'bob' from identity_providers
            """)
        #expect(try await scene.use(token).problem == "sign-in-expired")
        #expect(try await scene.issue(["login": "bob"]).problem == "no-password-here")
    }

    @Test func `a person has ten open at most, and a link of another tenant is none`() async throws {
        let scene = try await Scene()
        var token = ""
        for _ in 0..<SignInLink.mostOpen { token = try await scene.link() }
        #expect(try await scene.issue(["login": "bob"]).problem == "limit-reached")
        let (other, _) = try await scene.house.makeTenant("bolt")
        let foreign = try await scene.house.call("auth.link", body: ["token": .string(token)], in: other)
        #expect(foreign.problem == "sign-in-expired")
        let dump = try await scene.house.test.superuser().query("select l::text from sign_in_links l") {
            try $0.next(String.self)
        }
        #expect(!dump.contains { $0.contains(token) })
        #expect(try await scene.use(token).step == "second-factor")
        #expect(try await scene.issue(["login": "bob"]).status == 201)
    }
}

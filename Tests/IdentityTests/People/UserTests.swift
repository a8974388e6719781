import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct UserTests {
    @Test func `a new user has what was asked for, and a login is taken once`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let body: JSON = ["login": "Bob", "name": "  Bob   Baker ", "email": "bob@example.com"]
        let created = try await ada.call("users.create", body: body)
        #expect(created["login"] == "bob" && created["name"] == "Bob Baker")
        #expect(created["invitationUrl"].hasPrefix("http://acme.localhost:8080/invitation#token="))
        guard case .array(let roles)? = created.json["roles"] else { return #expect(Bool(false), "no roles") }
        #expect(roles.map { $0["builtIn"]?.text } == ["user"])
        #expect(try await ada.call("users.create", body: body).problem == "login-taken")
        let role: JSON = ["login": "eve", "name": "Eve", "roles": [.string(RoleID.new().text)]]
        #expect(try await ada.call("users.create", body: role).problem == "invalid-fields")
    }

    @Test func `every field error comes at once`() async throws {
        let (_, ada) = try await House().makeTenant()
        let body: JSON = ["login": "b b", "name": " ", "email": "x", "roles": ["root"], "extra": 1]
        let answer = try await ada.call("users.create", body: body)
        guard case .array(let errors)? = answer.json["errors"] else { return #expect(Bool(false), "no errors") }
        #expect(errors.count == 5)
    }

    @Test func `a change is made from the version that was seen`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let bob = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        let change: JSON = ["name": "Robert", "roles": ["auditor", "user"], "email": "r@example.com"]
        let changed = try await ada.call("users.change", [bob["id"]], body: change, version: bob.version)
        #expect(changed["name"] == "Robert" && changed["email"] == "r@example.com")
        #expect(changed.version > bob.version)
        let stale = try await ada.call("users.change", [bob["id"]], body: change, version: bob.version)
        #expect(stale.problem == "version-changed")
        let cleared = try await ada.call("users.change", [bob["id"]], body: ["email": .null], version: changed.version)
        #expect(cleared.json["email"] == .null)
    }

    @Test func `somebody always administers the tenant`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let me = try await ada.call("me.show").json["user"]?["id"]?.text ?? ""
        let version = try await ada.call("users.show", [me]).version
        let demote: JSON = ["roles": ["user"]]
        #expect(
            try await ada.call("users.change", [me], body: demote, version: version).problem == "last-administrator")
        #expect(try await ada.call("users.disable", [me]).problem == "not-yourself")
        let (bob, visitor) = try await ada.take("bob", roles: ["administrator"])
        let bobVersion = try await ada.call("users.show", [bob.text]).version
        let meVersion = try await ada.call("users.show", [me]).version
        // Both remove each other at the same time: one of them comes second and is refused.
        async let one = ada.call("users.change", [bob.text], body: demote, version: bobVersion)
        async let other = visitor.call("users.change", [me], body: demote, version: meVersion)
        let statuses = try await [one.status, other.status].sorted()
        #expect(statuses.first == 200 && [403, 409].contains(statuses.last))
    }

    @Test func `nobody hands out or takes over more than they have`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let role = RoleID.new()
        try await house.test.database.execute(
            """
            insert into roles (tenant_id, role_id, name, permissions)
            values (\(scope.tenant), \(role), 'Help desk', \(["users.read", "users.manage", "profile.use"]))
            """, in: scope)
        let (_, helper) = try await ada.take("helper", roles: [role.text, "user"])
        let me = try await ada.call("me.show").json["user"]?["id"]?.text ?? ""
        let king: JSON = ["login": "king", "name": "King", "roles": ["administrator"]]
        #expect(try await helper.call("users.create", body: king).status == 403)
        for name in ["users.invite", "users.disable", "users.unlock", "users.reset-second-factor"] {
            #expect(try await helper.call(name, [me]).status == 403)
        }
        let rename: JSON = ["login": "eve"]
        let version = try await helper.call("users.show", [me]).version
        #expect(try await helper.call("users.change", [me], body: rename, version: version).status == 403)
        let created = try await helper.call("users.create", body: ["login": "bob", "name": "Bob"])
        #expect(created.status == 201)
        let promote: JSON = ["roles": ["administrator"]]
        let promoted = try await helper.call("users.change", [created["id"]], body: promote, version: created.version)
        #expect(promoted.status == 403)
    }

    @Test func `a lost second factor is taken away with everything that it opened`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (id, bob) = try await ada.take("bob")
        let answer = try await ada.call("users.reset-second-factor", [id.text])
        #expect(answer.status == 200 && answer.json["secondFactor"] == false)
        #expect(try await bob.call("me.show").status == 401)
        let first = try await bob.password()
        #expect(first.step == "enrol")
        let old = try await bob.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(bob.pocket.recoveryCodes[0])])
        #expect(old.problem == "sign-in-expired")
        try await bob.enrol(first["token"])
        #expect(try await bob.call("me.show").status == 200)
    }

    @Test func `users are listed, filtered and found by page`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        for login in ["bob", "cleo", "dan"] {
            _ = try await ada.call("users.create", body: ["login": .string(login), "name": "Somebody"])
        }
        #expect(
            try await ada.call("users.list").items.compactMap { $0["login"]?.text } == ["ada", "bob", "cleo", "dan"])
        let query = [(name: "filter", value: #"login sw "c" or name eq "Ada Archer""#)]
        let cookie = try #require(ada.pocket.cookie)
        let found = try await house.call(
            "users.list", in: scope, headers: [.cookie: "gatehouse=\(cookie)"], query: query)
        #expect(found.items.compactMap { $0["login"]?.text } == ["ada", "cleo"])
    }

    @Test func `a user without permissions reads and changes nobody`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (id, bob) = try await ada.take("bob")
        for name in ["users.list", "groups.list", "roles.list"] {
            #expect(try await bob.call(name).status == 403)
        }
        #expect(try await bob.call("users.show", [id.text]).status == 403)
        #expect(try await bob.call("users.create", body: ["login": "x", "name": "X"]).status == 403)
    }
}

import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct RoleTests {
    @Test func `roles are made, changed, copied and removed, and the trail of it has before and after`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let made = try await ada.role("Desk", ["users.read", "groups.read", "users.read"])
        #expect(made.status == 201)
        #expect(made.json["permissions"] == ["groups.read", "users.read"] && made["scope"] == "tenant")
        let again = try await ada.role("Desk", ["users.read"])
        #expect(again.problem == "name-taken")
        let listed = try await ada.call("roles.list").items.first { $0["id"]?.text == made["id"] }
        #expect(listed?["permissions"] == ["groups.read", "users.read"] && listed?["builtIn"]?.text == nil)

        let change: JSON = ["description": "Looks people up", "permissions": ["users.read"]]
        let stale = try await ada.call("roles.change", [made["id"]], body: change, version: 7)
        #expect(stale.problem == "version-changed")
        let changed = try await ada.call("roles.change", [made["id"]], body: change, version: 1)
        #expect(changed.version == 2 && changed.json["permissions"] == ["users.read"] && changed["name"] == "Desk")

        #expect(try await ada.call("roles.remove", [made["id"]]).status == 204)
        #expect(try await ada.call("roles.remove", [made["id"]]).status == 404)
        #expect(try await ada.call("roles.change", [made["id"]], body: change, version: 2).status == 404)
    }

    @Test func `built-in roles stay as they are`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        for role in BuiltInRole.allCases {
            let id = try #require(try await house.identity.directory.role(role, in: scope)).text
            let name: JSON = ["name": "Other"]
            #expect(try await ada.call("roles.change", [id], body: name, version: 1).problem == "built-in-role")
            #expect(try await ada.call("roles.remove", [id]).problem == "built-in-role")
        }
        // Nor does the database let them be anything else.
        let statement: SQL = "update roles set permissions = '{users.manage}' where built_in = 'user'"
        await #expect(throws: DatabaseError.self) {
            _ = try await house.test.database.query(statement, in: scope) { _ in }
        }
    }

    @Test func `a role has known permissions only, and one of organizations what can be held there`() async throws {
        let (_, ada) = try await House().makeTenant()
        for code in ["users.everything", "", "provider.read", "public.use", "users.read "] {
            let refused = try await ada.role("R", ["users.read", code])
            #expect(refused.status == 422, "\(code)")
        }
        let wide = try await ada.role("R", ["users.read", "roles.manage"], scope: "organization")
        #expect(wide.status == 422)
        let error: JSON = [
            ["pointer": "/permissions/1", "message": "is of the tenant as a whole, not of organizations"]
        ]
        #expect(wide.json["errors"] == error)
        let narrow = try await ada.role("R", ["users.read", "profile.use"], scope: "organization")
        #expect(narrow.status == 201)
        let widened = try await ada.call(
            "roles.change", [narrow["id"]], body: ["permissions": ["roles.manage"]], version: 1)
        #expect(widened.status == 422)
    }

    @Test func `nobody makes, changes, removes or hands out a role that allows what they may not do`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let deskCodes = [
            "roles.manage", "roles.read", "users.manage", "users.read", "organizations.manage", "profile.read",
            "profile.use",
        ]
        let desk = try await ada.role("Desk", deskCodes)
        let strong = try await ada.role("Strong", ["groups.manage"])
        let (mallory, visitor) = try await ada.take("mallory", roles: [desk["id"]])
        let (bob, _) = try await ada.take("bob")

        let made = try await visitor.role("Mine", ["groups.manage", "users.read"])
        #expect(made.status == 403 && made.problem == "forbidden")
        let reasons: JSON = [["code": "permission-not-held", "message": "groups.manage"]]
        #expect(made.json["reasons"] == reasons)
        // The role that they hold themselves, and one that allows more.
        let own = try await visitor.call(
            "roles.change", [desk["id"]],
            body: ["permissions": .array((deskCodes + ["groups.manage"]).map(JSON.string))], version: 1)
        #expect(own.status == 403)
        for change: JSON in [["name": "Weak"], ["permissions": []]] {
            #expect(try await visitor.call("roles.change", [strong["id"]], body: change, version: 1).status == 403)
        }
        #expect(try await visitor.call("roles.remove", [strong["id"]]).status == 403)
        // To somebody, to themselves, by an organization, and to somebody new.
        let root = OrganizationID.root(of: visitor.scope.tenant).text
        for user in [bob.text, mallory.text] {
            let version = try await ada.call("users.show", [user]).version
            let given = try await visitor.call(
                "users.change", [user], body: ["roles": [.string(desk["id"]), .string(strong["id"])]], version: version)
            #expect(given.status == 403, "\(user)")
            #expect(try await visitor.call("organizations.bind", [root, strong["id"], user]).status == 403)
        }
        let fresh = try await visitor.call(
            "users.create", body: ["login": "eve", "name": "Eve", "roles": [.string(strong["id"])]])
        #expect(fresh.status == 403)
        // What they hold they may hand out, in a role of their own too.
        let small = try await visitor.role("Small", ["users.read"])
        #expect(small.status == 201)
        #expect(try await visitor.call("organizations.bind", [root, small["id"], bob.text]).status == 204)
        #expect(try await ada.call("roles.list").items.first { $0["id"]?.text == strong["id"] }?["version"] == 1)
    }

    @Test func `a provider's rules and people raise nobody who manages providers`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let desk = try await ada.role(
            "Desk", ["identity-providers.manage", "identity-providers.read", "profile.read"])
        let strong = try await ada.role("Strong", ["groups.manage"])
        let (bob, _) = try await ada.take("bob")
        let (_, visitor) = try await ada.take("mallory", roles: [desk["id"]])
        func provider(_ name: String, _ more: JSON = [:]) -> JSON {
            let body: JSON = [
                "name": .string(name), "secret": "s3cret",
                "settings": [
                    "kind": "ldap", "servers": [["host": "127.0.0.1", "port": 9]],
                    "bindDn": "cn=search,dc=example,dc=org", "baseDn": "dc=example,dc=org",
                ],
            ]
            return body.merging(more)
        }
        let rule: JSON = ["rules": [["directoryGroup": "cn=ops,dc=example,dc=org", "role": .string(strong["id"])]]]
        let refused: [JSON] = [
            rule, ["rules": [["directoryGroup": "cn=ops,dc=example,dc=org", "role": "administrator"]]],
            ["linksUsers": true], ["createsUsers": true],
        ]
        for more in refused {
            let answer = try await visitor.call("identity-providers.create", body: provider("Mine", more))
            #expect(answer.status == 403 && answer.problem == "forbidden", "\(more)")
        }
        let own = try await visitor.call("identity-providers.create", body: provider("Own"))
        #expect(own.status == 201)
        for more in refused {
            let answer = try await visitor.call(
                "identity-providers.change", [own["id"]], body: more, version: own.version)
            #expect(answer.status == 403, "\(more)")
        }

        // One with a rule that gives more, and one that knows somebody who may do more: not even where they are may be
        // changed, since whoever says that says who comes in as whom.
        let ruled = try await ada.call("identity-providers.create", body: provider("Ruled", rule))
        let known = try await ada.call("identity-providers.create", body: provider("Known"))
        #expect(ruled.status == 201 && known.status == 201)
        _ = try await house.test.superuser().execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
            values (\(scope.tenant), \(IdentityProviderID(known["id"])), \(bob), 'bob')
            """)
        let moved: JSON = ["name": "Moved"]
        for id in [ruled["id"], known["id"]] {
            let version = try await ada.call("identity-providers.show", [id]).version
            let answer = try await visitor.call("identity-providers.change", [id], body: moved, version: version)
            #expect(answer.status == 403)
            #expect(
                try await ada.call("identity-providers.change", [id], body: moved, version: version).status == 200)
            #expect(
                try await ada.call(
                    "identity-providers.change", [id], body: ["name": .string(id)], version: version + 1
                ).status == 200)
        }
        // Nor is it removed, or forgets whom it knows; and whoever is in a group has what is granted to it.
        for id in [ruled["id"], known["id"]] {
            #expect(try await visitor.call("identity-providers.remove", [id]).status == 403)
        }
        let administrator = try await ada.call("users.list").items.first { $0["login"] == "ada" }?["id"]?.text ?? ""
        #expect(try await visitor.call("identity-providers.unlink", [known["id"], administrator]).status == 403)
        let group = try await ada.call("groups.create", body: ["name": "Production"])["id"]
        let inside: JSON = ["rules": [["directoryGroup": "cn=ops,dc=example,dc=org", "group": .string(group)]]]
        let mapped = try await visitor.call(
            "identity-providers.change", [own["id"]], body: inside, version: own.version)
        #expect(mapped.status == 403)
        // A role that a rule names is not removed.
        #expect(try await ada.call("roles.remove", [strong["id"]]).problem == "role-in-use")
    }

    @Test func `a changed role holds with the next request, whatever session or token it comes from`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let role = try await ada.role("Desk", ["users.read", "profile.use", "profile.read"])
        let (_, bob) = try await ada.take("bob", roles: [role["id"]])
        let token = try await bob.call("me.create-token", body: ["name": "script"])["token"]
        func byToken() async throws -> Int {
            try await house.call(
                "users.list", in: bob.scope, headers: [.authorization: "Bearer \(token)"]
            ).status
        }
        #expect(try await bob.call("users.list").status == 200)
        #expect(try await byToken() == 200)
        let narrowed = try await ada.call(
            "roles.change", [role["id"]], body: ["permissions": ["profile.use"]], version: 1)
        #expect(narrowed.status == 200)
        #expect(try await bob.call("users.list").status == 403)
        #expect(try await byToken() == 403)
        let widened = try await ada.call(
            "roles.change", [role["id"]], body: ["permissions": ["users.read"]], version: 2)
        #expect(widened.status == 200)
        #expect(try await bob.call("users.list").status == 200)
        #expect(try await byToken() == 200)
    }

    @Test func `a role in use is not removed, and says who holds it`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let role = try await ada.role("Desk", ["users.read"])
        for login in ["bob", "cleo"] { _ = try await ada.take(login, roles: [role["id"]]) }
        let refused = try await ada.call("roles.remove", [role["id"]])
        #expect(refused.problem == "role-in-use" && refused["detail"] == "It is held by bob, cleo.")
        let holders = try await ada.holders(of: role["id"])
        #expect(holders.map(\.login) == ["bob", "cleo"])
        for page in RoleHolder.listing.samples {
            _ = try await house.identity.roleHolders(page, in: ada.scope)
        }
        for page in Role.listing.samples { _ = try await house.identity.roles(page, in: ada.scope) }
        for holder in holders {
            let version = try await ada.call("users.show", [holder.id]).version
            #expect(
                try await ada.call("users.change", [holder.id], body: ["roles": []], version: version).status == 200)
        }
        #expect(try await ada.call("roles.remove", [role["id"]]).status == 204)
    }

    @Test func `a role that rules about sign-ins name is not removed`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let role = try await ada.role("Desk", ["users.read"])
        let rule: JSON = [
            "name": "asks the desk", "everyone": true, "action": "review", "sources": ["198.51.100.0/24"],
            "asked": [["role": .string(role["id"])]],
        ]
        #expect(try await ada.call("sign-in-rules.set", body: ["rules": [rule]], version: 1).status == 200)
        #expect(try await ada.call("roles.remove", [role["id"]]).problem == "role-in-use")
        #expect(try await ada.call("sign-in-rules.set", body: ["rules": []], version: 2).status == 200)
        #expect(try await ada.call("roles.remove", [role["id"]]).status == 204)
    }

    @Test func `a role of the tenant is held for the whole of it and nowhere else, one of organizations there`()
        async throws
    {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let whole = try await ada.role("Whole", ["users.read"])
        let part = try await ada.role("Part", ["users.read"], scope: "organization")
        let europe = try await ada.call("organizations.create", body: ["name": "Europe"])["id"]
        let asia = try await ada.call("organizations.create", body: ["name": "Asia"])["id"]
        let root = OrganizationID.root(of: scope.tenant).text
        let (bob, visitor) = try await ada.take("bob", roles: [whole["id"]])
        let (cleo, _) = try await ada.take("cleo")
        #expect(try await ada.call("organizations.bind", [europe, whole["id"], bob.text]).problem == "tenant-role")
        #expect(try await visitor.call("users.list").items.count == 3)

        // Whoever moves to a part of the tenant leaves it behind.
        for (user, place) in [(bob, europe), (cleo, asia)] {
            let moved = try await ada.call("organizations.fill", [place], body: ["users": [.string(user.text)]])
            #expect(moved.status == 200)
        }
        #expect(try await ada.holders(of: whole["id"]).isEmpty)
        #expect(try await visitor.call("users.list").status == 403)
        let version = try await ada.call("users.show", [bob.text]).version
        let given = try await ada.call(
            "users.change", [bob.text], body: ["roles": [.string(whole["id"])]], version: version)
        #expect(given.problem == "tenant-role")

        #expect(try await ada.call("organizations.bind", [europe, part["id"], bob.text]).status == 204)
        #expect(try await ada.holders(of: part["id"]).map(\.organization) == [europe])
        // In Europe there is Bob; of Asia there is nothing, by no way.
        #expect(try await visitor.call("users.list").items.compactMap { $0["login"]?.text } == ["bob"])
        #expect(try await visitor.call("users.show", [cleo.text]).status == 404)
        #expect(try await visitor.call("users.show", [UserID.new().text]).status == 404)
        #expect(try await visitor.holders(of: part["id"]).map(\.login) == ["bob"])
        #expect(try await visitor.holders(of: nil).map(\.login) == ["bob"])
        // Held at the top it is worth as much everywhere.
        #expect(try await ada.call("organizations.bind", [root, part["id"], bob.text]).status == 204)
        #expect(try await visitor.call("users.list").items.count == 3)
    }

    @Test func `whoever makes somebody an administrator has shown a second factor lately`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, _) = try await ada.take("bob")
        let token = try await ada.call("me.create-token", body: ["name": "found"])["token"]
        let king: JSON = ["login": "king", "name": "King", "roles": ["user", "auditor"]]
        let roles = try await ada.call("roles.list").items
        let auditor = try #require(roles.first { $0["builtIn"] == "auditor" }?["id"]?.text)
        let held = [OrganizationID.root(of: scope.tenant).text, auditor, bob.text]
        let olga = try await ada.call(
            "users.create", body: ["login": "olga", "name": "Olga", "roles": ["auditor"]])["id"]
        house.wait(16 * 60)
        #expect(try await ada.call("users.create", body: king).problem == "step-up-required")
        let version = try await ada.call("users.show", [bob.text]).version
        let raised = try await ada.call("users.change", [bob.text], body: ["roles": ["auditor"]], version: version)
        #expect(raised.problem == "step-up-required")
        #expect(try await ada.call("organizations.bind", held).problem == "step-up-required")
        #expect(try await ada.holders(of: auditor).map(\.login) == ["olga"])
        #expect(try await ada.call("users.invite", [olga]).problem == "step-up-required")
        // People like any other come in all the same, and keep their names up to date.
        #expect(
            try await ada.call("users.create", body: ["login": "eve", "name": "Eve", "roles": ["user"]]).status == 201)
        let named = try await ada.call(
            "users.change", [bob.text], body: ["name": "Robert", "roles": ["user"]], version: version)
        #expect(named.status == 200, "\(named.text)")
        #expect(try await ada.call("users.invite", [bob.text]).status == 201)
        #expect(try await ada.call("me.step-up", body: ["code": .string(ada.freshCode())]).status == 204)
        // What its person has shown is nothing that a token has shown.
        let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
        let found = try await house.call("users.create", body: king, in: scope, headers: bearer)
        #expect(found.problem == "step-up-required")
        #expect(try await ada.call("organizations.bind", held).status == 204)
        #expect(try await ada.call("users.create", body: king).status == 201)
        #expect(try await ada.call("users.invite", [olga]).status == 201)
        #expect(try await ada.holders(of: auditor).map(\.login).sorted() == ["bob", "king", "olga"])
    }

    @Test func `permissions are a tree by area, each with what it opens and where it can be held`() async throws {
        let (_, ada) = try await House().makeTenant()
        let tree = try await ada.call("roles.permissions").items
        let areas = tree.compactMap { $0["area"]?.text }
        #expect(areas == areas.sorted() && Set(areas).isSuperset(of: ["users", "roles", "organizations"]))
        let entry: JSON = [
            "code": "roles.read", "place": "own",
            "opens": [
                ["method": "GET", "path": "/api/v1/roles", "summary": "List roles with their permissions"],
                ["method": "GET", "path": "/api/v1/permissions", "summary": "List permissions with what they open"],
            ],
        ]
        let places = tree.flatMap { $0["permissions"]?.list ?? [] }
        let shown = places.first { $0["code"]?.text == "roles.read" }
        #expect(shown == entry)
        #expect(places.first { $0["code"] == "roles.manage" }?["place"] == "tenant")
        #expect(places.first { $0["code"] == "users.manage" }?["place"] == "organization")
    }
}

extension JSON {
    fileprivate var list: [JSON] { if case .array(let items) = self { items } else { [] } }
}

extension Visitor {
    /// Makes a role.
    func role(_ name: String, _ codes: [String], scope: String = "tenant") async throws -> Answer {
        try await call(
            "roles.create",
            body: ["name": .string(name), "scope": .string(scope), "permissions": .array(codes.map(JSON.string))])
    }

    /// Who holds a role, of those whom this person may see; any role for nil.
    func holders(of role: String?) async throws -> [(id: String, login: String, organization: String)] {
        var query: [(String, String)] = []
        if let role { query.append(("filter", "role eq \"\(role)\"")) }
        return try await list("roles.holders", query).items.map { item in
            (
                item["user"]?["id"]?.text ?? "", item["user"]?["login"]?.text ?? "",
                item["organization"]?["id"]?.text ?? ""
            )
        }
    }

    private func list(_ name: String, _ query: [(String, String)]) async throws -> Answer {
        try await house.call(
            name, in: scope, headers: [.cookie: "gatehouse=\(pocket.cookie ?? "")"],
            query: query.map { (name: $0.0, value: $0.1) })
    }
}

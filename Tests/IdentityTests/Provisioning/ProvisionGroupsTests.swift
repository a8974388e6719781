import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Groups of a provider, and what its rules make of them.
@Suite(.serialized) struct ProvisionGroupsTests {
    private struct Staged {
        let house: House
        let scope: TenantScope
        let admin: Visitor
        let program: Program
        let ops: String
    }

    /// Members of `Ops` are in the group Ops here, those of `Auditors` are auditors.
    private func stage() async throws -> Staged {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let ops = try await admin.call("groups.create", body: ["name": "Ops"])["id"]
        let program = try await Program.make(
            for: admin,
            [
                "rules": [
                    ["directoryGroup": "Ops", "group": .string(ops)],
                    ["directoryGroup": "g-77", "group": .string(ops)],
                    ["directoryGroup": "Auditors", "role": "auditor"],
                ]
            ])
        return Staged(house: house, scope: scope, admin: admin, program: program, ops: ops)
    }

    @Test func `members get what the rules say, as long as they are members, and what was given by hand stays`()
        async throws
    {
        let stage = try await stage()
        let (admin, program) = (stage.admin, stage.program)
        let (ann, ben) = (try await program.make("ann"), try await program.make("ben"))
        #expect(try await admin.call("groups.add-member", [stage.ops, ben]).status == 204)
        let ops = try await program.group("OPS", [ann, ben])
        #expect(try await program.members(stage.ops) == ["ann", "ben"])
        let auditors = try await program.group("Auditors")
        let added = try await program.patch(
            "change-group", auditors, ["op": "add", "path": "members", "value": [["value": .string(ann)]]])
        #expect(added.status == 204, "\(added.text)")
        #expect(try await program.roles(ann) == ["auditor", "user"])
        let shown = try await program.call("user", [ann])
        #expect(shown.text.contains("Auditors") && shown.text.contains("OPS"))
        let gone = try await program.patch(
            "change-group", ops, ["op": "remove", "path": .string("members[value eq \"\(ann)\"]")],
            ["op": "remove", "path": .string("members[value eq \"\(ben)\"]")])
        #expect(gone.status == 204)
        #expect(try await program.members(stage.ops) == ["ben"])
        // By its id at the provider a rule knows a group as well; another name is another group to the rules.
        let renamed = try await program.patch(
            "change-group", auditors, ["op": "replace", "value": ["displayName": "Readers", "externalId": "g-77"]])
        #expect(renamed.status == 204, "\(renamed.text)")
        #expect(try await program.roles(ann) == ["user"])
        #expect(try await program.members(stage.ops) == ["ann", "ben"])
        // Whoever had a role for a moment only stands in the trail with it.
        let noted = try await stage.house.test.superuser().query(
            """
            select action || ' ' || target_id || ' ' || coalesce(details ->> 'roleName', '') from audit_events
            where action like 'role.%-by-provider' order by action
            """
        ) { try $0.next(String.self) }
        let (given, taken) = ("role.given-by-provider \(ann) ", "role.taken-by-provider \(ann) ")
        #expect(noted.count == 2 && noted[0].hasPrefix(given) && noted[1].hasPrefix(taken), "\(noted)")
        #expect(noted.allSatisfy { $0.count > taken.count }, "\(noted)")
        #expect(try await program.call("remove-group", [auditors]).status == 204)
        #expect(try await program.members(stage.ops) == ["ben"])
        #expect(try await program.call("group", [auditors]).status == 404)
    }

    @Test func `a role on loan lasts while a rule gives it, and is a loan for the rest of its time then`() async throws
    {
        let stage = try await stage()
        let (house, program) = (stage.house, stage.program)
        let roles = try await stage.admin.call("roles.list").items
        let ada = try await stage.admin.call("me.show").json["user"]?["id"]?.text
        let until = house.now + 7_200
        func ends(_ user: String) async throws -> [Date?] {
            try await house.test.superuser().query(
                """
                select b.ends_at from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
                where b.user_id = \(try #require(UserID(user))) and r.built_in = 'auditor'
                """
            ) { try $0.next(Date?.self) }
        }
        func lend(_ user: String) async throws {
            let count = try await house.test.superuser().execute(
                """
                insert into role_bindings (tenant_id, role_id, user_id, org_id, ends_at)
                select u.tenant_id, r.role_id, u.user_id, u.org_id, \(until)
                from users u join roles r on r.tenant_id = u.tenant_id and r.built_in = 'auditor'
                where u.user_id = \(try #require(UserID(user)))
                """)
            #expect(count == 1)
        }
        let (ann, ben) = (try await program.make("ann"), try await program.make("ben"))
        for user in [ann, ben] { try await lend(user) }
        let auditors = try await program.group("Auditors", [ann, ben])
        #expect(try await ends(ann) == [nil])
        #expect(try await ends(ben) == [nil])
        func leave(_ user: String) async throws {
            let gone = try await program.patch(
                "change-group", auditors, ["op": "remove", "path": .string("members[value eq \"\(user)\"]")])
            #expect(gone.status == 204, "\(gone.text)")
        }
        try await leave(ann)
        #expect(try await ends(ann) == [until])
        // It was not taken: whoever reads the trail finds the person has the role.
        let noted = try await house.test.superuser().query(
            "select action from audit_events where action like 'role.%-by-provider' and target_id = \(ann) order by at"
        ) { try $0.next(String.self) }
        #expect(Set(noted) == ["role.given-by-provider", "role.lent-again-by-provider"], "\(noted)")
        func join(_ user: String) async throws {
            let added = try await program.patch(
                "change-group", auditors, ["op": "add", "path": "members", "value": [["value": .string(user)]]])
            #expect(added.status == 204, "\(added.text)")
        }
        func agree(_ user: String, until: Date) async throws {
            let loan = RoleLoan(
                role: try #require(roles.first { $0["builtIn"]?.text == "auditor" }?["id"]?.text.flatMap(RoleID.init)),
                organization: .root(of: stage.scope.tenant), user: try #require(UserID(user)), until: until)
            _ = try await house.test.database.transaction(in: stage.scope) { tx in
                try await house.identity.lend(
                    loan, by: [try #require(ada.flatMap(UserID.init))], at: house.now, audit: .discarding,
                    in: stage.scope, tx)
            }
        }
        // What was taken by hand is gone with its loan: another one ends when it was to end.
        let dan = try await program.make("dan")
        try await join(dan)
        try await agree(dan, until: until)
        let taken = try await stage.admin.call(
            "users.change", [dan], body: ["roles": ["user"]],
            version: try await stage.admin.call("users.show", [dan]).version)
        #expect(taken.status == 200, "\(taken.text)")
        #expect(try await ends(dan).isEmpty)
        let soon = house.now + 600
        try await agree(dan, until: soon)
        #expect(try await ends(dan) == [soon])
        try await leave(dan)
        #expect(try await ends(dan) == [soon])
        // Whose loan is over meanwhile has nothing of it left.
        house.wait(7_200)
        #expect(try await house.identity.endDueRoles(at: house.now) == 2)
        for user in [ann, dan] { #expect(try await ends(user).isEmpty) }
        #expect(try await ends(ben) == [nil])
        try await leave(ben)
        #expect(try await ends(ben).isEmpty)
        // The other way round: what is lent while a rule gives it counts once the rule gives it no more.
        let cal = try await program.make("cal")
        try await join(cal)
        let later = house.now + 3_600
        try await agree(cal, until: later)
        #expect(try await ends(cal) == [nil])
        try await leave(cal)
        #expect(try await ends(cal) == [later])
    }

    @Test func `the last administrator keeps the loan that was theirs before, for when somebody else is one`()
        async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let program = try await Program.make(
            for: admin, ["rules": [["directoryGroup": "Admins", "role": "administrator"]]])
        let superuser = try await house.test.superuser()
        let until = house.now + 7_200
        let ann = try await program.make("ann")
        let user = try #require(UserID(ann))
        _ = try await superuser.execute(
            """
            insert into role_bindings (tenant_id, role_id, user_id, org_id, ends_at)
            select u.tenant_id, r.role_id, u.user_id, u.org_id, \(until)
            from users u join roles r on r.tenant_id = u.tenant_id and r.built_in = 'administrator'
            where u.user_id = \(user)
            """)
        func ends() async throws -> [Date?] {
            try await superuser.query(
                """
                select b.ends_at from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
                where b.user_id = \(user) and r.built_in = 'administrator'
                """
            ) { try $0.next(Date?.self) }
        }
        /// Whoever administers for a while only is none who has to be left.
        func lastsForAda(_ end: Date?) async throws {
            _ = try await superuser.execute(
                """
                update role_bindings b set ends_at = \(end)::timestamptz from roles r, users u
                where r.tenant_id = b.tenant_id and r.role_id = b.role_id and r.built_in = 'administrator'
                  and u.tenant_id = b.tenant_id and u.user_id = b.user_id and u.login = \(admin.login)
                """)
        }
        let admins = try await program.group("Admins", [ann])
        #expect(try await ends() == [nil])
        func leave() async throws {
            let gone = try await program.patch(
                "change-group", admins, ["op": "remove", "path": .string("members[value eq \"\(ann)\"]")])
            #expect(gone.status == 204, "\(gone.text)")
        }
        try await lastsForAda(house.now + 86_400)
        try await leave()
        #expect(try await ends() == [nil], "she was the last one")
        try await lastsForAda(nil)
        let back = try await program.patch(
            "change-group", admins, ["op": "add", "path": "members", "value": [["value": .string(ann)]]])
        #expect(back.status == 204, "\(back.text)")
        try await leave()
        #expect(try await ends() == [until])
    }

    @Test func `other rules count at once, and whoever is removed keeps nothing that they gave`() async throws {
        let stage = try await stage()
        let (admin, program) = (stage.admin, stage.program)
        let ann = try await program.make("ann")
        _ = try await program.group("Staff", [ann])
        #expect(try await program.members(stage.ops).isEmpty)
        func set(_ rules: JSON) async throws {
            let version = try await admin.call("identity-providers.show", [program.provider]).version
            let changed = try await admin.call(
                "identity-providers.change", [program.provider], body: ["rules": rules], version: version)
            #expect(changed.status == 200, "\(changed.text)")
        }
        try await set([
            ["directoryGroup": "staff", "group": .string(stage.ops)], ["directoryGroup": "Staff", "role": "auditor"],
        ])
        #expect(try await program.members(stage.ops) == ["ann"])
        #expect(try await program.roles(ann) == ["auditor", "user"])
        // What the rules give does not stand in the way of the provider.
        #expect(try await program.call("remove-user", [ann]).status == 204)
        #expect(try await program.members(stage.ops).isEmpty)
        #expect(try await program.roles(ann) == ["user"])
        try await set([])
    }

    @Test func `a group is filled, emptied and replaced in one change each`() async throws {
        let stage = try await stage()
        let program = stage.program
        var people: [String] = []
        for number in 0..<4 { people.append(try await program.make("member\(number)")) }
        let id = try await program.group("Ops", [people[0]])
        func members() async throws -> Set<String> {
            guard case .array(let items)? = try await program.call("group", [id]).json["members"] else { return [] }
            return Set(items.compactMap { $0["value"]?.text })
        }
        let replaced = try await program.call(
            "replace-group", [id],
            [
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Ops",
                "members": [["value": .string(people[1])], ["value": .string(people[2])]],
            ])
        #expect(replaced.status == 200, "\(replaced.text)")
        #expect(try await members() == [people[1], people[2]])
        #expect(try await program.members(stage.ops) == ["member1", "member2"])
        let mixed = try await program.patch(
            "change-group", id, ["op": "remove", "path": "members"],
            ["op": "add", "path": "members", "value": [["value": .string(people[3])]]])
        #expect(mixed.status == 204)
        #expect(try await members() == [people[3]])
        // The same again is no change, and no other version.
        let tag = try await program.call("group", [id]).headers[.eTag]
        _ = try await program.patch(
            "change-group", id, ["op": "add", "path": "members", "value": [["value": .string(people[3])]]])
        #expect(try await program.call("group", [id]).headers[.eTag] == tag)
        let light = try await program.call("groups", query: [("excludedAttributes", "members")])
        #expect(light.total == 1 && light.resources.first?["members"] == nil)
        let held = try await program.call(
            "groups", query: [("filter", "members.value eq \"\(people[3])\"")])
        #expect(held.total == 1)
        #expect(try await program.call("groups", query: [("filter", #"displayName eq "OPS""#)]).total == 1)
    }

    @Test func `strangers are no members, and neither are another provider's people`() async throws {
        let stage = try await stage()
        let (admin, program) = (stage.admin, stage.program)
        let other = try await Program.make("Okta", for: admin)
        let (ann, theirs) = (try await program.make("ann"), try await other.make("theirs"))
        let local = try await admin.take("local")
        let id = try await program.group("Ops", [ann])
        for stranger in [theirs, local.id.text, UserID.new().text, "x"] {
            let answer = try await program.patch(
                "change-group", id, ["op": "add", "path": "members", "value": [["value": .string(stranger)]]])
            #expect(answer.status == 400 && answer.scimType == "invalidValue", "\(answer.text)")
        }
        #expect(try await program.members(stage.ops) == ["ann"])
        #expect(try await other.call("group", [id]).status == 404)
        #expect(try await other.call("remove-group", [id]).status == 404)
        #expect(try await other.call("groups").total == 0)
        // Names and external ids are the provider's own.
        _ = try await other.group("Ops")
        let twin = try await program.call(
            "create-group", [], ["schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "ops"])
        #expect(twin.status == 409 && twin.scimType == "uniqueness")
    }

    @Test func `members are counted, and all of a request are one statement`() async throws {
        let stage = try await stage()
        let (house, program) = (stage.house, stage.program)
        let id = try await program.group("Ops")
        // As many people as a group can have, and one more.
        _ = try await house.test.superuser().execute(
            """
            with people as (
              insert into users (tenant_id, user_id, login, name)
              select t.tenant_id, gen_random_uuid(), 'm' || n, 'm' || n from tenants t, generate_series(0, 10000) n
              where t.slug = 'acme' returning tenant_id, user_id, login
            )
            insert into provisioned_users (tenant_id, identity_provider_id, user_id, user_name, profile)
            select tenant_id, \(IdentityProviderID(program.provider)), user_id, login, '{}' from people
            """)
        let people = try await house.test.superuser().query("select user_id from provisioned_users order by user_id") {
            try $0.next(UserID.self).text
        }
        func add(_ range: Range<Int>) async throws -> Answer {
            try await program.patch(
                "change-group", id,
                ["op": "add", "path": "members", "value": .array(people[range].map { ["value": .string($0)] })])
        }
        let many = try await add(0..<1001)
        #expect(many.status == 400 && many.scimType == "tooMany")
        _ = try await house.test.superuser().execute(
            """
            insert into provisioned_members (tenant_id, provisioned_group_id, identity_provider_id, user_id)
            select tenant_id, \(ProvisionedGroupID(id)), identity_provider_id, user_id from provisioned_users
            order by user_id limit 9000
            """)
        #expect(try await add(9000..<10_000).status == 204)
        let full = try await add(10_000..<10_001)
        #expect(full.status == 400 && full.scimType == "tooMany", "\(full.text)")
        let shown = try await program.call("group", [id], query: [("attributes", "displayName")])
        #expect(shown.status == 200 && shown.json["members"] == nil)
        let operations = Array(repeating: ["op": "replace", "path": "displayName", "value": "x"] as JSON, count: 101)
        let long = try await program.call(
            "change-group", [id],
            ["schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": .array(operations)])
        #expect(long.status == 400 && long.scimType == "tooMany")
    }
}

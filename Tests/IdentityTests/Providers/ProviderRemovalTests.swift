import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What goes with a provider, and what stays.
@Suite(.serialized) struct ProviderRemovalTests: SyncStage {
    private func group(_ name: String, _ admin: Visitor) async throws -> String {
        try await admin.call("groups.create", body: ["name": .string(name)])["id"]
    }

    private func members(_ group: String, _ admin: Visitor) async throws -> [String] {
        try await admin.call("groups.members", [group]).items.compactMap { $0["login"]?.text }.sorted()
    }

    private func roles(_ login: String, _ admin: Visitor) async throws -> [String] {
        guard case .array(let roles)? = try await users(admin)[login]?["roles"] else { return [] }
        return roles.compactMap { $0["builtIn"]?.text }.sorted()
    }

    private func id(_ login: String, _ admin: Visitor) async throws -> String {
        try #require(try await users(admin)[login]?["id"]?.text)
    }

    /// How many people lose each role and group, by name.
    private func foreseen(_ provider: String, _ admin: Visitor) async throws -> (all: JSON, things: [String: Int]) {
        let said = try await admin.call("identity-providers.foresee-removal", [provider])
        #expect(said.status == 200, "\(said.text)")
        var things: [String: Int] = [:]
        for kind in ["roles", "groups"] {
            guard case .array(let items)? = said.json[kind] else { continue }
            for item in items {
                guard case .int(let people)? = item["people"] else { continue }
                things[item["role"]?["builtIn"]?.text ?? item["name"]?.text ?? ""] = Int(people)
            }
        }
        return (said.json, things)
    }

    private func remove(_ provider: String, _ admin: Visitor) async throws {
        let gone = try await admin.call("identity-providers.remove", [provider])
        #expect(gone.status == 204, "\(gone.text)")
    }

    @Test(.enabled(if: TestDirectory.isThere))
    func `what only a directory's rules gave goes with it, and what was given by hand or by another one stays`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let (everybody, others, byHand) = (
            try await group("Everybody", admin), try await group("Others", admin), try await group("Hand", admin)
        )
        let managers: JSON = [
            "attributes": [
                "subject": "entryUUID", "login": "uid", "name": "cn", "email": "mail", "manager": "manager",
            ]
        ]
        try await directory.change(
            """
            dn: uid=ben,ou=people,\(Self.base)
            changetype: modify
            replace: manager
            manager: uid=ann,ou=people,\(Self.base)

            """)
        let rules: JSON = [
            ["directoryGroup": "all", "group": .string(everybody)], ["directoryGroup": "staff", "role": "auditor"],
            ["directoryGroup": "other", "group": .string(others)],
        ]
        func provider(_ name: String, _ rules: JSON) async throws -> String {
            let made = try await makeProvider(
                directory, for: admin, settings: managers,
                ["name": .string(name), "linksUsers": true, "rules": rules])
            _ = try await preview(made, admin)
            #expect(try await run(made, admin)["state"] == "done")
            return made
        }
        let first = try await provider("First", rules)
        #expect(try await members(everybody, admin) == ["ann"])
        #expect(try await members(others, admin) == ["ben"])
        #expect(try await roles("ann", admin) == ["auditor", "user"])
        #expect(try await users(admin)["ben"]?["managerByProvider"] == true)
        let (ann, ben) = (try await id("ann", admin), try await id("ben", admin))
        #expect(try await admin.call("groups.add-member", [byHand, ann]).status == 204)
        // By hand, although a rule gave it: from now on it is no rule's.
        #expect(try await admin.call("groups.add-member", [others, ben]).status == 204)
        // Another provider gives one of these things as well.
        let second = try await provider("Second", [["directoryGroup": "all", "group": .string(everybody)]])
        let before = try await foreseen(first, admin)
        #expect(before.things == ["auditor": 1], "\(before.all)")
        #expect(before.all["people"] == 1 && before.all["managers"] == 0 && before.all["signIns"] == 4)
        #expect(before.all["keepsAdministrator"] == false)
        // Switched off it takes nothing.
        let off = try await admin.call(
            "identity-providers.change", [first], body: ["enabled": false],
            version: try await admin.call("identity-providers.show", [first]).version)
        #expect(off.status == 200 && off["enabled"] != "true")
        #expect(try await roles("ann", admin) == ["auditor", "user"])

        let version = try await users(admin)["ann"]?["version"]
        try await remove(first, admin)
        #expect(try await roles("ann", admin) == ["user"])
        #expect(try await users(admin)["ann"]?["version"] != version)
        #expect(try await members(everybody, admin) == ["ann"])
        #expect(try await members(byHand, admin) == ["ann"])
        #expect(try await members(others, admin) == ["ben"])
        #expect(try await users(admin)["ben"]?["manager"]?["id"]?.text == ann)
        #expect(try await users(admin)["ben"]?["managerByProvider"] == true)
        let told = try await house.test.superuser().query(
            """
            select action || ' ' || coalesce(target_id, '') || ' ' || coalesce(details ->> 'people', '') from audit_events
            where action in ('role.taken-by-provider', 'identity-provider.removed') order by action
            """
        ) { try $0.next(String.self) }
        #expect(told.contains("role.taken-by-provider \(ann) "), "\(told)")
        let heard = try await house.test.superuser().query(
            "select subject from events where type = 'user.roles-changed' order by event_id desc limit 1"
        ) { try $0.next(String.self) }
        #expect(heard == [ann])

        // The other one is the last that gives it, and that names the manager.
        let after = try await foreseen(second, admin)
        #expect(after.things == ["Everybody": 1] && after.all["managers"] == 1, "\(after.all)")
        #expect(after.all["people"] == 2)
        // What the second one gave goes with the link of one person, too.
        #expect(try await admin.call("identity-providers.unlink", [second, ann]).status == 204)
        #expect(try await members(everybody, admin) == [])
        try await remove(second, admin)
        #expect(try await members(byHand, admin) == ["ann"])
        #expect(try await members(others, admin) == ["ben"])
        #expect(try await users(admin)["ben"]?["manager"] == .null)
        #expect(try await users(admin)["ben"]?["managerByProvider"] == false)
    }

    @Test func `a program's rules go as well, loans are loans again, and another provider's word stands`() async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let ops = try await group("Ops", admin)
        let rules: JSON = [
            ["directoryGroup": "Ops", "group": .string(ops)], ["directoryGroup": "Auditors", "role": "auditor"],
        ]
        let first = try await Program.make("Entra", for: admin, ["rules": rules])
        let second = try await Program.make("Okta", for: admin, ["rules": rules, "linksUsers": true])
        let (ann, ben, cal) = (try await first.make("ann"), try await first.make("ben"), try await first.make("cal"))
        let until = house.now + 7_200
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            insert into role_bindings (tenant_id, role_id, user_id, org_id, ends_at)
            select u.tenant_id, r.role_id, u.user_id, u.org_id, \(until)
            from users u join roles r on r.tenant_id = u.tenant_id and r.built_in = 'auditor'
            where u.user_id = \(try #require(UserID(ben)))
            """)
        _ = try await first.group("Auditors", [ann, ben, cal])
        _ = try await first.group("Ops", [ann, ben])
        // Two say it: of them the second one later.
        #expect(try await second.call("create-user", [], Program.user("ann")).status == 201)
        let theirs = try await second.group("Auditors", [ann])
        // Whoever was given it by hand, after a rule's had been taken from them, has it by hand.
        func set(_ roles: JSON) async throws {
            let changed = try await admin.call(
                "users.change", [cal], body: ["roles": roles],
                version: try await admin.call("users.show", [cal]).version)
            #expect(changed.status == 200, "\(changed.text)")
        }
        try await set(["user"])
        try await set(["user", "auditor"])
        let before = try await foreseen(first.provider, admin)
        #expect(before.things == ["Ops": 2] && before.all["people"] == 2, "\(before.all)")
        // Without a token, and switched off, it keeps what it gave.
        #expect(try await first.turn(["enabled": false]).status == 200)
        #expect(try await members(ops, admin) == ["ann", "ben"])

        try await remove(first.provider, admin)
        #expect(try await members(ops, admin) == [])
        #expect(try await second.roles(ann) == ["auditor", "user"])
        #expect(try await second.roles(cal) == ["auditor", "user"])
        let ends = try await superuser.query(
            """
            select b.ends_at from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where b.user_id = \(try #require(UserID(ben))) and r.built_in = 'auditor'
            """
        ) { try $0.next(Date?.self) }
        #expect(ends == [until])
        // What both gave goes when the second one gives it no more.
        let left = try await second.patch(
            "change-group", theirs, ["op": "remove", "path": .string("members[value eq \"\(ann)\"]")])
        #expect(left.status == 204, "\(left.text)")
        #expect(try await second.roles(ann) == ["user"])
    }

    @Test func `the last administrator stays one`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let program = try await Program.make(
            for: admin, ["rules": [["directoryGroup": "Admins", "role": "administrator"]]])
        let ann = try await program.make("ann")
        _ = try await program.group("Admins", [ann])
        #expect(try await foreseen(program.provider, admin).all["keepsAdministrator"] == false)
        // Ada has it by a rule as well, and nobody by hand.
        _ = try await house.test.superuser().execute(
            """
            with person as (
              insert into provisioned_users (tenant_id, identity_provider_id, user_id, user_name, profile)
              select tenant_id, \(IdentityProviderID(program.provider))::uuid, user_id, login, '{}' from users
              where login = 'ada' returning tenant_id, user_id
            )
            insert into provisioning_given_roles (tenant_id, identity_provider_id, user_id, role_id, org_id)
            select p.tenant_id, \(IdentityProviderID(program.provider))::uuid, p.user_id, r.role_id, p.tenant_id
            from person p join roles r on r.tenant_id = p.tenant_id and r.built_in = 'administrator'
            """)
        let before = try await foreseen(program.provider, admin)
        #expect(before.all["keepsAdministrator"] == true && before.things == ["administrator": 2], "\(before.all)")
        try await remove(program.provider, admin)
        let left = try await house.test.superuser().query(
            """
            select u.login from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id where r.built_in = 'administrator'
            """
        ) { try $0.next(String.self) }
        #expect(left.count == 1, "\(left)")
    }

    @Test func `thousands of people lose what they had by a handful of statements`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let ops = try await group("Ops", admin)
        let program = try await Program.make(
            for: admin,
            [
                "rules": [
                    ["directoryGroup": "Ops", "group": .string(ops)], ["directoryGroup": "Ops", "role": "auditor"],
                ]
            ])
        let provider = try #require(IdentityProviderID(program.provider))
        let superuser = try await house.test.superuser()
        let count = 5_000
        _ = try await superuser.execute(
            """
            with people as (
              insert into users (tenant_id, user_id, login, name, org_id)
              select \(scope.tenant)::uuid, gen_random_uuid(), 'm' || n, 'm' || n, \(scope.tenant)::uuid
              from generate_series(1, \(count)) n returning tenant_id, user_id, login, org_id
            ), linked as (
              insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
              select tenant_id, \(provider), user_id, login from people
            ), bound as (
              insert into role_bindings (tenant_id, role_id, user_id, org_id)
              select p.tenant_id, r.role_id, p.user_id, p.org_id from people p
              join roles r on r.tenant_id = p.tenant_id and r.built_in = 'auditor'
            ), joined as (
              insert into group_members (tenant_id, group_id, user_id)
              select tenant_id, \(try #require(GroupID(ops))), user_id from people
            )
            select 1
            """)
        _ = try await superuser.execute(
            """
            with given as (
              insert into identity_given_roles (tenant_id, identity_provider_id, user_id, role_id, org_id)
              select l.tenant_id, l.identity_provider_id, l.user_id, r.role_id, l.tenant_id from identity_links l
              join roles r on r.tenant_id = l.tenant_id and r.built_in = 'auditor'
            )
            insert into identity_given_groups (tenant_id, identity_provider_id, user_id, group_id)
            select tenant_id, identity_provider_id, user_id, \(try #require(GroupID(ops))) from identity_links
            """)
        let before = try await foreseen(program.provider, admin)
        #expect(before.things == ["auditor": count, "Ops": count] && before.all["people"] == .int(Int64(count)))
        try await remove(program.provider, admin)
        #expect(try await members(ops, admin) == [])
        let left = try await superuser.query(
            """
            select (select count(*) from role_bindings b join roles r on r.tenant_id = b.tenant_id
                and r.role_id = b.role_id and r.built_in = 'auditor'),
              (select count(*) from audit_events where action = 'role.taken-by-provider'),
              (select count(*) from events where type = 'user.roles-changed'),
              (select count(*) from events where type = 'group.members-changed')
            """
        ) { [try $0.next(Int.self), try $0.next(Int.self), try $0.next(Int.self), try $0.next(Int.self)] }
        #expect(left == [[0, count, count, 1]])
    }
}

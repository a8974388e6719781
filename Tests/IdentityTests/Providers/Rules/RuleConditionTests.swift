import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What rules of a real directory give by more than groups, at a sign-in and in a run alike.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct RuleConditionTests: SyncStage {
    private struct Staged {
        let house: House
        let admin: Visitor
        let directory: TestDirectory
        let provider: String
        let group: String
        let organization: String
        let reader: String
    }

    /// Ann works for IT in two places, and Ben's department is named like a group.
    private func stage() async throws -> Staged {
        let directory = try await TestDirectory()
        try await directory.change(
            """
            dn: uid=ann,ou=people,\(Self.base)
            changetype: modify
            add: departmentNumber
            departmentNumber: HR
            departmentNumber: it  Operations

            dn: uid=ben,ou=people,\(Self.base)
            changetype: modify
            add: departmentNumber
            departmentNumber: ops

            dn: uid=zed\\,ou\\=people,ou=more,\(Self.base)
            changetype: add
            objectClass: inetOrgPerson
            uid: zed
            cn: Zed
            sn: Zed

            """)
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let group = try await admin.call("groups.create", body: ["name": "Operators"])["id"]
        let organization = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let reader = try await admin.role("Plant reader", ["users.read"], scope: "organization")["id"]
        let provider = try await makeProvider(
            directory, for: admin, settings: ["baseDn": .string(Self.base)], ["createsUsers": .bool(true)])
        return Staged(
            house: house, admin: admin, directory: directory, provider: provider, group: group,
            organization: organization, reader: reader)
    }

    private func set(_ rules: [JSON], _ stage: Staged) async throws -> Answer {
        let version = try await stage.admin.call("identity-providers.show", [stage.provider]).version
        return try await stage.admin.call(
            "identity-providers.change", [stage.provider], body: ["rules": .array(rules)], version: version)
    }

    private func department(_ value: String, _ match: String = "equals") -> JSON {
        ["kind": "attribute", "name": "departmentNumber", "match": .string(match), "value": .string(value)]
    }

    private func members(_ stage: Staged) async throws -> [String] {
        try await stage.admin.call("groups.members", [stage.group]).items.compactMap { $0["login"]?.text }.sorted()
    }

    private func readers(_ stage: Staged) async throws -> [String] {
        try await stage.admin.call("organizations.bindings", [stage.organization]).items
            .compactMap { $0["user"]?["login"]?.text }.sorted()
    }

    @Test func `a run gives by attributes, places and groups together, and takes back what no rule gives`() async throws
    {
        let stage = try await stage()
        let plant: JSON = [
            "directoryGroup": "all", "conditions": [department("IT operations")], "role": .string(stage.reader),
            "organization": .string(stage.organization),
        ]
        let people: JSON = ["kind": "under", "dn": .string("OU=People, \(Self.base)")]
        let inPeople: JSON = ["conditions": [people], "group": .string(stage.group)]
        let answer = try await set([plant, inPeople], stage)
        #expect(answer.status == 200, "\(answer.text)")
        let seen = try await preview(stage.provider, stage.admin)
        #expect(seen["report"]?["roleChanges"] == 1 && seen["report"]?["groupChanges"] == 3, "\(seen)")
        #expect(try await members(stage).isEmpty)
        let done = try await run(stage.provider, stage.admin)
        #expect(done["report"]?["roleChanges"] == 1 && done["report"]?["groupChanges"] == 3, "\(done)")
        // Zed's name has the branch in it, and lies elsewhere; Cleo is there twice.
        #expect(try await members(stage) == ["ann", "ben", "eve"])
        #expect(try await readers(stage) == ["ann"])
        // Who has it where they belong is another thing.
        #expect(try await users(stage.admin)["ann"]?["roles"]?.texts("builtIn") == ["user"])
        let again = try await run(stage.provider, stage.admin)
        #expect(again["report"]?["roleChanges"] == 0 && again["report"]?["groupChanges"] == 0, "\(again)")
        // Given by hand beside it: it stays when the rule takes its own.
        let ben = try #require(try await users(stage.admin)["ben"]?["id"]?.text)
        #expect(
            try await stage.admin.call("organizations.bind", [stage.organization, stage.reader, ben]).status == 204)
        try await stage.directory.change(
            """
            dn: uid=ann,ou=people,\(Self.base)
            changetype: modify
            delete: departmentNumber
            departmentNumber: it  Operations

            """)
        let third = try await run(stage.provider, stage.admin)
        #expect(third["report"]?["roleChanges"] == 1 && third["report"]?["removals"] == 1, "\(third)")
        #expect(try await readers(stage) == ["ben"])
        let said = try await stage.house.test.superuser().query(
            """
            select action || ' ' || coalesce(details ->> 'organization', '') from audit_events
            where action like 'role.%-by-provider' order by action
            """
        ) { try $0.next(String.self) }
        #expect(
            said == [
                "role.given-by-provider \(stage.organization)", "role.taken-by-provider \(stage.organization)",
            ])
        // An organization with what a rule gives there is not removed, nor one that a rule names.
        #expect(
            try await stage.admin.call("organizations.unbind", [stage.organization, stage.reader, ben]).status == 204)
        #expect(
            try await stage.admin.call("organizations.remove", [stage.organization]).problem
                == "organization-not-empty")
    }

    @Test func `a sign-in gives the same, a test says which rules are whose, and nothing is taken for a group`()
        async throws
    {
        let stage = try await stage()
        let plant: JSON = [
            "conditions": [department("it", "starts-with"), department("OPERATIONS", "ends-with")],
            "role": .string(stage.reader), "organization": .string(stage.organization),
        ]
        let ops: JSON = ["directoryGroup": "ops", "group": .string(stage.group)]
        #expect(try await set([plant, ops], stage).status == 200)
        let tested = try await stage.admin.call("identity-providers.test", [stage.provider], body: ["login": "ann"])
        #expect(tested["outcome"] == "created", "\(tested.text)")
        guard case .array(let rules)? = tested.json["rules"] else {
            return #expect(Bool(false), "no rules: \(tested.text)")
        }
        #expect(rules.count == 2 && rules[0]["organization"]?.text == stage.organization, "\(rules)")
        #expect(tested.json["profile"]?["place"]?.text == "uid=ann,ou=people,\(Self.base)")
        let password = TestDirectory.password(of:)
        let (ann, ben) = (
            Visitor(house: stage.house, scope: stage.admin.scope, login: "ann"),
            Visitor(house: stage.house, scope: stage.admin.scope, login: "ben")
        )
        #expect(try await ann.password(password("ann")).step == "enrol")
        #expect(try await ben.password(password("ben")).step == "enrol")
        #expect(try await readers(stage) == ["ann"])
        #expect(try await members(stage) == ["ann"])
        // Both rules are gone with one change, and what they gave with the next sign-in.
        #expect(try await set([], stage).status == 200)
        #expect(try await ann.password(password("ann")).step == "enrol")
        #expect(try await readers(stage).isEmpty)
        #expect(try await members(stage).isEmpty)
    }

    @Test func `what a rule gave where somebody belongs goes with them, and a merged organization's rules end`()
        async throws
    {
        let stage = try await stage()
        let home: JSON = ["conditions": [department("HR")], "role": .string(stage.reader)]
        let plant: JSON = home.merging(["organization": .string(stage.organization)])
        let other = try await stage.admin.call("organizations.create", body: ["name": "Office"])["id"]
        #expect(try await set([home, plant], stage).status == 200)
        _ = try await preview(stage.provider, stage.admin)
        _ = try await run(stage.provider, stage.admin)
        #expect(try await readers(stage) == ["ann"])
        let ann = try #require(try await users(stage.admin)["ann"]?["id"]?.text)
        #expect(
            try await stage.admin.call("organizations.fill", [other], body: ["users": [.string(ann)]]).status == 200)
        func places() async throws -> [String] {
            try await stage.house.test.superuser().query(
                """
                select o.name from role_bindings b join organizations o on o.tenant_id = b.tenant_id and o.org_id = b.org_id
                where b.role_id = \(try #require(RoleID(stage.reader))) order by 1
                """
            ) { try $0.next(String.self) }
        }
        #expect(try await places() == ["Office", "Plant"])
        let unchanged = try await run(stage.provider, stage.admin)
        #expect(unchanged["report"]?["roleChanges"] == 0, "\(unchanged)")
        let merged = try await stage.admin.call(
            "organizations.merge", [stage.organization], body: ["into": .string(other)])
        #expect(merged.status == 200, "\(merged.text)")
        #expect(try await places() == ["Office"])
        let rules = try await stage.admin.call("identity-providers.show", [stage.provider]).json["rules"]
        guard case .array(let left)? = rules else { return #expect(Bool(false)) }
        #expect(left.count == 1 && left[0]["organization"] == .null, "\(left)")
        #expect(try await set([], stage).status == 200)
        _ = try await run(stage.provider, stage.admin)
        #expect(try await places().isEmpty)
    }
}

/// Who may make which rules.
@Suite struct RuleRightsTests {
    private static let settings: JSON = [
        "kind": "ldap", "servers": [["host": "127.0.0.1", "port": 9]],
        "bindDn": "cn=search,dc=example,dc=org", "baseDn": "dc=example,dc=org",
    ]
    private static let condition: JSON = ["kind": "attribute", "name": "department", "value": "IT"]

    private func create(_ name: String, _ rule: JSON, _ visitor: Visitor) async throws -> Answer {
        try await visitor.call(
            "identity-providers.create",
            body: ["name": .string(name), "secret": "s3cret", "settings": Self.settings, "rules": [rule]])
    }

    @Test func `nobody gives by a rule at an organization what they could not give there by hand`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let plant = try await ada.call("organizations.create", body: ["name": "Plant"])["id"]
        let strong = try await ada.role("Plant keeper", ["users.manage", "users.read"], scope: "organization")["id"]
        let weak = try await ada.role("Plant reader", ["users.read"], scope: "organization")["id"]
        let tenant = try await ada.role("Whole", ["users.read"])["id"]
        let base = ["identity-providers.read", "identity-providers.manage", "users.read"]
        func rule(_ role: String, at organization: String? = plant) -> JSON {
            [
                "conditions": [Self.condition], "role": .string(role),
                "organization": organization.map(JSON.string) ?? .null,
            ]
        }
        let keeper = try await ada.role("Keeper", base)["id"]
        let placer = try await ada.role("Placer", base + ["organizations.read", "organizations.manage"])["id"]
        let (_, ben) = try await ada.take("ben", roles: [keeper])
        let (_, cat) = try await ada.take("cat", roles: [placer])
        // Ben may give the role, and nobody anything at organizations; Cat may, but not more than she has.
        #expect(try await create("a", rule(weak), ben).status == 403)
        #expect(try await create("b", rule(weak, at: nil), ben).status == 201)
        #expect(try await create("c", rule(strong), cat).status == 403)
        #expect(try await create("d", rule("administrator"), cat).status == 403)
        let own = try await create("e", rule(weak), cat)
        #expect(own.status == 201, "\(own.text)")
        let grown = try await cat.call(
            "identity-providers.change", [own["id"]], body: ["rules": [rule(strong)]], version: own.version)
        #expect(grown.status == 403)
        // What a rule gives there already keeps others from saying who comes in by it.
        let theirs = try await create("f", rule(strong), ada)
        #expect(theirs.status == 201, "\(theirs.text)")
        let moved = try await cat.call(
            "identity-providers.change", [theirs["id"]], body: ["name": "mine"], version: theirs.version)
        #expect(moved.status == 403)
        // A role of the tenant is held nowhere else.
        #expect(try await create("g", rule(tenant), ada).problem == "tenant-role")
    }

    @Test func `an organization of somebody else is none, and the database itself refuses it`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (_, eve) = try await house.makeTenant("other")
        let theirs = try await eve.call("organizations.create", body: ["name": "Theirs"])["id"]
        let reader = try await ada.role("Reader", ["users.read"], scope: "organization")["id"]
        let rule: JSON = [
            "conditions": [Self.condition], "role": .string(reader), "organization": .string(theirs),
        ]
        #expect(try await create("a", rule, ada).status == 422)
        let made = try await create("b", rule.merging(["organization": .null]), ada)
        #expect(made.status == 201, "\(made.text)")
        let (provider, place) = (try #require(IdentityProviderID(made["id"])), try #require(OrganizationID(theirs)))
        let error = await #expect(throws: DatabaseError.self) {
            try await house.test.database.transaction(in: scope) { tx in
                try await tx.execute(
                    """
                    update identity_provider_rules set org_id = \(place)
                    where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                    """)
            }
        }
        #expect(error?.constraint == "identity_provider_rules_org_fk")
    }

    @Test func `a rule is refused that has nothing to go by, or cannot be read`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let refused: [JSON] = [
            ["role": "auditor"], ["conditions": [], "role": "auditor"],
            ["conditions": [["kind": "under", "dn": "elsewhere"]], "role": "auditor"],
            ["conditions": [["kind": "attribute", "name": "userPassword", "value": "x"]], "role": "auditor"],
            ["conditions": [["kind": "attribute", "name": "a b", "value": "x"]], "role": "auditor"],
            ["conditions": [["kind": "script", "value": "x"]], "role": "auditor"],
            ["conditions": .array(Array(repeating: Self.condition, count: 11)), "role": "auditor"],
        ]
        for rule in refused { #expect(try await create("x", rule, ada).status == 422, "\(rule)") }
        // A branch is one of a directory.
        let branch: JSON = ["conditions": [["kind": "under", "dn": "ou=it,dc=example"]], "role": "auditor"]
        let cas: JSON = ["kind": "cas", "serverUrl": "https://cas.example"]
        let elsewhere = try await ada.call(
            "identity-providers.create", body: ["name": "cas", "settings": cas, "rules": [branch]])
        #expect(elsewhere.status == 422, "\(elsewhere.text)")
        #expect(try await create("y", branch, ada).status == 201)
    }
}

/// What programs say of people, as rules go by it.
@Suite struct ProvisionedFactsTests {
    private static let urn = SCIMExtension.enterprise.urn

    @Test func `attributes of people give and take, with groups and without, and a changed rule settles everybody`()
        async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let group = try await admin.call("groups.create", body: ["name": "Operators"])["id"]
        let department: JSON = ["kind": "attribute", "name": "department", "value": "research & development"]
        let mail: JSON = ["kind": "attribute", "name": "emails", "match": "ends-with", "value": "@lab.example"]
        let program = try await Program.make(
            for: admin,
            [
                "rules": [
                    ["conditions": [department, mail], "group": .string(group)],
                    ["directoryGroup": "Auditors", "conditions": [department], "role": "auditor"],
                ]
            ])
        func extra(_ department: String) -> JSON {
            .object([
                .init(Self.urn, ["department": .string(department)]),
                .init("emails", [["value": "x@home.example"], ["value": "x@lab.example", "primary": true]]),
            ])
        }
        let ann = try await program.make("ann", extra("Research & Development"))
        let ben = try await program.make("ben", extra("Sales"))
        #expect(try await program.members(group) == ["ann"])
        _ = try await program.group("Auditors", [ann, ben])
        #expect(try await program.roles(ann) == ["auditor", "user"])
        #expect(try await program.roles(ben) == ["user"])
        // Ben changes places with Ann.
        let path = JSON.string("\(Self.urn):department")
        for (id, value) in [(ann, "Sales"), (ben, "RESEARCH & development")] {
            let patched = try await program.patch(
                "change-user", id, ["op": "replace", "path": path, "value": .string(value)])
            #expect(patched.status == 200, "\(patched.text)")
        }
        #expect(try await program.members(group) == ["ben"])
        #expect(try await program.roles(ann) == ["user"])
        #expect(try await program.roles(ben) == ["auditor", "user"])
        // A PUT that does not name the extension says nothing of it.
        let put = try await program.call("replace-user", [ben], Program.user("ben", ["displayName": "Benjamin"]))
        #expect(put.status == 200, "\(put.text)")
        #expect(try await program.members(group) == ["ben"])
        // Other rules hold for everybody at once.
        let sales: JSON = ["kind": "attribute", "name": "DEPARTMENT", "match": "starts-with", "value": "sa"]
        let version = try await admin.call("identity-providers.show", [program.provider]).version
        let changed = try await admin.call(
            "identity-providers.change", [program.provider],
            body: ["rules": [["conditions": [sales], "group": .string(group)]]], version: version)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try await program.members(group) == ["ann"])
        #expect(try await program.roles(ben) == ["user"])
        // Who is taken away has nothing by a rule any more.
        #expect(try await program.call("remove-user", [ann]).status == 204)
        #expect(try await program.members(group).isEmpty)
    }
}

extension JSON {
    /// The texts under a name in each item of a list.
    fileprivate func texts(_ name: String) -> [String] {
        guard case .array(let items) = self else { return [] }
        return items.compactMap { $0[name]?.text }.sorted()
    }
}

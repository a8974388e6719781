import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

extension House {
    /// Where people belong, by their logins.
    func places() async throws -> [String: String] {
        let rows = try await test.superuser().query(
            "select u.login, o.name from users u join organizations o on o.tenant_id = u.tenant_id and o.org_id = u.org_id"
        ) { (try $0.next(String.self), try $0.next(String.self)) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// Which roles somebody has where, in words.
    func held(by login: String) async throws -> [String] {
        try await test.superuser().query(
            """
            select r.name || ' at ' || o.name from role_bindings b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join organizations o on o.tenant_id = b.tenant_id and o.org_id = b.org_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where u.login = \(login) order by 1
            """
        ) { try $0.next(String.self) }
    }

    func actions(like pattern: String) async throws -> [String] {
        try await test.superuser().query(
            "select target_name || ' ' || action from audit_events where action like \(pattern) order by 1"
        ) { try $0.next(String.self) }
    }
}

/// Rules that say to which organization people belong, with a real directory: at sign-ins and in runs alike.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct RulePlaceTests: SyncStage {
    private struct Staged {
        let house: House
        let admin: Visitor
        let directory: TestDirectory
        let provider: String
        let plant: String
        let office: String
        let company: String
    }

    private func stage() async throws -> Staged {
        let directory = try await TestDirectory()
        try await directory.change(
            """
            dn: uid=ann,ou=people,\(Self.base)
            changetype: modify
            add: departmentNumber
            departmentNumber: plant

            dn: uid=ben,ou=people,\(Self.base)
            changetype: modify
            add: departmentNumber
            departmentNumber: plant

            """)
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let company = try #require(try await house.places()[admin.login])
        let plant = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let office = try await admin.call("organizations.create", body: ["name": "Office"])["id"]
        let provider = try await makeProvider(
            directory, for: admin, settings: ["baseDn": .string(Self.base)], ["createsUsers": .bool(true)])
        return Staged(
            house: house, admin: admin, directory: directory, provider: provider, plant: plant, office: office,
            company: company)
    }

    private func set(_ rules: [JSON], _ stage: Staged) async throws {
        let version = try await stage.admin.call("identity-providers.show", [stage.provider]).version
        let answer = try await stage.admin.call(
            "identity-providers.change", [stage.provider], body: ["rules": .array(rules)], version: version)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func rule(_ department: String, _ what: JSON) -> JSON {
        let condition: JSON = ["kind": "attribute", "name": "departmentNumber", "value": .string(department)]
        return what.merging(["conditions": [condition]])
    }

    private func move(_ login: String, to department: String, _ stage: Staged) async throws {
        try await stage.directory.change(
            """
            dn: uid=\(login),ou=people,\(Self.base)
            changetype: modify
            replace: departmentNumber
            departmentNumber: \(department)

            """)
    }

    @Test func `a run places people, moves them on, and takes them back; who was put somewhere by hand stays`()
        async throws
    {
        let stage = try await stage()
        let here: JSON = ["organization": .string(stage.plant)]
        let there: JSON = ["organization": .string(stage.office)]
        let reader = try await stage.admin.role("Reader", ["users.read"], scope: "organization")["id"]
        try await set(
            [rule("plant", here), rule("office", there), rule("plant", ["role": .string(reader)])], stage)
        let seen = try await preview(stage.provider, stage.admin)
        #expect(seen["report"]?["placeChanges"] == 2, "\(seen)")
        #expect(try await stage.house.places()["ann"] == nil)
        let done = try await run(stage.provider, stage.admin)
        #expect(done["report"]?["placeChanges"] == 2, "\(done)")
        var places = try await stage.house.places()
        #expect(places["ann"] == "Plant" && places["ben"] == "Plant" && places["eve"] == stage.company, "\(places)")
        // What everybody has goes along, and what a rule gives where somebody belongs is given there.
        #expect(try await stage.house.held(by: "ann") == ["Reader at Plant", "User at Plant"])
        #expect(
            try await stage.house.actions(like: "user.place%")
                == ["ann user.placed-by-provider", "ben user.placed-by-provider"])
        #expect(try await run(stage.provider, stage.admin)["report"]?["placeChanges"] == 0)
        // Ben is put elsewhere by hand: no rule that goes on moves him back, and none that ends.
        let ben = try #require(try await users(stage.admin)["ben"]?["id"]?.text)
        let third = try await stage.admin.call("organizations.create", body: ["name": "Lab"])["id"]
        let filled = try await stage.admin.call("organizations.fill", [third], body: ["users": [.string(ben)]])
        #expect(filled.status == 200, "\(filled.text)")
        #expect(try await run(stage.provider, stage.admin)["report"]?["placeChanges"] == 0)
        try await move("ann", to: "office", stage)
        try await move("ben", to: "nowhere", stage)
        #expect(try await run(stage.provider, stage.admin)["report"]?["placeChanges"] == 1)
        places = try await stage.house.places()
        #expect(places["ann"] == "Office" && places["ben"] == "Lab", "\(places)")
        #expect(try await stage.house.held(by: "ann") == ["User at Office"])
        try await move("ann", to: "nowhere", stage)
        let back = try await run(stage.provider, stage.admin)
        #expect(back["report"]?["placeChanges"] == 1 && back["report"]?["removals"] == 1, "\(back)")
        #expect(try await stage.house.places()["ann"] == stage.company)
        #expect(try await stage.house.held(by: "ann") == ["User at \(stage.company)"])
        #expect(try await stage.house.actions(like: "user.place-taken%") == ["ann user.place-taken-by-provider"])
    }

    @Test func `a sign-in places its person, the first rule counts, and no move takes a role that was given by hand`()
        async throws
    {
        let stage = try await stage()
        try await set(
            [
                rule("plant", ["organization": .string(stage.plant)]),
                rule("plant", ["organization": .string(stage.office)]),
            ], stage)
        let password = TestDirectory.password(of:)
        let ann = Visitor(house: stage.house, scope: stage.admin.scope, login: "ann")
        #expect(try await ann.password(password("ann")).step == "enrol")
        #expect(try await stage.house.places()["ann"] == "Plant")
        // A role at the plant is one at the plant, wherever its holder belongs: nobody rises by being moved back.
        let id = try #require(try await users(stage.admin)["ann"]?["id"]?.text)
        let reader = try await stage.admin.role("Reader", ["users.read"], scope: "organization")["id"]
        #expect(try await stage.admin.call("organizations.bind", [stage.plant, reader, id]).status == 204)
        try await set([], stage)
        #expect(try await ann.password(password("ann")).step == "enrol")
        #expect(try await stage.house.places()["ann"] == stage.company)
        #expect(try await stage.house.held(by: "ann") == ["Reader at Plant", "User at \(stage.company)"])
        // Who has more than everybody at the top by hand stays there: an administrator of the company is no part's.
        try await set([rule("plant", ["organization": .string(stage.plant)])], stage)
        let auditor = try await stage.admin.call(
            "users.change", [id], body: ["roles": ["user", "auditor"]],
            version: try await stage.admin.call("users.show", [id]).version)
        #expect(auditor.status == 200, "\(auditor.text)")
        #expect(try await ann.password(password("ann")).step == "enrol")
        #expect(try await stage.house.places()["ann"] == stage.company)
    }

    @Test
    func `what a removed provider placed is told before and taken back, and a merged organization's rule goes on`()
        async throws
    {
        let stage = try await stage()
        try await set([rule("plant", ["organization": .string(stage.plant)])], stage)
        _ = try await preview(stage.provider, stage.admin)
        _ = try await run(stage.provider, stage.admin)
        #expect(try await stage.admin.call("organizations.remove", [stage.plant]).problem == "organization-not-empty")
        let merged = try await stage.admin.call(
            "organizations.merge", [stage.plant], body: ["into": .string(stage.office)])
        #expect(merged.status == 200, "\(merged.text)")
        #expect(try await run(stage.provider, stage.admin)["report"]?["placeChanges"] == 0)
        #expect(try await stage.house.places()["ann"] == "Office")
        // Put there by hand, one stays when the others go.
        let ben = try #require(try await users(stage.admin)["ben"]?["id"]?.text)
        #expect(
            try await stage.admin.call("organizations.fill", [stage.office], body: ["users": [.string(ben)]]).status
                == 200)
        let foreseen = try await stage.admin.call("identity-providers.foresee-removal", [stage.provider])
        guard case .array(let places)? = foreseen.json["places"] else {
            return #expect(Bool(false), "\(foreseen.text)")
        }
        #expect(places.count == 1 && places[0]["people"] == 1 && places[0]["name"] == "Office", "\(places)")
        let version = try await stage.admin.call("identity-providers.show", [stage.provider]).version
        let removed = try await stage.admin.call("identity-providers.remove", [stage.provider], version: version)
        #expect(removed.status == 204, "\(removed.text)")
        let left = try await stage.house.places()
        #expect(left["ann"] == stage.company && left["ben"] == "Office", "\(left)")
    }
}

/// The same by what a program says, and who may write such a rule.
@Suite struct RulePlaceProgramTests {
    @Test func `a program's people are placed and go back, and two providers take nobody from each other`() async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let company = try #require(try await house.places()[admin.login])
        let plant = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let office = try await admin.call("organizations.create", body: ["name": "Office"])["id"]
        func rules(_ place: String) -> JSON {
            ["rules": [["directoryGroup": "Workers", "organization": .string(place)]]]
        }
        let program = try await Program.make(for: admin, rules(plant))
        let ann = try await program.make("ann")
        let group = try await program.group("Workers", [ann])
        #expect(try await house.places()["ann"] == "Plant")
        // The rule names another organization from now on.
        let version = try await admin.call("identity-providers.show", [program.provider]).version
        let changed = try await admin.call(
            "identity-providers.change", [program.provider], body: rules(office), version: version)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try await house.places()["ann"] == "Office")
        #expect(try await house.held(by: "ann") == ["User at Office"])
        // Another one would have her elsewhere, and waits until she is free.
        let other = try await Program.make("Okta", for: admin, rules(plant).merging(["linksUsers": true]))
        let same = try await other.make("ann")
        _ = try await other.group("Workers", [same])
        #expect(try await house.places()["ann"] == "Office")
        #expect(try await program.call("remove-group", [group]).status == 204)
        #expect(try await house.places()["ann"] == company)
        #expect(try await house.held(by: "ann") == ["User at \(company)"])
        func settle(_ program: Program, _ place: String) async throws {
            let version = try await admin.call("identity-providers.show", [program.provider]).version
            let changed = try await admin.call(
                "identity-providers.change", [program.provider], body: rules(place), version: version)
            #expect(changed.status == 200, "\(changed.text)")
        }
        try await settle(other, plant)
        #expect(try await house.places()["ann"] == "Plant")
        // Both say the same: she stays while one of them does.
        try await settle(program, plant)
        _ = try await program.group("Workers", [ann])
        #expect(try await admin.call("identity-providers.remove", [other.provider]).status == 204)
        #expect(try await house.places()["ann"] == "Plant")
        #expect(try await admin.call("identity-providers.remove", [program.provider]).status == 204)
        #expect(try await house.places()["ann"] == company)
    }

    @Test func `a role of the company ends where its person goes, and is given again once they are back`() async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let company = try #require(try await house.places()[admin.login])
        let plant = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let whole = try await admin.role("Whole", ["users.read"])["id"]
        let program = try await Program.make(
            for: admin, ["rules": [["directoryGroup": "Workers", "role": .string(whole)]]])
        let ann = try await program.make("ann")
        _ = try await program.group("Workers", [ann])
        #expect(try await house.held(by: "ann") == ["User at \(company)", "Whole at \(company)"])
        func move(to place: String) async throws {
            let moved = try await admin.call("organizations.fill", [place], body: ["users": [.string(ann)]])
            #expect(moved.status == 200, "\(moved.text)")
        }
        try await move(to: plant)
        #expect(try await house.held(by: "ann") == ["User at Plant"])
        try await move(to: OrganizationID.root(of: admin.scope.tenant).text)
        // The next thing that the program says of anybody in a group settles her, too.
        _ = try await program.group("Others", [ann])
        #expect(try await house.held(by: "ann") == ["User at \(company)", "Whole at \(company)"])
    }

    @Test func `such a rule takes the right to manage organizations, and names one of the company below its top`()
        async throws
    {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (_, eve) = try await house.makeTenant("other")
        let theirs = try await eve.call("organizations.create", body: ["name": "Theirs"])["id"]
        let plant = try await ada.call("organizations.create", body: ["name": "Plant"])["id"]
        let base = ["identity-providers.read", "identity-providers.manage", "users.read"]
        let keeper = try await ada.role("Keeper", base)["id"]
        let placer = try await ada.role("Placer", base + ["organizations.read", "organizations.manage"])["id"]
        let (_, ben) = try await ada.take("ben", roles: [keeper])
        let (_, cat) = try await ada.take("cat", roles: [placer])
        let group = try await ada.call("groups.create", body: ["name": "Operators"])["id"]
        let settings: JSON = [
            "kind": "ldap", "servers": [["host": "127.0.0.1", "port": 9]],
            "bindDn": "cn=search,dc=example,dc=org", "baseDn": "dc=example,dc=org",
        ]
        func create(_ name: String, _ what: JSON, _ visitor: Visitor) async throws -> Answer {
            let rule = what.merging(["directoryGroup": "ops"])
            return try await visitor.call(
                "identity-providers.create",
                body: ["name": .string(name), "secret": "s3cret", "settings": settings, "rules": [rule]])
        }
        #expect(try await create("a", ["organization": .string(plant)], ben).status == 403)
        let own = try await create("b", ["organization": .string(plant)], cat)
        #expect(own.status == 201, "\(own.text)")
        guard case .array(let rules)? = own.json["rules"] else { return #expect(Bool(false)) }
        #expect(rules.first?["organization"]?.text == plant && rules.first?["role"] == .null)
        // By its address alone one would decide who belongs there.
        let named = try await ben.call(
            "identity-providers.change", [own["id"]], body: ["name": "mine"], version: own.version)
        #expect(named.status == 403)
        #expect(try await create("c", ["organization": .string(theirs)], ada).status == 422)
        let top = OrganizationID.root(of: scope.tenant).text
        #expect(try await create("d", ["organization": .string(top)], ada).status == 422)
        let both: JSON = ["organization": .string(plant), "group": .string(group)]
        #expect(try await create("e", both, ada).status == 422)
    }
}

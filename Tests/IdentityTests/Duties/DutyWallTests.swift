import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity
@testable import Tickets

/// The second wall of separated duties: what stands where it may not, and two who switch at once.
@Suite(.timeLimit(.minutes(3))) struct DutyWallTests {
    private typealias Stage = DutySeparationTests.Stage

    /// A rule that came there past every check.
    private func smuggle(_ role: String, _ program: Program, _ stage: Stage) async throws {
        let (provider, role) = (
            try #require(IdentityProviderID(program.provider)), try #require(RoleID(stage.roles[role]!))
        )
        _ = try await stage.house.test.superuser().execute(
            """
            insert into identity_provider_rules (tenant_id, identity_provider_id, directory_group, role_id, rule_number)
            values (\(stage.scope.tenant), \(provider), 'ops', \(role), 1)
            """)
    }

    @Test func `a rule that makes administrators is left out of sign-ins and of programs while duties are separated`()
        async throws
    {
        let stage = try await Stage()
        let program = try await Program.make(for: stage.ada, ["createsUsers": true])
        try await stage.turnOn()
        try await smuggle("audit-administrator", program, stage)
        let id = try await program.make("ann")
        _ = try await program.group("ops", [id])
        let superuser = try await stage.house.test.superuser()
        func roles(_ user: String) async throws -> [String] {
            let user = try #require(UserID(user))
            return try await superuser.query(
                """
                select r.built_in from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
                where b.user_id = \(user) order by r.built_in
                """
            ) { try $0.next(String.self) }
        }
        #expect(try await roles(id) == ["user"])
        let provider = try await stage.house.identity.identityProvider(
            try #require(IdentityProviderID(program.provider)), in: stage.scope)
        let admit = AdmitSubject(
            database: stage.house.test.database, catalogue: stage.house.identity.settings.catalogue,
            provider: provider, keyDays: 7, address: nil, now: stage.house.now, scope: stage.scope)
        func comeIn() async throws -> String {
            let profile = ProviderProfile(subject: "s1", login: "ben", name: nil, email: nil, groups: ["OPS"])
            guard case .admitted(let account) = try await admit(profile, typed: nil) else { throw Unexpected() }
            return account.id.text
        }
        #expect(try await roles(try await comeIn()) == ["user"])
        // What is no administrator's is given as ever, and the trail says so.
        _ = try await superuser.execute("update duty_separations set is_on = false")
        #expect(try await roles(try await comeIn()) == ["audit-administrator", "user"])
        let lines = try await superuser.query(
            "select actor_name, target_name from audit_events where action = 'role.given-by-provider'"
        ) { [try $0.next(String.self), try $0.next(String.self)] }
        #expect(lines == [["sign-in", "ben"]])
    }

    @Test func `a provider that knows people of another duty can be made to give less, and nothing else`() async throws
    {
        let stage = try await Stage()
        let provider = try await stage.ada.addCAS("https://cas.example.com", port: 9)
        let group = try await stage.ada.call("groups.create", body: ["name": "Ops"])
        let first = try await stage.ada.call("organizations.create", body: ["name": "Plant"])
        let second = try await stage.ada.call("organizations.create", body: ["name": "Office"])
        let plant: JSON = ["directoryGroup": "ops", "organization": .string(first["id"])]
        let office: JSON = ["directoryGroup": "ops", "organization": .string(second["id"])]
        let (role, ops): (JSON, JSON) = (
            ["directoryGroup": "ops", "role": "user"], ["directoryGroup": "ops", "group": .string(group["id"])]
        )
        let made = try await stage.ada.call(
            "identity-providers.change", [provider],
            body: ["rules": [plant, office, role, ops], "createsUsers": true], version: 1)
        #expect(made.status == 200, "\(made.json)")
        try await stage.turnOn()
        let id = try #require(IdentityProviderID(provider))
        _ = try await stage.house.test.superuser().execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at)
            values (\(stage.scope.tenant), \(id), \(stage.sec.id), 'sec', now())
            """)
        func change(_ body: JSON, _ version: Int) async throws -> Answer {
            try await stage.sys.visitor.call("identity-providers.change", [provider], body: body, version: version)
        }
        let refused: [JSON] = [
            ["name": "Other"], ["domains": ["example.com"]], ["linksUsers": true],
            ["rules": [["directoryGroup": "all", "role": "user"]]],
            ["enabled": false, "rules": [["directoryGroup": "all", "role": "user"]]],
            // Who was of the first place would be of the other one, or of the top.
            ["rules": [office, plant, role, ops]], ["rules": [office, role, ops]], ["rules": [role, ops]],
        ]
        for body in refused { #expect(try await change(body, 2).status == 403, "\(body)") }
        let fewer = try await change(["rules": [plant, office, ops]], 2)
        #expect(fewer.status == 200, "\(fewer.json)")
        let off = try await change(["enabled": false, "createsUsers": false, "rules": []], 3)
        #expect(off.status == 200 && off.json["rules"] == [], "\(off.json)")
        // To let it in again is more than to shut it out.
        #expect(try await change(["enabled": true], 4).status == 403)
    }

    @Test func `whoever becomes an administrator is let in by no word that was given about them before`() async throws {
        let stage = try await Stage()
        let (house, scope) = (stage.house, stage.scope)
        let bob = try await stage.ada.take("bob")
        let rule: JSON = [
            "name": "four eyes", "who": [["user": .string(bob.id.text)]], "action": "review",
            "asked": [["user": .string(stage.aud.id.text)]],
        ]
        let set = try await stage.ada.call(
            "sign-in-rules.set", body: ["rules": [rule]],
            version: try await stage.ada.call("sign-in-rules.show").version)
        #expect(set.status == 200, "\(set.json)")
        try await stage.turnOn()
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scope))
        func come(_ attempt: String) async throws -> GatewaySignIn.Entry {
            try await house.identity.gateway.admitted(
                person, by: .password, attempt: attempt, from: "192.0.2.1", at: house.now, in: scope)
        }
        func waiting() async throws -> [Ticket] { try await house.waiting(for: stage.aud.id, in: scope) }
        guard case .waits = try await come("agreed") else { throw Unexpected() }
        let agreed = try #require(try await waiting().first)
        _ = try await house.decide(agreed, .approved, by: stage.aud.id, in: scope)
        guard case .waits = try await come("open") else { throw Unexpected() }
        #expect(try await waiting().count == 1)
        let made = try await stage.bind(
            try #require(stage.roles["audit-administrator"]), to: bob.id, by: stage.sec.visitor)
        #expect(made.status == 204, "\(made.json)")
        // Nobody is asked any more, and what was agreed to has to be asked anew.
        #expect(try await waiting().isEmpty)
        #expect(try await come("agreed") != .admitted)
    }

    @Test func `of two who decide at once one does, and of two who ask at once one asks`() async throws {
        let stage = try await Stage()
        let admins = [
            try await stage.ada.take("bea", roles: ["administrator"]).visitor,
            try await stage.ada.take("cem", roles: ["administrator"]).visitor,
        ]
        func both(_ name: String) async throws -> [Int] {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for admin in admins {
                    group.addTask { try await admin.call(name, body: ["on": true]).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }.sorted()
            }
        }
        let asked = try await both("duties.propose")
        #expect(asked == [200, 409], "\(asked)")
        _ = try await stage.ada.call("duties.withdraw")
        #expect(try await stage.ada.call("duties.propose", body: ["on": true]).status == 200)
        // The one who comes second is no administrator any more, or finds nothing to decide.
        let decided = try await both("duties.decide")
        #expect(decided.first == 200 && [403, 404].contains(decided.last ?? 0), "\(decided)")
        let events = try await stage.house.test.superuser().query(
            "select count(*) from events where type = 'duty-separation.changed'"
        ) { try $0.next(Int.self) }
        #expect(events == [1])
    }

    @Test func `one who takes a duty from the other while it is switched on leaves nobody with two, or none`()
        async throws
    {
        let stage = try await Stage()
        let bea = try await stage.ada.take("bea", roles: ["administrator"]).visitor
        #expect(try await stage.ada.call("duties.propose", body: ["on": true]).status == 200)
        async let decided = bea.call("duties.decide", body: ["on": true])
        async let given = stage.bind(stage.roles["audit-administrator"]!, to: stage.sys.id, by: stage.ada)
        let (first, second) = try await (decided, given)
        // Whichever came first: the other one saw it.
        #expect((first.status == 200) != (second.status == 204), "\(first.json) \(second.json)")
    }
}

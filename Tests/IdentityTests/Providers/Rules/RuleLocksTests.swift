import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Who waits for whom, where somebody comes in by rules while others change people, roles and organizations.
@Suite(.timeLimit(.minutes(2))) struct RuleLocksTests {
    private struct Stage {
        let house: House
        let scope: TenantScope
        let plant: OrganizationID
        let admit: AdmitSubject

        func comesIn(_ login: String, _ groups: [String]) async throws -> UserID {
            let profile = ProviderProfile(subject: login, login: login, name: nil, email: nil, groups: groups)
            guard case .admitted(let account) = try await admit(profile, typed: nil) else { throw Unexpected() }
            return account.id
        }
    }

    private func stage() async throws -> Stage {
        let house = try await House()
        let admin = try await house.makeTenant().admin
        let plant = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let provider = try await admin.addCAS("https://cas.example.com", port: 9)
        let rules: [JSON] = [
            ["directoryGroup": "ops", "role": "auditor"], ["directoryGroup": "chiefs", "role": "administrator"],
            ["directoryGroup": "plant", "organization": .string(plant)],
        ]
        let changed = try await admin.call(
            "identity-providers.change", [provider], body: ["rules": .array(rules), "createsUsers": true], version: 1)
        #expect(changed.status == 200, "\(changed.text)")
        let found = try await house.identity.identityProvider(
            try #require(IdentityProviderID(provider)), in: admin.scope)
        return Stage(
            house: house, scope: admin.scope, plant: try #require(OrganizationID(plant)),
            admit: AdmitSubject(
                database: house.test.database, catalogue: house.identity.settings.catalogue, provider: found,
                keyDays: 7,
                address: nil, now: house.now, scope: admin.scope))
    }

    @Test func `whoever may lose a role waits for those who hold the administrators', and keeps nobody waiting`()
        async throws
    {
        let stage = try await stage()
        let scope = stage.scope
        let ben = try await stage.comesIn("ben", ["ops"])
        let superuser = try await stage.house.test.superuser()
        let (held, signal) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // As who fills an organization does, and who changes people.
                try await stage.house.test.database.transaction(in: scope) { tx in
                    try await RoleStore.holdAdministrators(in: scope, tx)
                    signal.finish()
                    try await eventually("somebody waits") {
                        try await superuser.query(
                            """
                            select exists (select from pg_stat_activity
                              where datname = current_database() and wait_event_type = 'Lock')
                            """
                        ) { try $0.next(Bool.self) } == [true]
                    }
                    try await tx.execute("set local lock_timeout = '3s'")
                    let account = try await AccountStore.lock(ben, in: scope, tx)
                    #expect(account != nil)
                }
            }
            group.addTask {
                for await _ in held {}
                let same = try await stage.comesIn("ben", [])
                #expect(same == ben)
            }
            try await group.waitForAll()
        }
        #expect(try await stage.house.held(by: "ben").count == 1)
    }

    @Test func `whoever comes in passes those who fill an organization or give roles there`() async throws {
        let stage = try await stage()
        let (scope, plant) = (stage.scope, stage.plant)
        try await stage.house.test.database.transaction(in: scope) { tx in
            try await RoleStore.holdAdministrators(in: scope, tx)
            let held = try await OrganizationStore.hold(plant, in: scope, tx)
            #expect(held?.id == plant)
            _ = try await stage.comesIn("ann", ["plant"])
            _ = try await stage.comesIn("cleo", ["chiefs"])
        }
        #expect(try await stage.house.places()["ann"] == "Plant")
        #expect(try await stage.house.held(by: "cleo").contains { $0.contains("dministrator") })
    }

    @Test func `a merge waits for whoever is moving people, and holds nothing that they wait for`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let plant = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let office = try await admin.call("organizations.create", body: ["name": "Office"])["id"]
        let (bob, _) = try await admin.take("bob")
        let filled = try await admin.call("organizations.fill", [plant], body: ["users": [.string(bob.text)]])
        #expect(filled.status == 200, "\(filled.text)")
        let target = try #require(OrganizationID(office))
        let test = house.test
        async let merged = admin.call("organizations.merge", [plant], body: ["into": .string(office)])
        // As a run of a sync does: somebody is changed, and then it is looked at where they are to go.
        try await test.database.transaction(in: scope) { tx in
            try await RoleStore.holdAdministrators(in: scope, tx)
            try await UserStore.bump(bob, in: scope, tx)
            try await test.untilSomebodyWaitsForALock()
            let isThere = try await OrganizationStore.exist([target], in: scope, tx)
            #expect(isThere)
        }
        #expect(try await merged.status == 200)
        #expect(try await house.places()["bob"] == "Office")
    }
}

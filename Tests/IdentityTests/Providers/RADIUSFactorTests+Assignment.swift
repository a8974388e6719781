import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Who says where somebody confirms, and what becomes of it when that changes.
extension RADIUSFactorTests {
    @Test func `who may not handle the people of a provider does not say where they confirm`() async throws {
        let stage = try await stage()
        let role = try await stage.ada.call(
            "roles.create",
            body: ["name": "Keepers", "permissions": ["identity-providers.read", "identity-providers.manage"]])
        let (_, eve) = try await stage.ada.take("eve", roles: [role["id"]])
        let made = try await stage.ada.call(
            "identity-providers.create",
            body: [
                "name": "Others", "secret": .string(TestRadius.secret),
                "settings": try #require(stage.provider.json["settings"]),
            ])
        let id: String = made["id"]
        func change(_ name: String) async throws -> Answer {
            let now = try await eve.call("identity-providers.show", [id])
            return try await eve.call(
                "identity-providers.change", [id], body: ["name": .string(name)], version: now.version)
        }
        #expect(try await change("Mine").status == 200)
        let ada = try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""
        let assigned = try await stage.ada.call("users.assign-radius", [ada], body: ["provider": .string(id)])
        #expect(assigned.status == 200, "\(assigned.json)")
        #expect(try await change("Theirs").problem == "forbidden")
        #expect(try await eve.call("identity-providers.remove", [id]).problem == "forbidden")
    }

    @Test(arguments: [["servers": [["host": "127.0.0.1", "port": 9]]], ["domain": "example.com"]] as [JSON])
    func `what was shown at another place or under another name is asked for again`(moved: JSON) async throws {
        let stage = try await stage()
        _ = try await stage.house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(stage.scope.tenant), 'second-factor.remember-days', \(JSON.int(2)), \(stage.scope.tenant.uuid))
            """)
        let token = try await stage.cara.password()["token"]
        _ = try await answer(TestRadius.password(of: "cara"), token, stage)
        let done = try await stage.cara.open(
            "auth.radius-factor",
            ["token": .string(token), "answer": .string(TestRadius.code), "remember": true])
        #expect(done.step == "done", "\(done.json)")
        func remembered() async throws -> Int? {
            try await stage.house.test.superuser().query("select count(*) from remembered_devices") {
                try $0.next(Int.self)
            }.first
        }
        func change(_ settings: JSON) async throws {
            let now = try await stage.ada.call("identity-providers.show", [stage.provider["id"]])
            let changed = try await stage.ada.call(
                "identity-providers.change", [stage.provider["id"]],
                body: [
                    "secret": .string(TestRadius.secret),
                    "settings": try #require(now.json["settings"]).merging(settings),
                ], version: now.version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        func told() async throws -> Int {
            try await stage.house.test.superuser().query(
                "select subject from events where type = 'user.second-factor-reset'"
            ) { try $0.next(String.self) }.count { $0 == stage.id }
        }
        try await change(["nasIdentifier": "elsewhere"])
        #expect(try await remembered() == 1)
        #expect(try await told() == 0)
        try await change(moved)
        #expect(try await remembered() == 0)
        #expect(try await told() == 1)
    }

    @Test func `a provider stays while people confirm there`() async throws {
        let stage = try await stage()
        let kept = try await stage.ada.call("identity-providers.remove", [stage.provider["id"]])
        #expect(kept.problem == "confirms-people", "\(kept.json)")
        #expect(try await stage.cara.password().json["factors"] == ["radius"])
        #expect(try await stage.ada.call("users.remove-radius", [stage.id]).status == 204)
        #expect(try await stage.ada.call("identity-providers.remove", [stage.provider["id"]]).status == 204)
    }

    @Test func `only who may handle somebody says where they confirm, and taking it away opens nothing`() async throws {
        let stage = try await stage()
        let role = try await stage.ada.call(
            "roles.create", body: ["name": "Helpers", "permissions": ["users.read", "users.manage"]])
        let (_, eve) = try await stage.ada.take("eve", roles: [role["id"]])
        let ada = try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""
        let body: JSON = ["provider": .string(stage.provider["id"])]
        #expect(try await eve.call("users.assign-radius", [ada], body: body).status == 403)
        #expect(try await stage.ada.call("users.remove-radius", [ada]).problem == "not-yourself")
        #expect(try await stage.ada.call("users.show-radius", [stage.id])["name"] == "Tokens")
        let token = try await stage.cara.password()["token"]
        _ = try await stage.house.identity.gateway.askRADIUS(
            chosenBy: "radius", of: try #require(UserID(stage.id)), attempt: "one", from: "192.0.2.1",
            at: stage.house.now, in: stage.scope)
        func open() async throws -> [Int] {
            try await stage.house.test.superuser().query("select count(*) from identity_challenges") {
                try $0.next(Int.self)
            }
        }
        #expect(try await open() == [1])
        #expect(try await stage.ada.call("users.remove-radius", [stage.id]).status == 204)
        #expect(try await open() == [0])
        #expect(try await answer(TestRadius.password(of: "cara"), token, stage).problem == "sign-in-expired")
        #expect(try await stage.cara.password().step == "enrol")
        #expect(try await stage.ada.call("users.show-radius", [stage.id]).json["provider"] == .null)
    }
}

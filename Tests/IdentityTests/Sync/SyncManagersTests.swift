import Kernel
import TestSupport
import Testing

@testable import Identity

/// To whom people report, as a real directory has it.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct SyncManagersTests: SyncStage {
    /// One of them has a name that is written in two ways.
    private func dn(_ uid: String) -> String {
        "\(uid == "eve" ? #"cn=Eve \28x\29 *"# : "uid=\(uid)"),ou=people,\(Self.base)"
    }

    private func set(_ manager: String?, of uid: String, in directory: TestDirectory) async throws {
        try await directory.change(
            """
            dn: \(dn(uid))
            changetype: modify
            replace: manager
            \(manager.map { "manager: \($0)\n" } ?? "")
            """)
    }

    private static let attributes: JSON = ["subject": "entryUUID", "login": "uid", "name": "cn", "email": "mail"]
    private static let asksForManagers: JSON = ["attributes": attributes.merging(["manager": "manager"])]

    private func managers(_ admin: Visitor) async throws -> [String: String] {
        let people = try await users(admin)
        return people.compactMapValues { person in
            let name = person["manager"]?["id"]?.text.flatMap { id in
                people.values.first { $0["id"]?.text == id }?["login"]?.text
            }
            return name.map { "\($0) \(person["managerByProvider"] == true ? "directory" : "hand")" }
        }
    }

    @Test func `a run sets them, moves them and takes them away, and leaves alone what it does not know`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        try await set(dn("Ann"), of: "ben", in: directory)
        try await set(dn("ben"), of: "ann", in: directory)
        try await set(dn("cleo"), of: "cleo", in: directory)
        try await set("cn=nobody,\(Self.base)", of: "eve", in: directory)
        let provider = try await makeProvider(directory, for: admin, settings: Self.asksForManagers)
        _ = try await preview(provider, admin)
        #expect(try await run(provider, admin)["state"] == "done")
        #expect(try await managers(admin) == ["ben": "ann directory", "ann": "ben directory"])
        // Nothing has changed, so nothing is done.
        let version = try await users(admin)["ben"]?["version"]
        let again = try await run(provider, admin)
        #expect(again["report"]?["changed"]?["count"] == 0 && again["report"]?["created"]?["count"] == 0)
        #expect(try await users(admin)["ben"]?["version"] == version)
        // By hand where the directory has none that is known, and not where it has.
        let people = try await users(admin)
        func change(_ login: String, to manager: String) async throws -> Answer {
            let person = try #require(people[login])
            return try await admin.call(
                "users.change", [person["id"]?.text ?? ""], body: ["manager": people[manager]?["id"] ?? .null],
                version: try await admin.call("users.show", [person["id"]?.text ?? ""]).version)
        }
        #expect(try await change("eve", to: "ann").status == 200)
        #expect(try await change("ben", to: "eve").status == 422)
        try await set(dn("eve"), of: "ben", in: directory)
        try await set(nil, of: "ann", in: directory)
        // Those who came with the run itself are told of as newcomers alone.
        house.wait(60)
        let moved = try await run(provider, admin)
        #expect(names(moved, "changed") == ["ann", "ben"])
        #expect(try await managers(admin) == ["ben": "eve directory", "eve": "ann hand"])
    }

    @Test func `nobody is named who was not asked for, nor for those who may do more than the provider gives`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        try await set(dn("Ann"), of: "ben", in: directory)
        try await set(dn("Ann"), of: "cleo", in: directory)
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        #expect(try await run(provider, admin)["state"] == "done")
        #expect(try await managers(admin) == [:])
        let people = try await users(admin)
        func change(_ login: String, _ body: JSON) async throws {
            let id = try #require(people[login]?["id"]?.text)
            let version = try await admin.call("users.show", [id]).version
            let changed = try await admin.call("users.change", [id], body: body, version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        try await change("ben", ["roles": ["user", "auditor"], "manager": people["eve"]?["id"] ?? .null])
        try await change("cleo", ["manager": people["eve"]?["id"] ?? .null])
        // Who looks for none leaves alone what is set by hand.
        house.wait(60)
        #expect(try await run(provider, admin)["state"] == "done")
        #expect(try await managers(admin) == ["ben": "eve hand", "cleo": "eve hand"])
        let version = try await admin.call("identity-providers.show", [provider]).version
        let asked = try await admin.call(
            "identity-providers.change", [provider],
            body: ["settings": settings(directory, Self.asksForManagers)], version: version)
        #expect(asked.status == 200, "\(asked.json)")
        house.wait(60)
        _ = try await preview(provider, admin)
        #expect(try await run(provider, admin)["state"] == "done")
        #expect(try await managers(admin) == ["ben": "eve hand", "cleo": "ann directory"])
    }
}

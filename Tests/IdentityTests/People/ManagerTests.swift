import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct ManagerTests {
    @Test func `a person reports to somebody else who is there, and nobody says so of themselves`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        func make(_ login: String) async throws -> String {
            try await ada.call("users.create", body: ["login": .string(login), "name": .string(login)])["id"]
        }
        let (bob, mia, gus) = (try await make("bob"), try await make("mia"), try await make("gus"))
        #expect(try await ada.call("users.disable", [gus]).status == 200)
        func change(_ user: String, _ manager: JSON, version: Int) async throws -> Answer {
            try await ada.call("users.change", [user], body: ["manager": manager], version: version)
        }
        let set = try await change(bob, .string(mia), version: 1)
        #expect(set.status == 200 && set.json["manager"] == ["id": .string(mia), "name": "mia"])
        for wrong in [bob, gus, UserID.new().text] {
            #expect(try await change(bob, .string(wrong), version: 2).problem == "invalid-fields")
        }
        let renamed = try await ada.call("users.change", [bob], body: ["name": "Bob"], version: 2)
        #expect(renamed.json["manager"]?["id"]?.text == mia)
        #expect(try await change(bob, .null, version: 3).json["manager"] == .null)
        let me = try await ada.call("users.list").items.first { $0["login"] == "ada" }
        let own = try #require(me?["id"]?.text)
        let shown = try await ada.call("users.show", [own])
        #expect(try await change(own, .string(mia), version: shown.version).problem == "not-yourself")
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Assets

@Suite struct OwnerTests {
    @Test func `an asset and a node have an owner who is there, and only whoever the scope sees`() async throws {
        let yard = try await Yard()
        let (stage, scope) = (yard.stage, yard.scope)
        let olga = try await stage.makeUser("olga", in: scope)
        let gone = try await stage.makeUser("gus", in: scope)
        try await stage.disable(gone, in: scope)
        let theirs = try await stage.makeTenant("bolt")
        let eve = try await stage.makeUser("eve", in: theirs)
        let shown: JSON = ["id": .string(olga.text), "name": "Olga"]

        let made = try await yard.create("web-1", ["owner": .string(olga.text)])
        #expect(made.status == 201 && made.json["owner"] == shown)
        let path = [made["id"]]
        #expect(try await yard.call("assets.show", path).json["owner"] == shown)
        for stranger in [gone, eve, .new()] {
            let owner: JSON = ["owner": .string(stranger.text)]
            #expect(try await yard.create("web-2", owner).problem == "unknown-owner")
            #expect(try await yard.call("assets.change", path, owner, version: 1).problem == "unknown-owner")
        }
        // What is not said stays.
        #expect(try await yard.call("assets.change", path, ["port": 23], version: 1).json["owner"] == shown)
        #expect(try await yard.call("assets.change", path, ["owner": .null], version: 2).json["owner"] == .null)
        #expect(try await yard.call("assets.show", path).json["owner"] == .null)

        let node = try await yard.call("nodes.create", [], ["name": "Servers", "owner": .string(olga.text)])
        #expect(node.status == 201 && node.json["owner"] == shown)
        let change: JSON = ["owner": .string(eve.text)]
        #expect(try await yard.call("nodes.change", [node["id"]], change, version: 1).problem == "unknown-owner")
        #expect(try await yard.call("nodes.change", [node["id"]], ["name": "All"], version: 1).json["owner"] == shown)
        #expect(try await yard.call("nodes.change", [node["id"]], ["owner": .null], version: 2).json["owner"] == .null)

        // Whoever looks after a part names nobody from elsewhere.
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let part = TenantScope(tenant: scope.tenant, organizations: [europe])
        let body: JSON = ["name": "web-3", "address": "web-3.example", "owner": .string(olga.text)]
        #expect(try await yard.call("assets.create", [], body, in: part).problem == "unknown-owner")
    }

    @Test func `it is remembered who arranges a part's assets, also of people who belong elsewhere`() async throws {
        let yard = try await Yard()
        let europe = try await yard.stage.makeOrganization("Europe", in: yard.scope)
        let part = TenantScope(tenant: yard.scope.tenant, organizations: [europe])
        let body: JSON = ["name": "web-1", "address": "web-1.example"]
        #expect(try await yard.call("assets.create", [], body, in: part).status == 201)
        let noted = try await yard.stage.count(
            "select count(*) from asset_arrangements where user_id = \(yard.admin)", in: yard.scope)
        #expect(noted == 1)
    }

    @Test func `an owner who is deleted leaves no trace at what they owned`() async throws {
        let yard = try await Yard()
        let olga = try await yard.stage.makeUser("olga", in: yard.scope)
        let made = try await yard.create("web-1", ["owner": .string(olga.text)])
        try await yard.stage.database.execute(
            "delete from users where tenant_id = \(yard.scope.tenant) and user_id = \(olga)", in: yard.scope)
        #expect(try await yard.call("assets.show", [made["id"]]).json["owner"] == .null)
    }
}

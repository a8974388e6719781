import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Assets

@Suite struct AssetTests {
    @Test func `an asset is read as it was written`() async throws {
        let yard = try await Yard()
        let node = try await yard.node("Servers")
        let made = try await yard.create(
            "web-1",
            [
                "port": 2222, "description": "First\nof many", "nodes": [.string(node["id"]), .string(node["id"])],
                "labels": [["key": "env", "value": "prod"], ["key": "env", "value": "prod"]],
            ])
        #expect(made.status == 201 && made["platform"] == "linux" && made["state"] == "active")
        let shown = try await yard.call("assets.show", [made["id"]])
        #expect(shown["description"] == "First\nof many" && shown.json["port"] == 2222)
        #expect(shown.json["nodes"] == [.string(node["id"])])
        #expect(shown.json["labels"] == [["key": "env", "value": "prod"]])
        #expect(try await yard.assets.find(named: AssetName(parsing: "web-1"), in: yard.scope)?.id.text == made["id"])
    }

    @Test func `a change needs the version that was read, and says what it changed`() async throws {
        let yard = try await Yard()
        let made = try await yard.create("web-1")
        let path = [made["id"]]
        #expect(try await yard.call("assets.change", path, ["port": 23]).status == 428)
        #expect(try await yard.call("assets.change", path, ["port": 23], version: 2).status == 412)
        yard.stage.wait(1)
        let changed = try await yard.call("assets.change", path, ["port": 23, "name": "web-2"], version: 1)
        #expect(changed.version == 2 && changed["name"] == "web-2" && changed["address"] == "web-1.example")
        #expect(try await yard.call("assets.change", path, ["port": 24], version: 1).status == 412)
        let lines = try await yard.stage.trail.records("order by at, audit_event_id", in: yard.scope)
        let line = try #require(lines.first { $0.action == "asset.changed" && $0.outcome == .success })
        #expect(line.details["name"]?["before"] == "web-1" && line.details["name"]?["after"] == "web-2")
        #expect(line.details["port"]?["before"] == "22" && line.details["port"]?["after"] == "23")
        #expect(line.details["address"] == nil)
    }

    @Test func `of many changes to one version exactly one is made`() async throws {
        let yard = try await Yard()
        let made = try await yard.create("web-1")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for port in 1...6 {
                group.addTask {
                    try await yard.call("assets.change", [made["id"]], ["port": .int(Int64(port))], version: 1).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200, 412, 412, 412, 412, 412])
    }

    @Test func `names are unique in a tenant, and free in another`() async throws {
        let yard = try await Yard()
        _ = try await yard.create("web-1")
        #expect(try await yard.create("web-1").problem == "asset-name-taken")
        let second = try await yard.create("web-2")
        let renamed = try await yard.call("assets.change", [second["id"]], ["name": "web-1"], version: 1)
        #expect(renamed.problem == "asset-name-taken")
        let theirs = try await yard.stage.makeTenant("bolt")
        let other = try await yard.stage.call(
            yard.endpoints, "assets.create", body: ["name": "web-1", "address": "web-1.example"],
            by: try await yard.stage.makeUser("admin", in: theirs), in: theirs)
        #expect(other.status == 201)
    }

    @Test func `disabling and deleting are told of, once`() async throws {
        let yard = try await Yard()
        let made = try await yard.create("web-1")
        let path = [made["id"]]
        #expect(try await yard.call("assets.change", path, ["state": "disabled"], version: 1).status == 200)
        #expect(try await yard.call("assets.change", path, ["state": "disabled"], version: 2).status == 200)
        #expect(try await yard.call("assets.requestable").items.isEmpty)
        #expect(try await yard.call("assets.delete", path).status == 204)
        #expect(try await yard.call("assets.delete", path).status == 404)
        #expect(try await yard.call("assets.show", path).status == 404)
        #expect(try await yard.stage.events(in: yard.scope).suffix(2) == ["asset.disabled", "asset.deleted"])
    }

    @Test func `nothing of an asset can be seen or moved from another tenant`() async throws {
        let yard = try await Yard()
        let made = try await yard.create("web-1")
        let node = try await yard.node("Servers")
        let theirs = try await yard.stage.makeTenant("bolt")
        let path = [made["id"]]
        #expect(try await yard.call("assets.show", path, in: theirs).status == 404)
        #expect(try await yard.call("assets.change", path, ["port": 1], version: 1, in: theirs).status == 404)
        #expect(try await yard.call("assets.delete", path, in: theirs).status == 404)
        #expect(try await yard.call("assets.scan", path, in: theirs).status == 404)
        #expect(try await yard.call("nodes.delete", [node["id"]], in: theirs).status == 404)
        #expect(try await yard.call("assets.list", in: theirs).items.isEmpty)
        #expect(try await yard.call("nodes.tree", in: theirs).items.isEmpty)
        let borrowed = try await yard.call(
            "assets.create", [], ["name": "x", "address": "x", "nodes": [.string(node["id"])]], in: theirs)
        #expect(borrowed.problem == "unknown-node")
        let below = try await yard.call("nodes.create", [], ["name": "x", "parent": .string(node["id"])], in: theirs)
        #expect(below.problem == "unknown-node")
    }

    @Test func `lists filter, also by a node with everything below it`() async throws {
        let yard = try await Yard()
        let top = try await yard.node("Top")
        let low = try await yard.node("Low", below: top["id"])
        _ = try await yard.create("web-1", ["nodes": [.string(low["id"])]])
        _ = try await yard.create("web-2")
        for page in Asset.listing.samples { _ = try await yard.assets.list(page, in: yard.scope) }
        for page in RequestableAsset.listing.samples { _ = try await yard.assets.requestable(page, in: yard.scope) }
        func names(_ filter: String) async throws -> [String] {
            try await yard.call("assets.list", query: [("filter", filter)]).items.compactMap { $0["name"]?.text }
        }
        #expect(try await names(#"node eq "\#(top["id"])""#) == ["web-1"])
        #expect(try await names(#"node ne "\#(top["id"])""#) == ["web-2"])
        #expect(try await names(#"name sw "web" and state eq "active""#) == ["web-1", "web-2"])
    }
}

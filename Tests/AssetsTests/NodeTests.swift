import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Assets

@Suite struct NodeTests {
    @Test func `the tree comes with parents before their children`() async throws {
        let yard = try await Yard()
        let top = try await yard.node("B")
        _ = try await yard.node("A", below: top["id"])
        _ = try await yard.node("C")
        let names = try await yard.call("nodes.tree").items.compactMap { $0["name"]?.text }
        #expect(names == ["B", "C", "A"])
    }

    @Test func `what a tree cannot be is refused`() async throws {
        let yard = try await Yard()
        let top = try await yard.node("Top")
        let low = try await yard.node("Low", below: top["id"])
        #expect(try await yard.node("Top").problem == "node-name-taken")
        #expect(try await yard.node("Low", below: top["id"]).problem == "node-name-taken")
        #expect(try await yard.node("Low").status == 201)
        #expect(try await yard.node("X", below: NodeID.new().text).problem == "unknown-node")
        func move(_ node: Answer, to parent: JSON, version: Int = 1) async throws -> Answer {
            try await yard.call("nodes.change", [node["id"]], ["parent": parent], version: version)
        }
        #expect(try await move(top, to: .string(low["id"])).problem == "node-inside-itself")
        #expect(try await move(top, to: .string(top["id"])).problem == "node-inside-itself")
        #expect(try await move(low, to: .null).problem == "node-name-taken")
        #expect(try await move(low, to: .string(NodeID.new().text)).problem == "unknown-node")
        #expect(try await move(low, to: .null, version: 9).status == 412)
        #expect(try await yard.call("nodes.delete", [top["id"]]).problem == "node-not-empty")
        #expect(try await yard.call("nodes.delete", [low["id"]]).status == 204)
        #expect(try await yard.call("nodes.delete", [top["id"]]).status == 204)
        #expect(try await yard.stage.events(in: yard.scope).suffix(2) == ["node.deleted", "node.deleted"])
    }

    @Test func `a move is told of, a new name is not`() async throws {
        let yard = try await Yard()
        let node = try await yard.node("A")
        let other = try await yard.node("B")
        let asset = try await yard.create("web-1", ["nodes": [.string(node["id"])]])
        let before = try await yard.stage.events(in: yard.scope)
        #expect(try await yard.call("nodes.change", [node["id"]], ["name": "C"], version: 1).status == 200)
        #expect(try await yard.call("assets.change", [asset["id"]], ["port": 23], version: 1).status == 200)
        #expect(try await yard.stage.events(in: yard.scope) == before)
        let below: JSON = ["parent": .string(other["id"])]
        #expect(try await yard.call("nodes.change", [node["id"]], below, version: 2).status == 200)
        #expect(try await yard.call("assets.change", [asset["id"]], ["nodes": []], version: 2).status == 200)
        #expect(try await yard.stage.events(in: yard.scope).suffix(2) == ["node.moved", "asset.moved"])
    }

    @Test func `a deleted node leaves its assets in place`() async throws {
        let yard = try await Yard()
        let node = try await yard.node("Old")
        let asset = try await yard.create("web-1", ["nodes": [.string(node["id"])]])
        #expect(try await yard.call("nodes.tree").items.first?["assetCount"] == 1)
        #expect(try await yard.call("nodes.delete", [node["id"]]).status == 204)
        #expect(try await yard.call("assets.show", [asset["id"]]).json["nodes"] == [])
    }

    /// The closure, as the database has it, against the parents.
    private func isClosed(_ yard: Yard) async throws -> Bool {
        let nodes = try await yard.assets.tree(in: yard.scope).items
        let parents = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0.parent) })
        var expected: Set<String> = []
        for node in nodes {
            var above: NodeID? = node.id
            var depth = 0
            while let one = above {
                expected.insert("\(one) \(node.id) \(depth)")
                above = parents[one] ?? nil
                depth += 1
                guard depth <= nodes.count else { return false }
            }
        }
        let found = try await yard.stage.database.query(
            "select ancestor_id, descendant_id, depth from node_closure where tenant_id = \(yard.scope.tenant)",
            in: yard.scope
        ) { row in "\(try row.next(NodeID.self)) \(try row.next(NodeID.self)) \(try row.next(Int.self))" }
        return found.count == expected.count && Set(found) == expected
    }

    @Test(arguments: 1...4) func `whatever is done to the tree, the closure follows`(_ seed: UInt64) async throws {
        let yard = try await Yard()
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for step in 0..<60 {
            let nodes = try await yard.assets.tree(in: yard.scope).items
            let parent: String? = nodes.isEmpty || random(5) == 0 ? nil : nodes[random(nodes.count)].id.text
            switch nodes.isEmpty ? 0 : random(4) {
            case 0, 1: _ = try await yard.node("n\(step)", below: parent)
            case 2:
                let node = nodes[random(nodes.count)]
                let answer = try await yard.call(
                    "nodes.change", [node.id.text], ["parent": parent.map(JSON.string) ?? .null],
                    version: node.version)
                #expect([200, 409].contains(answer.status))
            default:
                let answer = try await yard.call("nodes.delete", [nodes[random(nodes.count)].id.text])
                #expect([204, 409].contains(answer.status))
            }
        }
        #expect(try await isClosed(yard))
    }

    @Test func `moves at the same time make no circle`() async throws {
        let yard = try await Yard()
        let nodes = try await yard.stage.makeNodes(6, yard)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in nodes.indices {
                for step in [1, 2] {
                    group.addTask {
                        let answer = try await yard.call(
                            "nodes.change", [nodes[index]], ["parent": .string(nodes[(index + step) % nodes.count])],
                            version: 1)
                        #expect([200, 409, 412].contains(answer.status))
                    }
                }
                group.addTask { _ = try await yard.node("below \(index)", below: nodes[index]) }
            }
            try await group.waitForAll()
        }
        #expect(try await isClosed(yard))
    }
}

extension Stage {
    fileprivate func makeNodes(_ count: Int, _ yard: Yard) async throws -> [String] {
        var ids: [String] = []
        for number in 0..<count { ids.append(try await yard.node("N\(number)")["id"]) }
        return ids
    }
}

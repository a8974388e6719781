import Kernel
import Testing

@testable import Hosting

@Suite struct EndpointRuleTests {
    static let node = NodeID.new()
    static let label = WorkerLabel(key: "site", value: "berlin")
    static let asset = AssetWhereabouts(address: "10.2.3.4", nodes: [node], labels: [label])

    static func rule(
        client: [String] = [], asset: [String] = [], node: NodeID? = nil, label: WorkerLabel? = nil
    ) throws -> EndpointRule {
        try EndpointRule(
            name: "r", clientNetworks: client.compactMap(NetworkRange.init),
            assetNetworks: asset.compactMap(NetworkRange.init), node: node, label: label, region: "eu")
    }

    @Test func `each condition must hold`() throws {
        let matching = [
            try Self.rule(), try Self.rule(client: ["192.0.2.0/24"]), try Self.rule(asset: ["10.2.0.0/16"]),
            try Self.rule(asset: ["10.9.0.0/16", "10.2.3.4"]), try Self.rule(node: Self.node),
            try Self.rule(label: Self.label),
            try Self.rule(client: ["192.0.2.0/24"], asset: ["10.0.0.0/8"], node: Self.node, label: Self.label),
        ]
        for rule in matching { #expect(rule.matches(clientAddress: "192.0.2.7", asset: Self.asset), "\(rule)") }
        let other = [
            try Self.rule(client: ["198.51.100.0/24"]), try Self.rule(asset: ["10.3.0.0/16"]),
            try Self.rule(node: .new()), try Self.rule(label: WorkerLabel(key: "site", value: "bonn")),
            try Self.rule(client: ["192.0.2.0/24"], asset: ["10.3.0.0/16"]),
        ]
        for rule in other { #expect(!rule.matches(clientAddress: "192.0.2.7", asset: Self.asset), "\(rule)") }
    }

    @Test func `without an asset, a rule about assets says nothing`() throws {
        #expect(!(try Self.rule(asset: ["0.0.0.0/0"]).matches(clientAddress: "192.0.2.7", asset: nil)))
        #expect(try Self.rule(client: ["192.0.2.0/24"]).matches(clientAddress: "192.0.2.7", asset: nil))
    }

    @Test func `a name is in no range of addresses`() throws {
        let named = AssetWhereabouts(address: "web-1.example", nodes: [], labels: [])
        #expect(!(try Self.rule(asset: ["0.0.0.0/0", "::/0"]).matches(clientAddress: "x", asset: named)))
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.1/8", "ten", "", "10.0.0.0/8/8", "10.0.0.0/-1"])
    func `what is no range is refused`(text: String) { #expect(NetworkRange(text) == nil) }

    @Test func `a rule leads somewhere, and the provider's know no tenant's things`() throws {
        #expect(throws: Invalid.self) { try EndpointRule(name: "nowhere") }
        #expect(throws: Invalid.self) { try ProviderEndpointRules(rules: [try Self.rule(node: Self.node)]) }
        #expect(throws: Invalid.self) { try ProviderEndpointRules(rules: [try Self.rule(label: Self.label)]) }
        let rules = [try Self.rule(client: ["192.0.2.0/24"], asset: ["fd00::/8"])]
        #expect([EndpointRule](stored: rules.json) == rules)
        #expect([EndpointRule](stored: ["surprise"]) == [])
    }
}

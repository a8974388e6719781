package import Kernel

/// Leads people to the workers of a pool or a region, by where they are and what they want to reach. Everything that a
/// rule names must hold; a rule about assets says nothing where no asset is named. Pure.
package struct EndpointRule: WireValue, Equatable {
    package let name: String
    package let clientNetworks: [NetworkRange]
    package let assetNetworks: [NetworkRange]
    /// The asset lies in this node or below it.
    package let node: NodeID?
    package let label: WorkerLabel?
    package let pools: [String]
    package let region: String?

    package init(
        name: String, clientNetworks: [NetworkRange] = [], assetNetworks: [NetworkRange] = [], node: NodeID? = nil,
        label: WorkerLabel? = nil, pools: [String] = [], region: String? = nil
    ) throws(Invalid) {
        guard !pools.isEmpty || region != nil else { throw Invalid("must name pools or a region", field: "pools") }
        self.name = name
        self.clientNetworks = clientNetworks
        self.assetNetworks = assetNetworks
        self.node = node
        self.label = label
        self.pools = pools
        self.region = region
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("clientNetworks", \.clientNetworks, .array(of: NetworkRange.schema, 0...64).otherwise([]))
        Field("assetNetworks", \.assetNetworks, .array(of: NetworkRange.schema, 0...64).otherwise([]))
        Field("node", \.node, note: "The asset lies in this node or below it.")
        Field("label", \.label, note: "The asset carries this label.")
        Field("pools", \.pools, .array(of: .text(1...63), 0...32).otherwise([]))
        Field("region", \.region, .text(1...63))
    }

    /// Whether it takes an asset to tell.
    var isAboutAssets: Bool { !assetNetworks.isEmpty || node != nil || label != nil }

    func matches(clientAddress: String, asset: AssetWhereabouts?) -> Bool {
        guard clientNetworks.isEmpty || clientNetworks.contains(where: { $0.contains(clientAddress) }) else {
            return false
        }
        guard isAboutAssets else { return true }
        guard let asset else { return false }
        return (assetNetworks.isEmpty || assetNetworks.contains { $0.contains(asset.address) })
            && (node.map(asset.nodes.contains) ?? true) && (label.map(asset.labels.contains) ?? true)
    }

    /// Whether a worker is one of those that the rule leads to.
    func leads(to place: WorkerPlace) -> Bool {
        (pools.isEmpty || pools.contains(place.pool)) && (region == nil || region == place.region)
    }
}

/// The rules of a tenant, in their order: the first that fits decides.
package struct EndpointRules: WireValue, Equatable {
    package let rules: [EndpointRule]

    package init(rules: [EndpointRule]) {
        self.rules = rules
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, .array(of: EndpointRule.schema, 0...100))
    }
}

/// The provider's rules, asked when none of the tenant's fits. A provider knows no tenant's tree and no labels.
package struct ProviderEndpointRules: WireValue, Equatable {
    package let rules: [EndpointRule]

    package init(rules: [EndpointRule]) throws(Invalid) {
        guard rules.allSatisfy({ $0.node == nil && $0.label == nil }) else {
            throw Invalid("must not name a tenant's nodes or labels", field: "rules")
        }
        self.rules = rules
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, .array(of: EndpointRule.schema, 0...100))
    }
}

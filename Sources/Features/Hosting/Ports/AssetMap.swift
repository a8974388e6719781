package import Kernel

/// What Hosting needs of Assets to lead people to the right gateway.
package protocol AssetMap: Sendable {
    /// Nil if there is no such asset.
    func whereabouts(of asset: AssetID, in scope: TenantScope) async throws -> AssetWhereabouts?
}

/// Where an asset is: in the network, in the tree, and by its labels.
package struct AssetWhereabouts: Sendable, Equatable {
    package let address: String
    /// The nodes that it lies in, and all above them.
    package let nodes: [NodeID]
    package let labels: [WorkerLabel]

    package init(address: String, nodes: [NodeID], labels: [WorkerLabel]) {
        self.address = address
        self.nodes = nodes
        self.labels = labels
    }
}

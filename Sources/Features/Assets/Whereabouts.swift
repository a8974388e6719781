package import Kernel
import Postgres

/// Where an asset is: in the network, in the tree, and by its labels.
package struct Whereabouts: Sendable {
    package let address: AssetAddress
    /// The nodes that it lies in, and all above them.
    package let nodes: [NodeID]
    package let labels: [AssetLabel]
}

extension Assets {
    /// Where an asset is; nil if there is none.
    package func whereabouts(of id: AssetID, in scope: TenantScope) async throws -> Whereabouts? {
        try await database.first(
            """
            select a.address,
              array(select distinct c.ancestor_id from asset_nodes n
                join node_closure c on c.tenant_id = n.tenant_id and c.descendant_id = n.node_id
                where n.tenant_id = a.tenant_id and n.asset_id = a.asset_id),
              array(select l.key || E'\\n' || l.value from asset_labels l
                where l.tenant_id = a.tenant_id and l.asset_id = a.asset_id)
            from assets a where a.tenant_id = \(scope.tenant) and a.asset_id = \(id)
            """, in: scope
        ) { row in
            Whereabouts(
                address: try AssetAddress(parsing: row.next()), nodes: try row.next(), labels: try row.next())
        }
    }
}

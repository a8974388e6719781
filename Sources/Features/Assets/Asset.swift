package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A server that people connect to.
package struct Asset: Versioned, Sendable {
    package var id: AssetID
    package var name: AssetName
    package var platform: Platform
    package var address: AssetAddress
    package var port: Int
    package var description: String
    package var state: State
    package var nodes: [NodeID]
    package var labels: [AssetLabel]
    package var hostKeys: [HostKey]
    package var createdAt: Date
    package var version: Int
    package var owner: Owner?

    package enum Platform: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case linux }
    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case active, disabled }
}

extension Asset: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name)
        Field("platform", \.platform)
        Field("address", \.address)
        Field("port", \.port, .int(1...65535))
        Field("description", \.description, .lines(0...2000))
        Field("state", \.state)
        Field("nodes", \.nodes, count: 0...100)
        Field("labels", \.labels, count: 0...50)
        Field("hostKeys", \.hostKeys, count: 0...50)
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("owner", \.owner, Owner.schema, note: "Whom flows may ask about it.")
    }
}

/// A key and a value by which assets are found and granted.
package struct AssetLabel: WireValue, Sendable, Hashable {
    package var key: String
    package var value: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...63))
        Field("value", \.value, .text(0...255))
    }
}

/// The body that creates an asset.
package struct CreateAsset: WireValue {
    package let name: AssetName
    package let platform: Asset.Platform
    package let address: AssetAddress
    package let port: Int
    package let description: String
    package let nodes: [NodeID]
    package let labels: [AssetLabel]
    package let owner: UserID?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, note: "Unique in the tenant; people type it after the account: user+account+name.")
        Field("platform", \.platform, Asset.Platform.schema.otherwise(.linux))
        Field("address", \.address)
        Field("port", \.port, Schema<Int>.int(1...65535).otherwise(22))
        Field("description", \.description, Schema<String>.lines(0...2000).otherwise(""))
        Field("nodes", \.nodes, Schema<[NodeID]>.array(of: NodeID.schema, 0...100).otherwise([]))
        Field("labels", \.labels, Schema<[AssetLabel]>.array(of: AssetLabel.schema, 0...50).otherwise([]))
        Field("owner", \.owner, UserID.schema)
    }
}

/// The body that changes an asset: what is absent stays.
package struct ChangeAsset: WireValue {
    package let name: Change<AssetName>
    package let address: Change<AssetAddress>
    package let port: Change<Int>
    package let description: Change<String>
    package let state: Change<Asset.State>
    package let nodes: Change<[NodeID]>
    package let labels: Change<[AssetLabel]>
    package let owner: Change<UserID?>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("address", \.address)
        Field("port", \.port, .int(1...65535))
        Field("description", \.description, .lines(0...2000))
        Field("state", \.state, note: "Disabling ends the live sessions on the asset.")
        Field("nodes", \.nodes, Schema<[NodeID]>.array(of: NodeID.schema, 0...100))
        Field("labels", \.labels, Schema<[AssetLabel]>.array(of: AssetLabel.schema, 0...50))
        Field("owner", \.owner, UserID.schema, note: "Null for nobody.")
    }
}

extension Asset {
    /// What assets can be filtered and sorted by.
    package static let listing = Listing<Asset>(
        key: Column("id", "a.asset_id", \.id),
        order: .ascending("name"),
        sortable: ["name", "createdAt"],
        columns: [
            Column("name", "a.name", \.name),
            Column("address", "a.address", \.address),
            Column("state", "a.state", \.state),
            Column("platform", "a.platform", \.platform),
            Column("createdAt", "a.created_at", \.createdAt),
            Column(
                condition: "node", NodeID.self,
                "exists (select from asset_nodes m join node_closure p on p.tenant_id = m.tenant_id "
                    + "and p.descendant_id = m.node_id where m.tenant_id = a.tenant_id and m.asset_id = a.asset_id "
                    + "and p.ancestor_id = ", ")"),
        ]
    )
}

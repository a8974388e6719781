import HTTPAPI
package import Kernel

/// A folder of the asset tree; grants on it hold for everything below.
package struct Node: Versioned, Sendable {
    package var id: NodeID
    package var parent: NodeID?
    package var name: String
    package var assetCount: Int
    package var version: Int
    package var owner: Owner?
}

extension Node: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("parent", \.parent, NodeID.schema)
        Field("name", \.name, .text(1...100))
        Field("assetCount", \.assetCount, .int(0...Int(Int32.max)), note: "Assets that lie directly in this node.")
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("owner", \.owner, Owner.schema, note: "Whom flows may ask about everything below.")
    }
}

/// The whole tree, flat; parents come before their children.
package struct NodeTree: WireValue, Sendable {
    package let items: [Node]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...100_000)
    }
}

/// The body that creates a node.
package struct CreateNode: WireValue {
    package let name: String
    package let parent: NodeID?
    package let owner: UserID?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("parent", \.parent, NodeID.schema, note: "Absent for a node at the top.")
        Field("owner", \.owner, UserID.schema)
    }
}

/// The body that renames or moves a node.
package struct ChangeNode: WireValue {
    package let name: Change<String>
    package let parent: Change<NodeID?>
    package let owner: Change<UserID?>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("parent", \.parent, NodeID.schema, note: "Null moves it to the top.")
        Field("owner", \.owner, UserID.schema, note: "Null for nobody.")
    }
}

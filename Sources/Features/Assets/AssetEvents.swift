import Audit
import FoundationEssentials
import Kernel

/// What other features hear about assets.
package enum AssetEvents {
    /// An asset lies in other nodes than before.
    package static let movedType = "asset.moved"
    /// A node with everything below it hangs elsewhere. The subject is the node's id.
    package static let nodeMovedType = "node.moved"
    package static let nodeDeletedType = "node.deleted"
    package static let disabledType = "asset.disabled"
    package static let deletedType = "asset.deleted"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        movedType, nodeMovedType, nodeDeletedType, disabledType, deletedType,
    ].map { ($0, ["name"]) }

    static func moved(_ asset: Asset, at now: Date) -> DomainEvent {
        DomainEvent(
            type: movedType, subject: asset.id.text, data: ["name": .string(asset.name.text)], at: now, isUrgent: true)
    }

    static func moved(_ node: Node, at now: Date) -> DomainEvent {
        DomainEvent(
            type: nodeMovedType, subject: node.id.text, data: ["name": .string(node.name)], at: now, isUrgent: true)
    }

    static func deleted(_ node: Node, at now: Date) -> DomainEvent {
        DomainEvent(
            type: nodeDeletedType, subject: node.id.text, data: ["name": .string(node.name)], at: now, isUrgent: true)
    }

    static func disabled(_ asset: Asset, at now: Date) -> DomainEvent {
        DomainEvent(
            type: disabledType, subject: asset.id.text, data: ["name": .string(asset.name.text)], at: now,
            isUrgent: true)
    }

    static func deleted(_ asset: Asset, at now: Date) -> DomainEvent {
        DomainEvent(
            type: deletedType, subject: asset.id.text, data: ["name": .string(asset.name.text)], at: now, isUrgent: true
        )
    }
}

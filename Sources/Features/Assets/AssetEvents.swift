import Audit
import FoundationEssentials
import Kernel

/// What other features hear about assets.
package enum AssetEvents {
    package static let disabledType = "asset.disabled"
    package static let deletedType = "asset.deleted"

    static func disabled(_ asset: Asset, at now: Date) -> DomainEvent {
        DomainEvent(type: disabledType, subject: asset.id.text, data: ["name": .string(asset.name.text)], at: now)
    }

    static func deleted(_ asset: Asset, at now: Date) -> DomainEvent {
        DomainEvent(type: deletedType, subject: asset.id.text, data: ["name": .string(asset.name.text)], at: now)
    }
}

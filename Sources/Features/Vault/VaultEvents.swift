import Assets
import Audit
import FoundationEssentials
import Kernel

/// What other features hear about accounts. The subject is the account's id.
package enum VaultEvents {
    package static let deletedType = "account.deleted"

    static func deleted(_ account: Account, at now: Date) -> DomainEvent {
        DomainEvent(
            type: deletedType, subject: account.id.text,
            data: ["name": .string(account.name.text), "asset": .string(account.asset.text)], at: now,
            isUrgent: true)
    }
}

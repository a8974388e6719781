import Assets
import Audit
import FoundationEssentials
import Kernel

/// What other features hear about accounts. The subject is the account's id.
package enum VaultEvents {
    package static let deletedType = "account.deleted"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [(deletedType, ["name", "asset"])]

    static func deleted(_ account: Account, at now: Date) -> DomainEvent {
        DomainEvent(
            type: deletedType, subject: account.id.text,
            data: ["name": .string(account.name.text), "asset": .string(account.asset.text)], at: now,
            isUrgent: true)
    }
}

import Assets
import Audit
import FoundationEssentials
import Kernel

/// What other features hear about accounts. The subject is the account's id.
package enum VaultEvents {
    package static let deletedType = "account.deleted"
    package static let checkedOutType = "secret.checked-out"
    /// Somebody has seen a secret, by a check-out or because they may see all: who answers for the asset is told.
    package static let shownType = "secret.shown"
    /// A check-out is over soon: its holder is told.
    package static let endingSoonType = "secret.ending-soon"
    /// A check-out is over, however it ended. What was shown is known to a person from then on: whatever is to change a
    /// secret after it was out hears this.
    package static let checkedInType = "secret.checked-in"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        (deletedType, ["name", "asset"]),
        (checkedOutType, ["name", "asset", "user", "ticket", "checkOut", "startsAt", "endsAt"]),
        (shownType, ["name", "asset", "user", "ticket", "checkOut"]),
        (endingSoonType, ["name", "asset", "user", "ticket", "checkOut", "endsAt"]),
        (checkedInType, ["name", "asset", "user", "ticket", "checkOut", "because", "wasShown", "isKnown"]),
    ]

    static func deleted(_ account: Account, at now: Date) -> DomainEvent {
        DomainEvent(
            type: deletedType, subject: account.id.text,
            data: ["name": .string(account.name.text), "asset": .string(account.asset.text)], at: now,
            isUrgent: true)
    }

    static func shown(_ account: Account, to user: UserID, at now: Date) -> DomainEvent {
        DomainEvent(
            type: shownType, subject: account.id.text,
            data: [
                "name": .string(account.name.text), "asset": .string(account.asset.text), "user": .string(user.text),
            ], at: now)
    }

    static func shown(_ checkOut: CheckOut, at now: Date) -> DomainEvent { event(shownType, checkOut, [:], at: now) }

    static func checkedOut(_ checkOut: CheckOut, at now: Date) -> DomainEvent {
        event(
            checkedOutType, checkOut,
            [
                "startsAt": .string(Timestamp.text(checkOut.startsAt)),
                "endsAt": .string(Timestamp.text(checkOut.endsAt)),
            ], at: now)
    }

    static func endingSoon(_ checkOut: CheckOut, at now: Date) -> DomainEvent {
        event(endingSoonType, checkOut, ["endsAt": .string(Timestamp.text(checkOut.endsAt))], at: now)
    }

    static func checkedIn(_ checkOut: CheckOut, because cause: CheckOut.EndCause, at now: Date) -> DomainEvent {
        event(
            checkedInType, checkOut,
            [
                "because": .string(cause.rawValue), "wasShown": .bool(checkOut.shownCount > 0),
                "isKnown": .bool(checkOut.isKnown),
            ], at: now)
    }

    private static func event(_ type: String, _ checkOut: CheckOut, _ more: JSON, at now: Date) -> DomainEvent {
        let data: JSON = [
            "name": .string(checkOut.accountName.text), "asset": .string(checkOut.asset.text),
            "user": .string(checkOut.user.text), "ticket": .string(checkOut.ticket.text),
            "checkOut": .string(checkOut.id.text),
        ]
        return DomainEvent(
            type: type, subject: checkOut.account.text, data: data.merging(more), at: now,
            isUrgent: type == checkedInType)
    }
}

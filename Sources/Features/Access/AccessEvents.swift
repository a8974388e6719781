import Audit
import FoundationEssentials
import Kernel

/// What other features hear about grants. The subject is the grant's id; sessions that stand on it end.
package enum AccessEvents {
    /// A denial may close what is open: its `effect` is in the data.
    package static let createdType = "grant.created"
    package static let revokedType = "grant.revoked"
    package static let endedType = "grant.ended"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        (createdType, ["name", "effect"]), (revokedType, ["reason"]), (endedType, []),
    ]

    static func created(_ grant: NewGrant) -> DomainEvent {
        DomainEvent(
            type: createdType, subject: grant.id.text,
            data: ["name": .string(grant.name), "effect": .string(grant.effect.rawValue)], at: grant.createdAt,
            isUrgent: grant.effect != .allow)
    }

    static func revoked(_ grant: GrantID, reason: String, at now: Date) -> DomainEvent {
        DomainEvent(
            type: revokedType, subject: grant.text, data: ["reason": .string(reason)], at: now, isUrgent: true)
    }

    static func ended(_ grant: GrantID, at now: Date) -> DomainEvent {
        DomainEvent(type: endedType, subject: grant.text, at: now, isUrgent: true)
    }
}

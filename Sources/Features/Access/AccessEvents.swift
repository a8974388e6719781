import Audit
import FoundationEssentials
import Kernel

/// What other features hear about grants. The subject is the grant's id; sessions that stand on it end.
package enum AccessEvents {
    /// A denial may close what is open: its `effect` is in the data.
    package static let createdType = "grant.created"
    package static let revokedType = "grant.revoked"
    package static let endedType = "grant.ended"
    package static let handedBackType = "grant.handed-back"
    package static let unusedType = "grant.unused"
    package static let extendedType = "grant.extended"
    package static let endingSoonType = "grant.ending-soon"

    /// The ends of which those hear who had it, and did not end it themselves.
    package static let ends = [endedType, revokedType, unusedType]

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        (createdType, ["name", "effect"]), (revokedType, ["reason"]), (endedType, []),
        (handedBackType, ["user"]), (unusedType, []), (extendedType, ["endsAt"]),
        (endingSoonType, ["name", "endsAt", "user", "ticket"]),
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

    static func handedBack(_ grant: GrantID, by user: UserID, at now: Date) -> DomainEvent {
        DomainEvent(
            type: handedBackType, subject: grant.text, data: ["user": .string(user.text)], at: now, isUrgent: true)
    }

    /// Nobody has used it in time, and it ended.
    static func unused(_ grant: GrantID, at now: Date) -> DomainEvent {
        DomainEvent(type: unusedType, subject: grant.text, at: now, isUrgent: true)
    }

    /// Urgent: the sessions that stand on it are to hear of the new end before the old one has come.
    static func extended(_ grant: GrantID, to end: Date, at now: Date) -> DomainEvent {
        DomainEvent(
            type: extendedType, subject: grant.text, data: ["endsAt": .string(Timestamp.text(end))], at: now,
            isUrgent: true)
    }

    static func endingSoon(_ grant: GrantRow, at now: Date) -> DomainEvent {
        DomainEvent(
            type: endingSoonType, subject: grant.id.text,
            data: [
                "name": .string(grant.name), "endsAt": grant.life.endsAt.map { .string(Timestamp.text($0)) } ?? .null,
                "user": grant.holder.map { .string($0.text) } ?? .null,
                "ticket": grant.ticket.map { .string($0.text) } ?? .null,
            ], at: now)
    }
}

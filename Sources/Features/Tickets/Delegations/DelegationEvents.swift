import Audit
import FoundationEssentials
import Kernel

/// What is heard of people who stand in for others. The subject is the delegation's id, `user` who gave it.
package enum DelegationEvents {
    package static let createdType = "delegation.created"
    package static let endedType = "delegation.ended"
    package static let kinds: [(type: String, members: [String])] = [
        (createdType, ["user", "to", "startsAt", "endsAt"]), (endedType, ["user", "to", "by"]),
    ]

    static func created(
        _ id: DelegationID, from: UserID, to: UserID, _ start: Date, _ end: Date, at now: Date
    ) -> DomainEvent {
        DomainEvent(
            type: createdType, subject: id.text,
            data: [
                "user": .string(from.text), "to": .string(to.text), "startsAt": .string(Timestamp.text(start)),
                "endsAt": .string(Timestamp.text(end)),
            ], at: now)
    }

    static func ended(
        _ id: DelegationID, from: UserID, to: UserID, by user: UserID, at now: Date
    ) -> DomainEvent {
        DomainEvent(
            type: endedType, subject: id.text,
            data: ["user": .string(from.text), "to": .string(to.text), "by": .string(user.text)], at: now)
    }
}

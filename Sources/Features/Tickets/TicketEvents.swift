import Access
import Assets
import Audit
import FoundationEssentials
import Kernel

/// What other features and webhooks hear about requests. The subject is the ticket's id.
package enum TicketEvents {
    package static let openedType = "ticket.opened"
    package static let approvedType = "ticket.approved"
    package static let rejectedType = "ticket.rejected"
    package static let levelApprovedType = "ticket.level-approved"
    package static let withdrawnType = "ticket.withdrawn"
    package static let expiredType = "ticket.expired"
    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        openedType, approvedType, rejectedType, levelApprovedType, withdrawnType, expiredType,
    ].map {
        (
            $0,
            [
                "number", "requester", "reason", "state", "assets", "accounts", "actions", "durationSeconds",
                "deadline", "decidedLevel",
            ]
        )
    }

    /// Sent to the webhook of a level with the links by which its approvers decide.
    package static let decisionNeededType = "ticket.decision-needed"

    static func opened(_ ticket: TicketProgress, _ number: Int, at now: Date) -> DomainEvent {
        DomainEvent(type: openedType, subject: ticket.id.text, data: ticket.summary(number), at: now)
    }

    static func decided(_ ticket: TicketProgress, _ number: Int, level: Int, at now: Date) -> DomainEvent {
        let type =
            switch ticket.state {
            case .approved: approvedType
            case .rejected: rejectedType
            case .open, .withdrawn, .expired: levelApprovedType
            }
        return DomainEvent(
            type: type, subject: ticket.id.text,
            data: ticket.summary(number).merging(["decidedLevel": .int(Int64(level))]), at: now)
    }

    static func closed(_ ticket: TicketProgress, _ number: Int, at now: Date) -> DomainEvent {
        let type = if case .expired = ticket.state { expiredType } else { withdrawnType }
        return DomainEvent(type: type, subject: ticket.id.text, data: ticket.summary(number), at: now)
    }
}

extension TicketProgress {
    /// What a message about the request says; names are looked up by who sends it.
    func summary(_ number: Int) -> JSON {
        [
            "number": .int(Int64(number)), "requester": .string(requester.text), "reason": .string(reason),
            "state": .string(state.word.rawValue), "assets": .array(ask.assets.map { .string($0.text) }),
            "accounts": .array(ask.accounts.map { .string($0.text) }),
            "actions": .array(ask.actions.map { .string($0.rawValue) }),
            "durationSeconds": .int(Int64(ask.duration)), "deadline": .string(Timestamp.text(deadline)),
        ]
    }
}

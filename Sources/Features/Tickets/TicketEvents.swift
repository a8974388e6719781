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
    /// A level waits for answers.
    package static let levelOpenedType = "ticket.level-opened"
    /// Somebody has agreed on a level that takes more than one.
    package static let answeredType = "ticket.answered"
    package static let remindedType = "ticket.reminded"
    package static let escalatedType = "ticket.escalated"
    package static let reassignedType = "ticket.reassigned"
    package static let commentedType = "ticket.commented"
    /// Somebody took emergency access.
    package static let breakGlassType = "ticket.break-glass"
    /// Nobody has reviewed it in time.
    package static let unreviewedType = "ticket.break-glass-unreviewed"
    /// More people are told about it.
    package static let copiedType = "ticket.copied"
    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] =
        [
            openedType, approvedType, rejectedType, levelApprovedType, withdrawnType, expiredType, levelOpenedType,
            answeredType, remindedType, escalatedType, reassignedType, breakGlassType, unreviewedType,
        ].map { ($0, summary + (more[$0] ?? [])) } + [
            (commentedType, ["number", "user", "comment"]), (copiedType, ["number", "people", "by"]),
        ] + DelegationEvents.kinds + RequestTemplateEvents.kinds

    private static let summary = [
        "number", "kind", "requester", "reason", "state", "assets", "accounts", "actions", "durationSeconds",
        "deadline",
    ]
    private static let more = [
        approvedType: ["decidedLevel", "by"], rejectedType: ["decidedLevel", "by", "lapsed"],
        levelApprovedType: ["decidedLevel", "by"], answeredType: ["decidedLevel", "by"], expiredType: ["level"],
        levelOpenedType: ["level", "approvers"], remindedType: ["level", "approvers"],
        escalatedType: ["level", "approvers"], breakGlassType: ["endsAt", "approvers"],
        unreviewedType: ["approvers"], reassignedType: ["level", "from", "to", "by"],
    ]

    /// Sent to the webhook of a level with the links by which its approvers decide.
    package static let decisionNeededType = "ticket.decision-needed"

    static func opened(_ ticket: TicketProgress, _ number: Int, at now: Date) -> DomainEvent {
        DomainEvent(type: openedType, subject: ticket.id.text, data: ticket.summary(number), at: now)
    }

    static func approved(_ ticket: TicketProgress, _ number: Int, at now: Date) -> DomainEvent {
        DomainEvent(type: approvedType, subject: ticket.id.text, data: ticket.summary(number), at: now)
    }

    static func decided(
        _ ticket: TicketProgress, _ number: Int, _ step: TicketStep, by user: UserID, at now: Date
    ) -> DomainEvent {
        let type =
            switch ticket.state {
            case .approved: approvedType
            case .rejected: rejectedType
            case .open, .withdrawn, .expired: ticket[step.level].isPassed ? levelApprovedType : answeredType
            }
        let more: JSON = ["decidedLevel": .int(Int64(step.level)), "by": .string(user.text)]
        return DomainEvent(
            type: type, subject: ticket.id.text, data: ticket.summary(number).merging(more), at: now)
    }

    static func levelOpened(
        _ ticket: TicketProgress, _ number: Int, level: Int, _ people: [UserID], at now: Date
    ) -> DomainEvent {
        told(levelOpenedType, ticket, number, level: level, people, at: now)
    }

    /// Something that is to be told to these people.
    static func told(
        _ type: String, _ ticket: TicketProgress, _ number: Int, level: Int, _ people: [UserID], at now: Date
    ) -> DomainEvent {
        let more: JSON = ["level": .int(Int64(level)), "approvers": .array(people.map { .string($0.text) })]
        return DomainEvent(
            type: type, subject: ticket.id.text, data: ticket.summary(number).merging(more), at: now)
    }

    /// A deadline has passed.
    static func lapsed(_ ticket: TicketProgress, _ number: Int, level: Int, at now: Date) -> DomainEvent {
        let isExpired = ticket.state.word == .expired
        let more: JSON =
            isExpired
            ? ["level": .int(Int64(level))] : ["decidedLevel": .int(Int64(level)), "lapsed": true]
        return DomainEvent(
            type: isExpired ? expiredType : rejectedType, subject: ticket.id.text,
            data: ticket.summary(number).merging(more), at: now)
    }

    static func withdrawn(_ ticket: TicketProgress, _ number: Int, at now: Date) -> DomainEvent {
        DomainEvent(type: withdrawnType, subject: ticket.id.text, data: ticket.summary(number), at: now)
    }

    static func reassigned(
        _ ticket: TicketProgress, _ number: Int, level: Int, from: UserID, to: UserID, by user: UserID, at now: Date
    ) -> DomainEvent {
        let more: JSON = [
            "level": .int(Int64(level)), "from": .string(from.text), "to": .string(to.text), "by": .string(user.text),
        ]
        return DomainEvent(
            type: reassignedType, subject: ticket.id.text, data: ticket.summary(number).merging(more), at: now)
    }

    static func copied(
        _ ticket: TicketID, _ number: Int, to people: [UserID], by user: UserID, at now: Date
    ) -> DomainEvent {
        DomainEvent(
            type: copiedType, subject: ticket.text,
            data: [
                "number": .int(Int64(number)), "people": .array(people.map { .string($0.text) }),
                "by": .string(user.text),
            ], at: now)
    }

    static func breakGlass(_ ticket: TicketProgress, _ number: Int, until end: Date, at now: Date) -> DomainEvent {
        let more: JSON = ["endsAt": .string(Timestamp.text(end)), "approvers": ticket.reviewers]
        return DomainEvent(
            type: breakGlassType, subject: ticket.id.text, data: ticket.summary(number).merging(more), at: now,
            isUrgent: true)
    }

    static func unreviewed(_ ticket: TicketProgress, _ number: Int, at now: Date) -> DomainEvent {
        DomainEvent(
            type: unreviewedType, subject: ticket.id.text,
            data: ticket.summary(number).merging(["approvers": ticket.reviewers]), at: now, isUrgent: true)
    }

    static func commented(
        _ comment: CommentID, on ticket: TicketID, _ number: Int, by user: UserID, at now: Date
    ) -> DomainEvent {
        DomainEvent(
            type: commentedType, subject: ticket.text,
            data: [
                "number": .int(Int64(number)), "user": .string(user.text), "comment": .string(comment.text),
            ], at: now)
    }
}

extension TicketProgress {
    fileprivate var reviewers: JSON { .array(levels.flatMap(\.plan.seats).map { .string($0.user.text) }) }

    /// What a message about the request says; names are looked up by who sends it.
    func summary(_ number: Int) -> JSON {
        [
            "number": .int(Int64(number)), "kind": .string(kind.rawValue), "requester": .string(requester.text),
            "reason": .string(reason),
            "state": .string(state.word.rawValue), "assets": .array(ask.assets.map { .string($0.text) }),
            "accounts": .array(ask.accounts.map { .string($0.text) }),
            "actions": .array(ask.actions.map { .string($0.rawValue) }),
            "durationSeconds": .int(Int64(ask.duration)),
            "deadline": deadline.map { .string(Timestamp.text($0)) } ?? .null,
        ]
    }
}

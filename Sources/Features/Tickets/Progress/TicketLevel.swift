package import FoundationEssentials
package import Kernel

/// One level of a request: how it was planned, and how far it has come.
package struct TicketLevel: Sendable, Hashable {
    /// Who may decide it and how; seats move when they are handed over.
    package var plan: PlannedLevel
    /// Nil until the levels before it are done.
    package var openedAt: Date?
    package var remindedAt: Date?
    /// From then on the seats of the escalation count.
    package var escalatedAt: Date?
    package var answers: [TicketAnswer]

    package init(
        _ plan: PlannedLevel, openedAt: Date? = nil, remindedAt: Date? = nil, escalatedAt: Date? = nil,
        answers: [TicketAnswer] = []
    ) {
        self.plan = plan
        self.openedAt = openedAt
        self.remindedAt = remindedAt
        self.escalatedAt = escalatedAt
        self.answers = answers
    }

    /// Who may decide now.
    package var seats: [Seat] {
        guard escalatedAt != nil, let escalation = plan.escalation else { return plan.seats }
        return plan.seats + escalation.seats.filter { late in !plan.seats.contains { $0.user == late.user } }
    }

    /// Enough people have agreed.
    package var isPassed: Bool { answers.count { $0.outcome == .approved } >= plan.quorum }
    package var passedAt: Date? { isPassed ? answers.map(\.at).max() : nil }
    package var deadline: Date? { openedAt?.addingTimeInterval(Double(plan.deadline)) }

    var reminderDue: Date? {
        guard remindedAt == nil, let openedAt, let after = plan.reminder, after < plan.deadline else { return nil }
        return openedAt.addingTimeInterval(Double(after))
    }

    var escalationDue: Date? {
        guard escalatedAt == nil, let openedAt, let escalation = plan.escalation, escalation.after < plan.deadline
        else { return nil }
        return openedAt.addingTimeInterval(Double(escalation.after))
    }

    /// Those who have a seat that counts and in which nobody has answered.
    package var waitingFor: [UserID] {
        let answered = Set(answers.map(\.seat))
        return seats.map(\.user).filter { !answered.contains($0) }
    }
}

/// An answer that was given: by whom, and in whose seat.
package struct TicketAnswer: Sendable, Hashable {
    package var user: UserID
    /// The absent person whose seat it was.
    package var onBehalfOf: UserID?
    package var outcome: TicketOutcome
    package var at: Date

    package init(user: UserID, onBehalfOf: UserID? = nil, outcome: TicketOutcome, at: Date) {
        self.user = user
        self.onBehalfOf = onBehalfOf
        self.outcome = outcome
        self.at = at
    }

    package var seat: UserID { onBehalfOf ?? user }
}

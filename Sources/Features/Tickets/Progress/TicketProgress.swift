package import FoundationEssentials
package import Kernel

/// The part of a request that decisions and time move: a value, changed by pure functions.
package struct TicketProgress: Sendable, Equatable {
    package var id: TicketID
    package var requester: UserID
    package var kind: TicketKindName
    package var reason: String
    package var ask: TicketAsk
    package var content: JSON
    package var state: TicketState
    package var levels: [TicketLevel]
    /// All levels are asked at once.
    package var isParallel: Bool
    /// A grant that nobody has used for so many seconds ends early.
    package var unusedAfter: Int?

    package init(
        id: TicketID, requester: UserID, kind: TicketKindName = .access, reason: String, ask: TicketAsk,
        content: JSON = [:], state: TicketState, levels: [TicketLevel], isParallel: Bool = false,
        unusedAfter: Int? = nil
    ) {
        self.id = id
        self.requester = requester
        self.kind = kind
        self.reason = reason
        self.ask = ask
        self.content = content
        self.state = state
        self.levels = levels
        self.isParallel = isParallel
        self.unusedAfter = unusedAfter
    }

    /// A request on its way: its first level is open, or all of them. Where the plan says that nobody has to be asked, it is
    /// approved from the beginning; that never goes for more than a low risk.
    package init(_ draft: TicketDraft, id: TicketID, by requester: UserID, on plan: FlowPlan, at now: Date) {
        let isApproved = plan.approvesItself && plan.risk == .low
        self.init(
            id: id, requester: requester, kind: draft.kind, reason: draft.reason, ask: draft.ask,
            content: draft.content, state: isApproved ? .approved(at: now) : .open(level: 1),
            levels: isApproved ? [] : plan.levels.map { TicketLevel($0) }, isParallel: plan.isParallel,
            unusedAfter: plan.unusedAfter)
        for index in levels.indices where isParallel || index == 0 { levels[index].openedAt = now }
    }

    package var digest: [UInt8] {
        ask.digest(of: id, kind: kind, content: content, by: requester, reason: reason)
    }

    /// The levels that wait for answers, the first level is 1.
    package var openLevels: [Int] {
        guard case .open = state else { return [] }
        return levels.indices.filter { levels[$0].openedAt != nil && !levels[$0].isPassed }.map { $0 + 1 }
    }

    package subscript(level: Int) -> TicketLevel {
        get { levels[level - 1] }
        set { levels[level - 1] = newValue }
    }

    /// When the first of the open levels comes to nothing.
    package var deadline: Date? { openLevels.compactMap { self[$0].deadline }.min() }

    /// When time moves it next: a reminder, an escalation or a deadline. Nil once it is over.
    package var due: Date? {
        openLevels.flatMap { [self[$0].deadline, self[$0].reminderDue, self[$0].escalationDue] }.compactMap(\.self)
            .min()
    }

    /// The answers of all levels.
    package var answers: [TicketAnswer] { levels.flatMap(\.answers) }

    /// The request after the person who asked took it back.
    package func withdrawn(by user: UserID, at now: Date) throws(TicketError) -> TicketProgress {
        guard user == requester else { throw .notFound }
        guard case .open = state else { throw .notOpen }
        var next = self
        next.state = .withdrawn(at: now)
        return next
    }
}

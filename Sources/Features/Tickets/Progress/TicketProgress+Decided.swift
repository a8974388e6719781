package import FoundationEssentials
package import Kernel

/// What an answer did: the request after it, and which seat of which level it took.
package struct TicketStep: Sendable, Equatable {
    package var progress: TicketProgress
    package var level: Int
    package var onBehalfOf: UserID?
    /// The levels that it opened.
    package var opened: [Int]
}

extension TicketProgress {
    /// The request after an approver's answer. An answer through a link or a message names the level that it is for. `handedOver` are
    /// those who have this person answer for them while they are away.
    ///
    /// In this order it throws: `notOpen`, `expired`, `levelDone`, `ownTicket`, `notYours`,
    /// `alreadyDecided`, `changed` (the digest is of another content), `needsComment`, and for approvals `needsPasskey`,
    /// `wider`, `opensNothing` and `nothingLeft`.
    package func decided(
        by approver: UserID, _ outcome: TicketOutcome, on digest: [UInt8], onlyAt linked: Int? = nil,
        narrowing: Narrowing = Narrowing(), handedOver: Set<UserID> = [], among people: SamePeople = SamePeople(),
        hasProof: Bool = false, isCommented: Bool = false, at now: Date
    ) throws(TicketError) -> TicketStep {
        guard case .open = state else { throw .notOpen }
        let open = openLevels
        guard open.allSatisfy({ self[$0].deadline.map { now < $0 } ?? true }) else { throw .expired }
        guard linked.map(open.contains) ?? true else { throw .levelDone }
        guard !people.areSame(approver, requester) else { throw .ownTicket }
        let (level, seat) = try seat(
            for: approver, on: linked.map { [$0] } ?? open, handedOver: handedOver, among: people)
        guard digest == self.digest else { throw .changed }
        guard isCommented || !self[level].plan.needsComment.covers(outcome) else { throw .needsComment(outcome) }
        var next = self
        next[level].answers.append(
            TicketAnswer(user: approver, onBehalfOf: seat == approver ? nil : seat, outcome: outcome, at: now))
        var opened: [Int] = []
        switch outcome {
        case .rejected: next.state = .rejected(at: now)
        case .approved:
            guard hasProof || !self[level].plan.needsPasskey else { throw .needsPasskey }
            next.ask = try ask.narrowed(narrowing)
            if let content = narrowing.content { next.content = content }
            guard !next.ask.hasLostItsAssets else { throw .nothingLeft }
            opened = next.advance(at: now)
        }
        return TicketStep(progress: next, level: level, onBehalfOf: seat == approver ? nil : seat, opened: opened)
    }

    /// A seat in which this person may answer: their own before one that was handed over. A person counts once in a whole
    /// request, with all accounts, whether it was they who answered or somebody in their seat. No seat of the person who
    /// asks counts, whoever sits in it.
    private func seat(
        for approver: UserID, on levels: [Int], handedOver: Set<UserID>, among people: SamePeople
    ) throws(TicketError) -> (level: Int, seat: UserID) {
        let seats = levels.flatMap { level in self[level].seats.map { (level: level, seat: $0.user) } }
            .filter { !people.areSame($0.seat, requester) }
        let usable =
            seats.filter { $0.seat == approver } + seats.filter { $0.seat != approver && handedOver.contains($0.seat) }
        guard !usable.isEmpty else { throw .notYours }
        let spent = Set(answers.flatMap { [people.head(of: $0.user), people.head(of: $0.seat)] })
        guard !spent.contains(people.head(of: approver)),
            let free = usable.first(where: { !spent.contains(people.head(of: $0.seat)) })
        else { throw .alreadyDecided }
        return free
    }

    /// Opens what comes next, or approves. Returns what was opened.
    private mutating func advance(at now: Date) -> [Int] {
        if let waiting = openLevels.first {
            state = .open(level: waiting)
            return []
        }
        guard let next = levels.firstIndex(where: { $0.openedAt == nil }) else {
            state = .approved(at: now)
            return []
        }
        levels[next].openedAt = now
        state = .open(level: next + 1)
        return [next + 1]
    }
}

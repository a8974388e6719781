package import FoundationEssentials
package import Kernel

extension TicketProgress {
    /// The request after a seat was handed over for good. `name` is of the person who had it, for the record.
    ///
    /// Throws `notOpen`, `expired`, `ownTicket` (the person who asks takes no seat, and hands none over), `seatTaken`,
    /// `alreadyDecided`, and `noApprovers` if the levels that are left could not be decided by different people any more.
    package func reassigned(
        level: Int, from holder: UserID, to successor: UserID, by user: UserID, name: String,
        among people: SamePeople = SamePeople(), at now: Date
    ) throws(TicketError) -> TicketProgress {
        guard case .open = state, levels.indices.contains(level - 1), !self[level].isPassed else { throw .notOpen }
        guard deadline.map({ now < $0 }) ?? true else { throw .expired }
        guard !people.areSame(user, requester), !people.areSame(successor, requester) else { throw .ownTicket }
        let plan = self[level].plan
        let late = plan.escalation?.seats ?? []
        guard (plan.seats + late).contains(where: { $0.user == holder }) else { throw .notYours }
        let answered = Set(answers.flatMap { [people.head(of: $0.user), people.head(of: $0.seat)] })
        guard !self[level].answers.contains(where: { $0.seat == holder }) else { throw .alreadyDecided }
        guard !answered.contains(people.head(of: successor)) else { throw .alreadyDecided }
        let others = (plan.seats + late).filter { $0.user != holder }
        guard !others.contains(where: { people.areSame($0.user, successor) }) else { throw .seatTaken }
        let seat = Seat(user: successor, reason: .reassigned, detail: name)
        var next = self
        next[level].plan.seats = plan.seats.map { $0.user == holder ? seat : $0 }
        // A seat of the escalation stays one: it counts from the same moment on.
        next[level].plan.escalation?.seats = late.map { $0.user == holder ? seat : $0 }
        guard next.canBeDecided(among: people) else { throw .noApprovers(level: level) }
        return next
    }

    /// Whether different people are left for what the levels still need.
    package func canBeDecided(among people: SamePeople) -> Bool {
        let spent = Set(answers.flatMap { [people.head(of: $0.user), people.head(of: $0.seat)] })
            .union([people.head(of: requester)])
        let waiting = levels.filter { !$0.isPassed }.map { level in
            let all = level.plan.seats + (level.plan.escalation?.seats ?? [])
            return (
                people: Set(all.map { people.head(of: $0.user) }).subtracting(spent),
                quorum: max(0, level.plan.quorum - level.answers.count { $0.outcome == .approved })
            )
        }
        return FlowPlan.unfilled(waiting) == nil
    }
}

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
        guard let index = self[level].plan.seats.firstIndex(where: { $0.user == holder }) else { throw .notYours }
        let answered = Set(answers.flatMap { [people.head(of: $0.user), people.head(of: $0.seat)] })
        guard !self[level].answers.contains(where: { $0.seat == holder }) else { throw .alreadyDecided }
        guard !answered.contains(people.head(of: successor)) else { throw .alreadyDecided }
        let others = self[level].plan.seats.filter { $0.user != holder } + (plan(level).escalation?.seats ?? [])
        guard !others.contains(where: { people.areSame($0.user, successor) }) else { throw .seatTaken }
        var next = self
        next[level].plan.seats[index] = Seat(user: successor, reason: .reassigned, detail: name)
        guard next.canBeDecided(among: people) else { throw .noApprovers(level: level) }
        return next
    }

    private func plan(_ level: Int) -> PlannedLevel { self[level].plan }

    /// Whether different people are left for what the levels still need.
    package func canBeDecided(among people: SamePeople) -> Bool {
        let spent = Set(answers.flatMap { [people.head(of: $0.user), people.head(of: $0.seat)] })
            .union([people.head(of: requester)])
        let waiting = levels.filter { !$0.isPassed }
        return Self.canBeDecided(
            waiting.map { level in
                let all = level.plan.seats + (level.plan.escalation?.seats ?? [])
                return Set(all.map { people.head(of: $0.user) }).subtracting(spent)
            },
            quorums: waiting.map { level in level.plan.quorum - level.answers.count { $0.outcome == .approved } })
    }

    /// Whether different people can be found for all levels, as many for each as it needs: a matching of places to
    /// approvers (Kuhn's algorithm).
    package static func canBeDecided(_ approvers: [Set<UserID>], quorums: [Int]? = nil) -> Bool {
        let places = approvers.enumerated().flatMap { level, users in
            Array(repeating: users, count: max(0, quorums?[level] ?? 1))
        }
        var placeOf: [UserID: Int] = [:]
        func assign(_ place: Int, _ tried: inout Set<UserID>) -> Bool {
            for user in places[place] where tried.insert(user).inserted {
                if let other = placeOf[user], !assign(other, &tried) { continue }
                placeOf[user] = place
                return true
            }
            return false
        }
        return places.indices.allSatisfy { place in
            var tried: Set<UserID> = []
            return assign(place, &tried)
        }
    }
}

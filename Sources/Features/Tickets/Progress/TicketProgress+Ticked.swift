package import FoundationEssentials
package import Kernel

/// What time did to a request.
package enum TicketHappening: Sendable, Equatable {
    case reminded(level: Int, [UserID])
    case escalated(level: Int, [UserID])
    /// The level's deadline passed without enough answers.
    case lapsed(level: Int)
}

extension TicketProgress {
    /// The request once time has had its way with it up to now, and what happened; nothing if it is not due.
    ///
    /// A deadline goes before everything: what would have been told about a level that is over is not told.
    package func ticked(at now: Date) -> (progress: TicketProgress, happenings: [TicketHappening]) {
        var next = self
        var happenings: [TicketHappening] = []
        let open = openLevels
        if let late = open.first(where: { self[$0].deadline.map { $0 <= now } ?? false }) {
            next.state = self[late].plan.lapse == .rejected ? .rejected(at: now) : .expired(at: now)
            return (next, [.lapsed(level: late)])
        }
        for level in open {
            if let due = self[level].escalationDue, due <= now {
                let before = Set(next[level].seats.map(\.user))
                next[level].escalatedAt = now
                let late = next[level].seats.map(\.user).filter { !before.contains($0) && $0 != requester }
                happenings.append(.escalated(level: level, late))
            }
            if let due = self[level].reminderDue, due <= now {
                next[level].remindedAt = now
                happenings.append(.reminded(level: level, next[level].waitingFor))
            }
        }
        return (next, happenings)
    }
}

package import FoundationEssentials
import Kernel

/// The part of a grant that its life moves: a value, changed by pure functions.
package struct GrantLife: Sendable, Hashable {
    package var state: Grant.State
    package var startsAt: Date
    package var endsAt: Date?

    package init(state: Grant.State, startsAt: Date, endsAt: Date?) {
        self.state = state
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    /// Whether it opens something, now or later.
    package func isHeld(at now: Date) -> Bool {
        state == .active && endsAt.map { $0 > now } ?? true
    }

    /// The grant with a later end, for as long as it is not over. What is over is asked for anew: nobody's access comes
    /// back by moving an end.
    package func extended(to end: Date, at now: Date) throws(AccessError) -> GrantLife {
        guard isHeld(at: now) else { throw .notActive }
        guard let endsAt, end > endsAt else { throw .notLater }
        var next = self
        next.endsAt = end
        return next
    }

    /// The grant after it was given up before its end.
    package func endedEarly(at now: Date) throws(AccessError) -> GrantLife {
        guard isHeld(at: now) else { throw .notActive }
        var next = self
        next.state = .ended
        return next
    }

    /// When the person is told of the end the next time after a moment.
    package func reminder(after now: Date) -> Date? {
        endsAt.flatMap { EndReminder.next(from: startsAt, to: $0, after: now) }
    }
}

/// Whether and when a grant ends that nobody has used.
package struct UnusedRule: Sendable, Hashable {
    /// Seconds; nil for never.
    package var after: Int?
    /// When it is looked at; nil once that is settled.
    package var at: Date?

    package init(after: Int?, at: Date?) {
        self.after = after
        self.at = at
    }

    /// Counted from a moment; never looked at where the grant is over by then.
    package init(after: Int?, from start: Date, to end: Date?) {
        let moment = after.map { start.addingTimeInterval(Double($0)) }
        self.init(after: after, at: moment.flatMap { moment in end.map { $0 > moment } ?? true ? moment : nil })
    }

    package func isDue(at now: Date) -> Bool { at.map { $0 <= now } ?? false }
}

package import Kernel

/// Hours of the week in which a grant is open, in the time zone of the organization that it belongs to. An empty list is
/// always open.
package struct WeeklyHours: WireValue, Sendable, Hashable {
    /// ISO weekdays, 1 is Monday.
    package let days: [Int]
    /// Minutes since midnight.
    package let from: Int
    package let to: Int

    package init(days: [Int], from: Int, to: Int) throws(Invalid) {
        guard from < to else { throw Invalid("must be later than from", field: "to") }
        self.days = days
        self.from = from
        self.to = to
    }

    package func contains(_ moment: LocalMoment) -> Bool {
        days.contains(moment.weekday) && moment.minute >= from && moment.minute < to
    }

    package static let schema: Schema<Self> = .record({ (days: [Int], from: Int, to: Int) throws(Invalid) in
        try WeeklyHours(days: days, from: from, to: to)
    }) {
        Field("days", \.days, Schema<[Int]>.array(of: .int(1...7), 1...7), note: "ISO weekdays, 1 is Monday.")
        Field("from", \.from, .int(0...1439), note: "Minutes since midnight by the organization's clock.")
        Field("to", \.to, .int(1...1440))
    }
}

extension [WeeklyHours] {
    /// How many minutes from now until the hours close, across midnight and from one block into the next; nil if they
    /// never do, and 0 if they are closed.
    package func minutesOpen(from moment: LocalMoment) -> Int? {
        let week = 7 * LocalMoment.minutesOfDay
        var now = moment
        var open = 0
        while let end = filter({ $0.contains(now) }).map(\.to).max() {
            open += end - now.minute
            if open >= week { return nil }
            now = now.at(minute: end)
        }
        return open
    }
}

/// A moment as the clock on the organization's wall shows it.
package struct LocalMoment: Sendable, Hashable {
    package let weekday: Int
    package let minute: Int

    package init(weekday: Int, minute: Int) {
        self.weekday = weekday
        self.minute = minute
    }

    static let minutesOfDay = 24 * 60

    /// A minute of the same day, or midnight of the next.
    func at(minute: Int) -> LocalMoment {
        guard minute >= Self.minutesOfDay else { return LocalMoment(weekday: weekday, minute: minute) }
        return LocalMoment(weekday: weekday % 7 + 1, minute: 0)
    }
}

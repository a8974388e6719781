package import Kernel

/// Hours of the week as the clock on the tenant's wall shows them. Hours that end before they begin go on past midnight,
/// into the day after the one that is named.
package struct SignInHours: WireValue, Sendable, Hashable {
    /// ISO weekdays, 1 is Monday.
    package let days: [Int]
    /// Minutes since midnight.
    package let from: Int
    package let to: Int

    package init(days: [Int], from: Int, to: Int) throws(Invalid) {
        guard from != to else { throw Invalid("must differ from from; a whole day is 0 to 1440", field: "to") }
        self.days = days
        self.from = from
        self.to = to
    }

    package func contains(_ moment: WallClock) -> Bool {
        if from < to { return days.contains(moment.weekday) && from <= moment.minute && moment.minute < to }
        let yesterday = moment.weekday == 1 ? 7 : moment.weekday - 1
        return (days.contains(moment.weekday) && from <= moment.minute)
            || (days.contains(yesterday) && moment.minute < to)
    }

    package static let schema: Schema<Self> = .record({ (days: [Int], from: Int, to: Int) throws(Invalid) in
        try SignInHours(days: days, from: from, to: to)
    }) {
        Field("days", \.days, Schema<[Int]>.array(of: .int(1...7), 1...7), note: "ISO weekdays, 1 is Monday.")
        Field("from", \.from, .int(0...1439), note: "Minutes since midnight in the tenant's time zone.")
        Field("to", \.to, .int(0...1440), note: "Earlier than from: the hours go on into the next day.")
    }
}

/// A moment as the clock on the tenant's wall shows it. When clocks are put back an hour comes twice, and counts twice;
/// when they are put forward the hour that is left out never comes.
package struct WallClock: Sendable, Hashable {
    package let weekday: Int
    package let minute: Int

    package init(weekday: Int, minute: Int) {
        self.weekday = weekday
        self.minute = minute
    }
}

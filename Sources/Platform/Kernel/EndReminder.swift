package import FoundationEssentials

/// When people are told that something which they have for a while ends soon. Pure.
package enum EndReminder {
    /// The next such moment after another one: a day before the end and an hour before, if it is held for three days or
    /// more; an hour before, from three hours on; else ten minutes before, from half an hour on.
    package static func next(from start: Date, to end: Date, after now: Date) -> Date? {
        let leads: [TimeInterval] =
            switch end.timeIntervalSince(start) {
            case 259_200...: [86_400, 3_600]
            case 10_800...: [3_600]
            case 1_800...: [600]
            default: []
            }
        return leads.map { end.addingTimeInterval(-$0) }.first { $0 > now }
    }
}

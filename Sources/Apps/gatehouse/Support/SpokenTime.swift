import Foundation
import Kernel

/// Durations as people write and read them.
enum SpokenTime {
    /// `90s`, `10m`, `2h`, `7d`, in seconds.
    static func seconds(_ text: String) -> Int? { LengthOfTime.seconds(text) }

    /// The same, or a failure that says how it is written.
    static func required(_ text: String, of option: String) throws -> Int {
        guard let seconds = seconds(text) else {
            throw CommandFailure("\(option) takes a number and a unit: 30m, 8h, 7d.")
        }
        return seconds
    }

    /// A moment as the API writes it: so long from now (`2h`), one of this place (`2026-12-01 22:00`), or any of RFC 3339.
    static func moment(_ text: String, of option: String, now: Date = .now) throws -> String {
        if let seconds = seconds(text) { return stamp(now.addingTimeInterval(Double(seconds))) }
        if let date = date(text) { return stamp(date) }
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.map(String.init)
        let shape = text.map { $0.isASCII && $0.isNumber ? "0" : $0 }
        if ["0000-00-00 00:00", "0000-00-00T00:00"].contains(String(shape)) {
            let values = numbers.compactMap { Int($0) }
            let calendar = Calendar(identifier: .gregorian)
            let parts = DateComponents(
                year: values[0], month: values[1], day: values[2], hour: values[3], minute: values[4])
            if parts.isValidDate(in: calendar), let date = calendar.date(from: parts) { return stamp(date) }
        }
        throw CommandFailure("\(option) takes a time such as 2h (from now) or \"2026-12-01 22:00\".")
    }

    static func stamp(_ date: Date) -> String { date.formatted(.iso8601) }

    static func words(_ seconds: Int) -> String {
        for (unit, name) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds >= unit && seconds % unit == 0 {
            return "\(seconds / unit)\(name)"
        }
        return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m \(seconds % 60)s"
    }

    /// A time of the API in the zone of the terminal, to the minute.
    static func local(_ text: String) -> String {
        guard let date = date(text) else { return text }
        let parts = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day)) \(two(parts.hour)):\(two(parts.minute))"
    }

    static func date(_ text: String) -> Date? {
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func size(_ bytes: Int) -> String {
        var (value, unit) = (Double(bytes), "B")
        for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
            value /= 1024
            unit = next
        }
        return unit == "B" ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(unit)"
    }
}

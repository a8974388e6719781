package import FoundationEssentials
package import Kernel

/// Days and months of the bill: those of UTC, whatever the tenant's time zone.
package enum UTCCalendar {
    package static func startOfDay(_ time: Date) -> Date {
        Date(timeIntervalSince1970: (time.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
    }

    /// `2026-11-28`
    package static func day(_ time: Date) -> String { String(Timestamp.text(startOfDay(time)).prefix(10)) }

    /// A month: `2026-11`.
    package struct Month: Sendable, Hashable, Comparable {
        /// Months since the beginning of year 0.
        private let number: Int

        package init(year: Int, month: Int) {
            number = year * 12 + month - 1
        }

        package init(of time: Date) {
            let parts = Timestamp.text(UTCCalendar.startOfDay(time)).split(separator: "-")
            self.init(year: Int(parts[0]) ?? 1970, month: Int(parts[1]) ?? 1)
        }

        package init?(_ text: String) {
            let bytes = Array(text.utf8)
            guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"), let year = Int(text.prefix(4)),
                let month = Int(text.suffix(2)), 2000...2999 ~= year, 1...12 ~= month,
                bytes.allSatisfy({ $0 == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
            else { return nil }
            self.init(year: year, month: month)
        }

        package var text: String {
            let (year, month) = (number / 12, number % 12 + 1)
            return "\(year)-\(month < 10 ? "0" : "")\(month)"
        }

        package var next: Month { Month(number: number + 1) }
        package var previous: Month { Month(number: number - 1) }

        package var start: Date {
            Timestamp.parse("\(text)-01T00:00:00Z") ?? Date(timeIntervalSince1970: 0)
        }
        package var end: Date { next.start }
        package var seconds: Int { Int(end.timeIntervalSince(start)) }

        private init(number: Int) {
            self.number = number
        }

        package static func < (left: Month, right: Month) -> Bool { left.number < right.number }
    }
}

extension UTCCalendar.Month: WireValue {
    package static let schema: Schema<Self> = .parsed(
        7...7, pattern: "^2[0-9]{3}-(0[1-9]|1[0-2])$", "must be a month such as 2026-11", parse: Self.init,
        text: \.text)
}

/// PostgreSQL's text form of a `timestamptz` in UTC, `2026-11-23 16:40:01.123456+00`, without a formatter.
enum TimestampText {
    private static let microsecondsPerDay = 86_400_000_000

    /// Microseconds since 1970; nil for infinity, years before 1 or anything that is not such a text.
    static func parse(_ text: UnsafeRawBufferPointer) -> Int? {
        func number(_ start: Int, _ width: Int) -> Int? {
            guard start + width <= text.count else { return nil }
            var value = 0
            for byte in text[start..<start + width] {
                guard 48...57 ~= byte else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        // A year may have more than four digits.
        guard let yearWidth = text.firstIndex(of: UInt8(ascii: "-")), 4...6 ~= yearWidth else { return nil }
        let extra = yearWidth - 4
        guard text.count >= 19 + extra, text[7 + extra] == UInt8(ascii: "-"), text[10 + extra] == UInt8(ascii: " "),
            text[13 + extra] == UInt8(ascii: ":"), text[16 + extra] == UInt8(ascii: ":"),
            let year = number(0, yearWidth), let month = number(5 + extra, 2), let day = number(8 + extra, 2),
            let hour = number(11 + extra, 2), let minute = number(14 + extra, 2), let second = number(17 + extra, 2)
        else { return nil }
        var at = 19 + extra
        var fraction = 0
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            var scale = 100_000
            while at < text.count, 48...57 ~= text[at] {
                fraction += Int(text[at] - 48) * scale
                scale /= 10
                at += 1
            }
        }
        // The session's time zone is UTC, so any other offset (or "BC") is not what was asked for.
        guard text[at...].elementsEqual("+00".utf8) || at == text.count else { return nil }
        let days = Calendar.days(year: year, month: month, day: day)
        return days * microsecondsPerDay + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    }

    /// Appends the text; false if the year is outside 1...9999, which PostgreSQL would write in another form.
    static func append(_ microseconds: Int, to bytes: inout [UInt8]) -> Bool {
        var (days, time) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
        if time < 0 { (days, time) = (days - 1, time + microsecondsPerDay) }
        let (year, month, day) = Calendar.date(days: days)
        guard 1...9999 ~= year else { return false }
        func put(_ value: Int, _ width: Int, after separator: Character? = nil) {
            if let separator { bytes.append(separator.asciiValue!) }
            var scale = 1
            for _ in 1..<width { scale *= 10 }
            while scale > 0 {
                bytes.append(UInt8(48 + value / scale % 10))
                scale /= 10
            }
        }
        let seconds = time / 1_000_000
        put(year, 4)
        put(month, 2, after: "-")
        put(day, 2, after: "-")
        put(seconds / 3600, 2, after: " ")
        put(seconds / 60 % 60, 2, after: ":")
        put(seconds % 60, 2, after: ":")
        put(time % 1_000_000, 6, after: ".")
        bytes.append(contentsOf: "+00".utf8)
        return true
    }
}

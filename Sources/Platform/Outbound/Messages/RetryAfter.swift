package import FoundationEssentials
import Kernel

/// The pause that a receiver asks for (RFC 9110 §10.2.3): seconds, or a moment. Pure.
package enum RetryAfter {
    package static func seconds(_ field: String?, at now: Date) -> TimeInterval? {
        guard let text = field, !text.isEmpty, text.utf8.count <= 40 else { return nil }
        if text.utf8.allSatisfy({ 48...57 ~= $0 }) { return Double(text) }
        return moment(text).map { max(0, $0.timeIntervalSince(now)) }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Of the forms of RFC 9110 §5.6.7 the one that is sent today: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func moment(_ text: String) -> Date? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])),
            let day = number(parts[1], 2), let year = number(parts[3], 4)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { number($0, 2) }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2] else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return Timestamp.parse("\(year)-\(two(month + 1))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))Z")
    }

    private static func number(_ text: Substring, _ digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy({ 48...57 ~= $0 }) ? Int(text) : nil
    }
}

package import FoundationEssentials
import Kernel

/// A point in time to the microsecond, which a `Date` in text form does not keep.
package struct RecordingInstant: Sendable, Hashable {
    /// Since 1970, without leap seconds.
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(_ date: Date) {
        microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    package var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// RFC 3339 in UTC with six digits: `2026-11-25T01:02:03.000004Z`.
    package var text: String {
        let seconds = microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
        let fraction = String(microseconds - seconds * 1_000_000)
        let whole = Timestamp.text(Date(timeIntervalSince1970: Double(seconds))).prefix(19)
        return "\(whole).\(String(repeating: "0", count: 6 - fraction.utf8.count))\(fraction)Z"
    }

    /// Reads exactly the form that `text` has.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 27, bytes[19] == UInt8(ascii: "."), bytes[26] == UInt8(ascii: "Z"),
            bytes[20..<26].allSatisfy({ 48...57 ~= $0 }),
            let fraction = Int64(String(decoding: bytes[20..<26], as: UTF8.self)),
            let whole = Timestamp.parse(String(decoding: bytes[..<19], as: UTF8.self) + "Z")
        else { return nil }
        self.init(microseconds: Int64(whole.timeIntervalSince1970) * 1_000_000 + fraction)
        // Second 60 and lower-case letters are valid RFC 3339, but have another canonical form.
        guard self.text == text else { return nil }
    }

    package func adding(microseconds more: UInt64) -> RecordingInstant {
        RecordingInstant(microseconds: microseconds &+ Int64(truncatingIfNeeded: more))
    }
}

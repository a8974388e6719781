import Cryptography
import FoundationEssentials
import Kernel
import Outbound

/// Puts a mail together (RFC 5322, RFC 2045). Pure.
///
/// Words of people stand in encoded words and in a body in base64, so that nothing in them is read as a header, a line of
/// SMTP or another part, and no line is too long.
struct MailText {
    let from: MailAddress
    let name: String
    let to: MailAddress
    let subject: String
    let text: String
    let id: String
    let date: Date

    var bytes: [UInt8] {
        let domain = from.text.split(separator: "@").last.map(String.init) ?? ""
        let headers = [
            "Date: \(Self.date(date))", "From: \(Self.words(name)) <\(from.text)>", "To: <\(to.text)>",
            "Subject: \(Self.words(subject))", "Message-ID: <\(id)@\(domain)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            // No answering machine answers this (RFC 3834).
            "Auto-Submitted: auto-generated",
        ]
        let body = Self.lines(of: Base64.encode(Array(text.replacing("\n", with: "\r\n").utf8)))
        return Array((headers + [""] + body).map { $0 + "\r\n" }.joined().utf8)
    }

    /// Encoded words (RFC 2047) of at most 75 characters, on folded lines.
    static func words(_ text: String) -> String {
        var chunks: [[UInt8]] = [[]]
        for character in text where !character.isNewline {
            let bytes = Array(String(character).utf8)
            // 45 bytes are 60 characters of base64. A character is never cut.
            if chunks[chunks.count - 1].count + bytes.count > 45 { chunks.append([]) }
            chunks[chunks.count - 1] += bytes.prefix(45)
        }
        return chunks.map { "=?utf-8?B?\(Base64.encode($0))?=" }.joined(separator: "\r\n ")
    }

    private static func lines(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: 76).map {
            String(decoding: bytes[$0..<min($0 + 76, bytes.count)], as: UTF8.self)
        }
    }

    /// RFC 5322 §3.3, in UTC: `Sat, 28 Nov 2026 10:00:00 +0000`.
    static func date(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: date)
        func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(parts.weekday ?? 1) - 1]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(weekday), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 1970) "
            + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// How often somebody's mail is gathered.
package enum NoticeDigest: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case off, hourly, daily
}

/// Hours in which somebody wants to hear nothing, as minutes of their day; they may go over midnight.
struct QuietHours: Sendable, Equatable {
    let from: Int
    let to: Int

    /// In how many minutes it is over; nil if it is not on.
    func minutesLeft(at minute: Int) -> Int? {
        let isOn = from < to ? from..<to ~= minute : minute >= from || minute < to
        return isOn ? (to - minute + 1440) % 1440 : nil
    }
}

/// When a notice goes out. Pure.
enum NoticePlan {
    /// The minute of the day at which daily digests go.
    static let morning = 480

    /// From when on a notice may go by a way that reaches somebody who does not look; `minute` is the one of the reader's
    /// day. Nil for at once.
    static func due(
        _ channel: NoticeChannel, isUrgent: Bool, quiet: QuietHours?, digest: NoticeDigest, minute: Int, at now: Date
    ) -> (due: Date, isDigest: Bool)? {
        guard channel != .site, !isUrgent else { return nil }
        var wait = 0
        let isDigest = channel == .mail && digest != .off
        if isDigest {
            wait = digest == .hourly ? 60 - minute % 60 : (morning - minute + 1440) % 1440
            if wait == 0 { wait = 1440 }
        }
        if let left = quiet?.minutesLeft(at: (minute + wait) % 1440) { wait += left }
        guard wait > 0 || isDigest else { return nil }
        let start = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 60).rounded(.down) * 60)
        return (start + TimeInterval(wait * 60), isDigest)
    }

    /// By which ways a notice goes to somebody: what they said, else what the company said, else the product.
    static func channels(
        of type: NoticeType, among there: Set<NoticeChannel>, company: [NoticeChannel: Bool],
        person: [NoticeChannel: Bool]
    ) -> Set<NoticeChannel> {
        var chosen = type.possible.intersection(there).subtracting(NoticeChannel.rooms).filter { channel in
            guard type.isFree(channel) else { return true }
            return person[channel] ?? company[channel] ?? type.channels.contains(channel)
        }
        // Whoever names a chat is told there, and not in the first one besides.
        if !chosen.isDisjoint(with: NoticeChannel.chats) { chosen.remove(.messenger) }
        return chosen
    }

    /// In which rooms it is said: in those that the company has named, for nothing is said there by itself.
    static func rooms(
        of type: NoticeType, among there: Set<NoticeChannel>, company: [NoticeChannel: Bool]
    ) -> Set<NoticeChannel> {
        type.possible.intersection(there).intersection(NoticeChannel.rooms).filter { company[$0] == true }
    }
}

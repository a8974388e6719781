import HTTPAPI
import Kernel
import Postgres

/// A way by which somebody is told something.
package enum NoticeChannel: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// Messages in the portal.
    case site
    case mail
    /// The chat in which somebody is found first.
    case messenger
    case sms
    /// One chat and no other.
    case feishu, lark, slack, dingtalk, wecom
    /// A room in which many read along.
    case teams

    /// The chats that somebody may name.
    package static let chats: Set<NoticeChannel> = [.feishu, .lark, .slack, .dingtalk, .wecom]

    /// Rooms, for which the company decides and nobody else.
    package static let rooms: Set<NoticeChannel> = [.teams]

    /// All chats say the same.
    var worded: NoticeChannel { Self.chats.union(Self.rooms).contains(self) ? .messenger : self }

    /// Whether companies choose the words: those of text messages are registered with a vendor.
    var isWorded: Bool { self == worded && self != .sms }

    /// How long a title and a text may be when they are put together.
    var lengths: (title: Int, body: Int) {
        switch worded {
        case .mail: (200, 10_000)
        case .sms: (60, 300)
        default: (200, 4000)
        }
    }
}

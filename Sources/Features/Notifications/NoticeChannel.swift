import HTTPAPI
import Kernel
import Postgres

/// A way by which somebody is told something.
package enum NoticeChannel: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// Messages in the portal.
    case site
    case mail
    /// A chat, such as Feishu or Slack.
    case messenger
    case sms

    /// Whether companies choose the words: those of text messages are registered with a vendor.
    var isWorded: Bool { self != .sms }

    /// How long a title and a text may be when they are put together.
    var lengths: (title: Int, body: Int) {
        switch self {
        case .site: (200, 4000)
        case .mail: (200, 10_000)
        case .messenger: (200, 4000)
        case .sms: (60, 300)
        }
    }
}

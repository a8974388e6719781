import Kernel
import Postgres

/// The messengers through which approvers can be asked.
package enum ChannelVendor: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case feishu, lark, slack, dingtalk, wecom, teams

    /// Whether all are asked at one place, by one card.
    var isRoom: Bool { self == .teams }
}

import GatewayContract
package import HTTPAPI
import Kernel

extension SessionView {
    /// What sessions can be filtered and sorted by.
    package static let listing = Listing<SessionView>(
        key: Column("id", "s.session_id", \.id),
        order: .descending("createdAt"),
        sortable: ["createdAt"],
        columns: [
            Column("state", "s.state", \.state),
            Column("user", "s.user_id", \.user.id),
            Column("userName", "s.user_name", \.user.name, .text(1...200)),
            Column("asset", "s.asset_id", \.asset.id),
            Column("assetName", "s.asset_name", \.asset.name, .text(1...255)),
            Column("account", "s.account_name", \.account, .text(1...255)),
            Column("protocol", "s.protocol", \.protocol),
            Column("entrance", "s.entrance", \.entrance),
            Column("createdAt", "s.created_at", \.createdAt),
        ]
    )
}

extension CommandView {
    /// What command lines can be filtered and sorted by.
    package static let listing = Listing<CommandView>(
        key: Column("id", "c.command_id", \.id),
        order: .descending("at"),
        sortable: ["at"],
        columns: [
            Column("session", "c.session_id", \.session),
            Column("user", "c.user_name", \.user, .text(1...200)),
            Column("asset", "c.asset_name", \.asset, .text(1...255)),
            Column("account", "c.account_name", \.account, .text(1...255)),
            Column("line", "c.line", \.line, .lines(1...1000)),
            Column("verdict", "c.verdict", \.verdict),
            Column("at", "c.at", \.at),
        ]
    )
}

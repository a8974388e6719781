package import FoundationEssentials
package import Kernel
import Postgres

/// Where somebody was of late.
package struct RecentTarget: Sendable, Hashable {
    package let asset: AssetID
    /// The account's name, as the session had it.
    package let account: String
    package let lastUsed: Date
}

extension Sessions {
    /// The accounts on which a person's last sessions connected, the latest first. Only the last hundred sessions are
    /// looked at: somebody who runs a script on one server all day has that server and little else.
    package func recent(of user: UserID, limit: Int, in scope: TenantScope) async throws -> [RecentTarget] {
        try await database.query(
            """
            select asset_id, account_name, max(created_at) from (
              select asset_id, account_name, created_at from sessions
              where tenant_id = \(scope.tenant) and user_id = \(user) and connected_at is not null
              order by created_at desc limit 100
            ) last
            group by asset_id, account_name order by 3 desc limit \(limit)
            """, in: scope
        ) { row in RecentTarget(asset: try row.next(), account: try row.next(), lastUsed: try row.next()) }
    }
}

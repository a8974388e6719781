package import FoundationEssentials
package import Kernel
import Postgres

/// Which of a tenant's sessions are meant.
package enum SessionSelection: Sendable, Equatable {
    case session(SessionID)
    case sessions([SessionID])
    case grant(GrantID)
    /// Those that had begun by a moment, if one is named.
    case user(UserID, begunBy: Date? = nil)
    case asset(AssetID)
    case account(AccountID)
    case all

    var condition: SQL {
        switch self {
        case .session(let id): "and s.session_id = \(id)"
        case .sessions(let ids): "and s.session_id = any(\(ids))"
        case .grant(let id): "and s.grant_id = \(id)"
        case .user(let id, .none): "and s.user_id = \(id)"
        case .user(let id, .some(let moment)): "and s.user_id = \(id) and s.created_at <= \(moment)"
        case .asset(let id): "and s.asset_id = \(id)"
        case .account(let id): "and s.account_id = \(id)"
        case .all: ""
        }
    }
}

import FoundationEssentials
package import Kernel
import Postgres

/// Which of a tenant's sessions are meant.
package enum SessionSelection: Sendable, Equatable {
    case session(SessionID)
    case sessions([SessionID])
    case grant(GrantID)
    case user(UserID)
    case asset(AssetID)
    case account(AccountID)
    case all

    var condition: SQL {
        switch self {
        case .session(let id): "and s.session_id = \(id)"
        case .sessions(let ids): "and s.session_id = any(\(ids))"
        case .grant(let id): "and s.grant_id = \(id)"
        case .user(let id): "and s.user_id = \(id)"
        case .asset(let id): "and s.asset_id = \(id)"
        case .account(let id): "and s.account_id = \(id)"
        case .all: ""
        }
    }
}

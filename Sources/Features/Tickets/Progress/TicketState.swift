package import FoundationEssentials
import Kernel
import Postgres

/// Where a request is on its way. Only an open one can be decided, and only once on each level.
package enum TicketState: Sendable, Hashable {
    case open(level: Int)
    case approved(at: Date)
    case rejected(at: Date)
    case withdrawn(at: Date)
    case expired(at: Date)

    package enum Word: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        case open, approved, rejected, withdrawn, expired
    }

    package var word: Word {
        switch self {
        case .open: .open
        case .approved: .approved
        case .rejected: .rejected
        case .withdrawn: .withdrawn
        case .expired: .expired
        }
    }

    package var decidedAt: Date? {
        switch self {
        case .open: nil
        case .approved(let at), .rejected(let at), .withdrawn(let at), .expired(let at): at
        }
    }
}

/// An approver's answer.
package enum TicketOutcome: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Sendable {
    case approved, rejected
}

/// Where the answer came from.
package enum DecisionChannel: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Sendable {
    case portal, api, webhook, mail, feishu, lark, dingtalk, wecom, slack, teams, ssh, cli
}

package import Access
package import Assets
package import FoundationEssentials
package import Kernel
import Postgres

/// What somebody who stands at a door asks: whether this is agreed to, and if nobody has said, that they be asked.
package struct ReviewQuestion: Sendable {
    /// What the rule makes wait.
    package enum Subject: Sendable, Equatable {
        case signIn(SignInKind.Content)
        case connect(ConnectKind.Content, AssetID, AccountName, AccessProtocol)
        case command(CommandReviewKind.Content, AssetID, AccountName, AccessProtocol)
    }

    package let subject: Subject
    package let requester: UserID
    /// The requester's name, for the trail.
    package let name: String
    /// Tells this attempt from others of the same person: the answer is good for one of them.
    package let attempt: String
    package let rule: UUID
    package let ruleName: String
    package let clientAddress: String?
    /// Whom the rule asks, and why them.
    package let seats: [Seat]
    /// In seconds.
    package let lifetime: Int
    /// Somebody is connected and waits: once they are gone nobody has to answer.
    package let isAttended: Bool

    package init(
        _ subject: Subject, by requester: UserID, _ name: String, attempt: String, rule: UUID, _ ruleName: String,
        from clientAddress: String?, asking seats: [Seat], lifetime: Int, isAttended: Bool
    ) {
        self.subject = subject
        self.requester = requester
        self.name = name
        self.attempt = attempt
        self.rule = rule
        self.ruleName = ruleName
        self.clientAddress = clientAddress
        self.seats = seats
        self.lifetime = lifetime
        self.isAttended = isAttended
    }

    /// The kind of request that it becomes.
    package var kind: TicketKindName {
        switch subject {
        case .signIn: SignInKind.kind
        case .connect: ConnectKind.kind
        case .command: CommandReviewKind.kind
        }
    }

    /// The words of those kinds.
    static let kinds = [SignInKind.kind, ConnectKind.kind, CommandReviewKind.kind].map(\.rawValue)

    func draft() throws -> TicketDraft {
        var ask = TicketAsk.nothing
        let content: JSON
        switch subject {
        case .signIn(let signIn): content = try signIn.written
        case .connect(let connect, let asset, let account, let way):
            ask = Self.ask(asset, account, way)
            content = try connect.written
        case .command(let command, let asset, let account, let way):
            ask = Self.ask(asset, account, way)
            content = try command.written
        }
        return TicketDraft(kind: kind, ask: ask, content: content, reason: ruleName.isEmpty ? "?" : ruleName)
    }

    private static func ask(_ asset: AssetID, _ account: AccountName, _ way: AccessProtocol) -> TicketAsk {
        TicketAsk(
            assets: [asset], accounts: [account], protocols: [way], actions: [.connect], startsAt: nil, duration: 0)
    }
}

/// How somebody stands who waits.
package enum ReviewStanding: Sendable, Equatable {
    /// Nobody has answered yet, and nobody can any more from then on.
    case waits(TicketID, until: Date)
    /// Somebody has agreed. That is told once.
    case approved(TicketID)
    case rejected
    /// The person has taken it back.
    case withdrawn
    /// So many wait already, of this person, from this address or in this company, that nobody is asked.
    case crowded
    /// None of those whom the rule asks can answer.
    case nobody
}

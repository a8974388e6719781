package import FoundationEssentials
package import Kernel

/// The part of a request that decisions move: a value, changed by pure functions.
package struct TicketProgress: Sendable, Hashable {
    package var id: TicketID
    package var requester: UserID
    package var reason: String
    package var ask: TicketAsk
    package var state: TicketState
    /// Who may decide each level, the first level first.
    package var approvers: [Set<UserID>]
    /// Who decided the levels that are done.
    package var deciders: [UserID]
    package var deadline: Date

    package init(
        id: TicketID, requester: UserID, reason: String, ask: TicketAsk, state: TicketState,
        approvers: [Set<UserID>], deciders: [UserID], deadline: Date
    ) {
        self.id = id
        self.requester = requester
        self.reason = reason
        self.ask = ask
        self.state = state
        self.approvers = approvers
        self.deciders = deciders
        self.deadline = deadline
    }

    package var digest: [UInt8] { ask.digest(of: id, by: requester, reason: reason) }

    /// The request after an approver's answer. An answer through a link names the level that it is for.
    ///
    /// In this order it throws: `notOpen`, `expired`, `linkInvalid` (the level has its answer), `ownTicket`, `notYours`,
    /// `alreadyDecided`, `changed` (the digest is of another content), and for approvals `wider` and `nothingLeft`.
    package func decided(
        by approver: UserID, _ outcome: TicketOutcome, on digest: [UInt8], onlyAt linked: Int? = nil,
        narrowing: Narrowing = Narrowing(), at now: Date
    ) throws(TicketError) -> TicketProgress {
        guard case .open(let level) = state else { throw .notOpen }
        guard now < deadline else { throw .expired }
        guard linked == nil || linked == level else { throw .linkInvalid }
        guard approver != requester else { throw .ownTicket }
        guard approvers[level - 1].contains(approver) else { throw .notYours }
        guard !deciders.contains(approver) else { throw .alreadyDecided }
        guard digest == self.digest else { throw .changed }
        var next = self
        switch outcome {
        case .rejected: next.state = .rejected(at: now)
        case .approved:
            next.ask = try ask.narrowed(narrowing)
            guard !next.ask.assets.isEmpty else { throw .nothingLeft }
            next.state = level == approvers.count ? .approved(at: now) : .open(level: level + 1)
        }
        next.deciders.append(approver)
        return next
    }

    /// The request after the person who asked took it back.
    package func withdrawn(by user: UserID, at now: Date) throws(TicketError) -> TicketProgress {
        guard user == requester else { throw .notFound }
        guard case .open = state else { throw .notOpen }
        var next = self
        next.state = .withdrawn(at: now)
        return next
    }

    /// The request after its deadline passed; nil if that is not so.
    package func expired(at now: Date) -> TicketProgress? {
        guard case .open = state, now >= deadline else { return nil }
        var next = self
        next.state = .expired(at: now)
        return next
    }

    /// Whether different people can be found for all levels: a matching of levels to approvers (Kuhn's algorithm).
    package static func canBeDecided(_ approvers: [Set<UserID>]) -> Bool {
        var levelOf: [UserID: Int] = [:]
        func assign(_ level: Int, _ tried: inout Set<UserID>) -> Bool {
            for user in approvers[level] where tried.insert(user).inserted {
                if let other = levelOf[user], !assign(other, &tried) { continue }
                levelOf[user] = level
                return true
            }
            return false
        }
        return approvers.indices.allSatisfy { level in
            var tried: Set<UserID> = []
            return assign(level, &tried)
        }
    }
}

import Access
import Assets
import Cryptography
import FoundationEssentials
import Kernel
import Postgres

extension TicketStore {
    static func ticket(_ row: inout Row) throws -> Ticket {
        var ticket = Ticket(
            id: try row.next(), number: try row.next(),
            requester: TicketPerson(id: try row.next(), name: try row.next()), reason: try row.next(),
            assets: pairs(try row.next()).map { TicketAsset(id: ID($0.0), name: $0.1) },
            accounts: try accounts(row.next()), protocols: try row.next(), actions: try row.next(),
            startsAt: try row.next(), durationSeconds: try row.next(), state: try row.next(), level: try row.next(),
            levels: try row.next(), levelNames: try row.next(), deadline: try row.next(),
            decisions: decisions(try row.next()),
            waitingFor: pairs(try row.next()).map { TicketPerson(id: ID($0.0), name: $0.1) }, grant: try row.next(),
            digest: "", createdAt: try row.next(), version: try row.next())
        // Not the stored one: what a decision is held against is what can be read now. An asset may be gone since.
        ticket.digest = Hex.encode(ticket.ask.digest(of: ticket.id, by: ticket.requester.id, reason: ticket.reason))
        return ticket
    }

    static func progress(_ id: TicketID, _ row: inout Row) throws -> TicketProgress {
        let requester: UserID = try row.next()
        let reason: String = try row.next()
        let ask = TicketAsk(
            assets: try row.next(), accounts: try accounts(row.next()), protocols: try row.next(),
            actions: try row.next(), startsAt: try row.next(), duration: try row.next())
        let state = try state(row.next(), level: row.next(), decidedAt: row.next())
        return TicketProgress(
            id: id, requester: requester, reason: reason, ask: ask, state: state,
            approvers: levels(try row.next()), deciders: try row.next(), deadline: try row.next())
    }

    private static func state(_ word: TicketState.Word, level: Int, decidedAt: Date?) throws -> TicketState {
        switch (word, decidedAt) {
        case (.open, _): .open(level: level)
        case (.approved, let at?): .approved(at: at)
        case (.rejected, let at?): .rejected(at: at)
        case (.withdrawn, let at?): .withdrawn(at: at)
        case (.expired, let at?): .expired(at: at)
        case (_, nil): throw Invalid("a request that is over has no time of decision", field: "decided_at")
        }
    }

    private static func accounts(_ names: [String]) throws -> [AccountName] {
        try names.map { name throws(Invalid) in try AccountName(parsing: name) }
    }

    /// `[[uuid, name, …], …]` as the statements gather them.
    private static func pairs(_ json: JSON?) -> [(UUID, String)] {
        cells(json).compactMap { cells in
            guard cells.count >= 2, let uuid = cells[0].text.flatMap(UUID.init(uuidString:)) else { return nil }
            return cells[1].text.map { (uuid, $0) }
        }
    }

    private static func decisions(_ json: JSON?) -> [TicketDecision] {
        cells(json).compactMap { cells in
            guard cells.count == 7, let user = cells[0].text.flatMap(UUID.init(uuidString:)), let name = cells[1].text,
                case .int(let level) = cells[2], let outcome = cells[3].text.flatMap(TicketOutcome.init),
                let comment = cells[4].text, let channel = cells[5].text.flatMap(DecisionChannel.init),
                case .int(let microseconds) = cells[6]
            else { return nil }
            return TicketDecision(
                level: Int(level), user: TicketPerson(id: UserID(user), name: name), outcome: outcome,
                comment: comment, channel: channel,
                decidedAt: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000))
        }
    }

    private static func levels(_ json: JSON?) -> [Set<UserID>] {
        cells(json).map { users in
            Set(users.compactMap { $0.text.flatMap(UUID.init(uuidString:)).map(UserID.init) })
        }
    }

    private static func cells(_ json: JSON?) -> [[JSON]] {
        guard case .array(let rows)? = json else { return [] }
        return rows.map { if case .array(let cells) = $0 { cells } else { [] } }
    }
}

extension Ticket {
    fileprivate var ask: TicketAsk {
        TicketAsk(
            assets: assets.map(\.id), accounts: accounts, protocols: protocols, actions: actions, startsAt: startsAt,
            duration: durationSeconds)
    }
}

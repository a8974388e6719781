import Access
import Assets
import Cryptography
import FoundationEssentials
import Kernel
import Postgres

extension TicketStore {
    static func ticket(_ row: inout Row) throws -> Ticket {
        var ticket = Ticket(
            id: try row.next(), number: try row.next(), kind: try row.next(), content: try row.next(), facts: [],
            requester: TicketPerson(id: try row.next(), name: try row.next()), reason: try row.next(),
            assets: people(try row.next()).map { TicketAsset(id: ID($0.0), name: $0.1) },
            accounts: try accounts(row.next()), protocols: try row.next(), actions: try row.next(),
            startsAt: try row.next(), durationSeconds: try row.next(), state: try row.next(), level: try row.next(),
            levels: try row.next(), levelNames: [], flowName: try row.next(), because: try row.next(),
            risk: try row.next(), isParallel: try row.next(), path: stages(try row.next()), deadline: try row.next(),
            decisions: decisions(try row.next()), waitingFor: [], mayDecide: false, turn: nil,
            copies: people(try row.next()).map { TicketPerson(id: ID($0.0), name: $0.1) }, grant: try row.next(),
            digest: "", createdAt: try row.next(), decidedAt: try row.next(), version: try row.next())
        ticket.levelNames = ticket.path.map(\.name)
        ticket.waitingFor = ticket.waiting
        // Not the stored one: what a decision is held against is what can be read now. An asset may be gone since.
        ticket.digest = Hex.encode(
            ticket.ask.digest(
                of: ticket.id, kind: ticket.kind, content: ticket.content, by: ticket.requester.id,
                reason: ticket.reason))
        return ticket
    }

    /// Everything but the levels.
    static func progress(_ id: TicketID, _ row: inout Row) throws -> TicketProgress {
        let requester: UserID = try row.next()
        let kind: TicketKindName = try row.next()
        let content: JSON = try row.next()
        let reason: String = try row.next()
        let ask = TicketAsk(
            assets: try row.next(), accounts: try accounts(row.next()), protocols: try row.next(),
            actions: try row.next(), startsAt: try row.next(), duration: try row.next())
        let state = try state(row.next(), level: row.next(), decidedAt: row.next())
        return TicketProgress(
            id: id, requester: requester, kind: kind, reason: reason, ask: ask, content: content, state: state,
            levels: [], isParallel: try row.next(), unusedAfter: try row.next())
    }

    static func level(_ row: inout Row) throws -> TicketLevel {
        var plan = PlannedLevel(
            name: try row.next(), seats: [], quorum: try row.next(), webhook: try row.next(),
            deadline: try row.next(), reminder: try row.next(), lapse: try row.next())
        let after: Int? = try row.next()
        plan.needsPasskey = try row.next()
        plan.needsComment = try row.next()
        let (opened, reminded, escalated): (Date?, Date?, Date?) = (try row.next(), try row.next(), try row.next())
        let seats = seats(try row.next())
        plan.seats = seats.filter { !$0.isEscalation }.map(\.seat)
        let late = seats.filter(\.isEscalation).map(\.seat)
        if let after { plan.escalation = PlannedLevel.Escalation(after: after, seats: late) }
        return TicketLevel(
            plan, openedAt: opened, remindedAt: reminded, escalatedAt: escalated, answers: answers(try row.next()))
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
}

// What the statements gather into arrays of arrays.
extension TicketStore {
    private static func people(_ json: JSON?) -> [(UUID, String)] {
        cells(json).compactMap { cells in
            guard cells.count >= 2, let uuid = cells[0].uuid else { return nil }
            return cells[1].text.map { (uuid, $0) }
        }
    }

    private static func seats(_ json: JSON?) -> [(seat: Seat, isEscalation: Bool)] {
        cells(json).compactMap { cells in
            guard cells.count == 4, let user = cells[0].uuid, let reason = cells[1].text.flatMap(Seat.Reason.init),
                let detail = cells[2].text
            else { return nil }
            return (Seat(user: UserID(user), reason: reason, detail: detail), cells[3] == true)
        }
    }

    private static func answers(_ json: JSON?) -> [TicketAnswer] {
        cells(json).compactMap { cells in
            guard cells.count == 4, let user = cells[0].uuid, let outcome = cells[2].text.flatMap(TicketOutcome.init),
                let at = cells[3].moment
            else { return nil }
            return TicketAnswer(
                user: UserID(user), onBehalfOf: cells[1].uuid.map(UserID.init), outcome: outcome, at: at)
        }
    }

    private static func stages(_ json: JSON?) -> [TicketStage] {
        cells(json).compactMap { cells in
            guard cells.count == 12, case .int(let level) = cells[0], let name = cells[1].text,
                case .int(let quorum) = cells[2], let lapse = cells[9].text.flatMap(PlannedLevel.Lapse.init),
                let need = cells[11].text.flatMap(CommentNeed.init)
            else { return nil }
            return TicketStage(
                level: Int(level), name: name, quorum: Int(quorum), needsPasskey: cells[3] == true,
                needsComment: need, openedAt: cells[4].moment, deadline: cells[5].moment, passedAt: cells[6].moment,
                remindedAt: cells[7].moment, escalatedAt: cells[8].moment, lapse: lapse,
                seats: Self.cells(cells[10]).compactMap { seat in
                    guard seat.count == 5, let user = seat[0].uuid, let name = seat[1].text,
                        let reason = seat[2].text.flatMap(Seat.Reason.init), let detail = seat[3].text
                    else { return nil }
                    return TicketSeat(
                        user: TicketPerson(id: UserID(user), name: name), reason: reason, detail: detail,
                        isEscalation: seat[4] == true)
                })
        }
    }

    private static func decisions(_ json: JSON?) -> [TicketDecision] {
        cells(json).compactMap { cells in
            guard cells.count == 11, let user = cells[0].uuid, let name = cells[1].text,
                case .int(let level) = cells[2], let outcome = cells[3].text.flatMap(TicketOutcome.init),
                let comment = cells[4].text, let channel = cells[5].text.flatMap(DecisionChannel.init),
                let at = cells[6].moment
            else { return nil }
            let absent = cells[7].uuid.map { TicketPerson(id: UserID($0), name: cells[8].text ?? "") }
            let changes = try? Schema<[TicketChange]>.array(of: TicketChange.schema, 0...10).parse(cells[9])
            return TicketDecision(
                level: Int(level), user: TicketPerson(id: UserID(user), name: name), outcome: outcome,
                comment: comment, channel: channel, decidedAt: at, onBehalfOf: absent, changes: changes ?? [],
                hasProof: cells[10] == true)
        }
    }

    private static func cells(_ json: JSON?) -> [[JSON]] {
        guard case .array(let rows)? = json else { return [] }
        return rows.map { if case .array(let cells) = $0 { cells } else { [] } }
    }
}

extension JSON {
    fileprivate var uuid: UUID? { text.flatMap(UUID.init(uuidString:)) }

    /// Microseconds since 1970.
    fileprivate var moment: Date? {
        guard case .int(let microseconds) = self else { return nil }
        return Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

extension Ticket {
    var ask: TicketAsk {
        TicketAsk(
            assets: assets.map(\.id), accounts: accounts, protocols: protocols, actions: actions, startsAt: startsAt,
            duration: durationSeconds)
    }

    /// The levels that wait for answers.
    var openStages: [TicketStage] {
        state == .open ? path.filter { $0.openedAt != nil && $0.passedAt == nil } : []
    }

    /// Those who have a seat that counts in an open level, and have not answered.
    fileprivate var waiting: [TicketPerson] {
        let spent = Set(decisions.flatMap { [$0.user.id, $0.onBehalfOf?.id ?? $0.user.id] })
        var seen: Set<UserID> = []
        return openStages.flatMap { stage in
            stage.seats.filter { !$0.isEscalation || stage.escalatedAt != nil }.map(\.user)
        }.filter { !spent.contains($0.id) && seen.insert($0.id).inserted }
    }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// What is kept of a request, in its order, to be taken along: its levels with the seats as they were then, answers,
/// reminders, escalations, seats that were handed over, people put in copy, remarks and the end.
package struct TicketTimeline: WireValue, Sendable {
    package let ticket: Ticket
    package let events: [TimelineEvent]
    package let exportedAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket)
        Field("events", \.events, count: 0...5000)
        Field("exportedAt", \.exportedAt)
    }
}

/// One thing that happened to a request.
package struct TimelineEvent: WireValue, Sendable {
    package enum Kind: String, WireValue, CaseIterable, Sendable {
        case opened, approved, rejected, reminded, escalated, commented, ended
        /// A seat was handed over for good, by whoever had it or somebody else.
        case reassigned
        /// People were put in copy; by nobody, if the flow has them.
        case copied
        case levelOpened = "level-opened"
        case levelPassed = "level-passed"
    }

    package var at: Date
    package var kind: Kind
    package var level: Int?
    /// What the level is called, or the state in which a request ended.
    package var name = ""
    package var person: TicketPerson?
    package var onBehalfOf: TicketPerson?
    package var channel: DecisionChannel?
    package var hasProof = false
    package var text = ""
    package var changes: [TicketChange] = []
    /// Those who could decide from then on, were reminded or put in copy.
    package var people: [TicketPerson] = []

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("at", \.at)
        Field("kind", \.kind)
        Field("level", \.level, .int(1...5))
        Field("name", \.name, .text(0...100))
        Field("person", \.person, TicketPerson.schema)
        Field("onBehalfOf", \.onBehalfOf, TicketPerson.schema)
        Field("channel", \.channel, DecisionChannel.schema)
        Field("hasProof", \.hasProof)
        Field("text", \.text, .lines(0...2000))
        Field("changes", \.changes, count: 0...10)
        Field("people", \.people, count: 0...1000)
    }
}

extension Tickets {
    /// What happened to a request, for those who may see it; that it was taken along stands in the trail.
    package func timeline(
        of id: TicketID, for user: UserID, readable: TenantScope?, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> TicketTimeline {
        let ticket = try await find(id, for: user, readable: readable, at: now, in: scope)
        let events = try await happenings(of: ticket, in: scope).events
        try await database.transaction(in: scope.wholeTenant) { transaction in
            audit.target("ticket", id.text, name: "#\(ticket.number)")
            try await audit.write(in: transaction)
        }
        return TicketTimeline(ticket: ticket, events: events, exportedAt: now)
    }

    /// The same as lines for a spreadsheet.
    package func timelineFile(
        of id: TicketID, for user: UserID, readable: TenantScope?, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Download {
        let timeline = try await timeline(of: id, for: user, readable: readable, at: now, audit: audit, in: scope)
        return Download(
            fileName: "request-\(timeline.ticket.number).csv", bytes: SpreadsheetText.bytes(timeline.lines))
    }
}

extension Ticket {
    /// Things that happened at once stand as one follows from the other.
    func events(with comments: [TicketComment], _ moves: [TicketMove]) -> [TimelineEvent] {
        var events = [TimelineEvent(at: createdAt, kind: .opened, person: requester, text: reason)]
        for stage in path {
            guard let openedAt = stage.openedAt else { continue }
            func holders(_ at: Date, late: Bool) -> [TicketPerson] {
                stage.seats(at: at, moves).filter { $0.isEscalation == late }.map(\.user)
            }
            events.append(stage.event(.levelOpened, openedAt, holders(openedAt, late: false)))
            if let at = stage.remindedAt {
                events.append(stage.event(.reminded, at, waiting(in: stage, at: at, moves)))
            }
            if let at = stage.escalatedAt { events.append(stage.event(.escalated, at, holders(at, late: true))) }
            events += decisions.filter { $0.level == stage.level }.map { answer in
                TimelineEvent(
                    at: answer.decidedAt, kind: answer.outcome == .approved ? .approved : .rejected, level: stage.level,
                    name: stage.name, person: answer.user, onBehalfOf: answer.onBehalfOf, channel: answer.channel,
                    hasProof: answer.hasProof, text: answer.comment, changes: answer.changes)
            }
            if let at = stage.passedAt { events.append(stage.event(.levelPassed, at)) }
        }
        events += told(moves)
        events += comments.map { TimelineEvent(at: $0.createdAt, kind: .commented, person: $0.user, text: $0.text) }
        if let decidedAt {
            let person = state == .withdrawn ? requester : nil
            events.append(TimelineEvent(at: decidedAt, kind: .ended, name: state.rawValue, person: person))
        }
        return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    /// Seats that were handed over, and people who were put in copy at once together.
    private func told(_ moves: [TicketMove]) -> [TimelineEvent] {
        var events: [TimelineEvent] = []
        for move in moves {
            if move.kind == .copied, let last = events.last, last.kind == .copied, last.at == move.at,
                last.person == move.by
            {
                events[events.count - 1].people.append(move.to)
                continue
            }
            let stage = move.level.flatMap { level in path.first { $0.level == level } }
            events.append(
                TimelineEvent(
                    at: move.at, kind: move.kind == .copied ? .copied : .reassigned, level: move.level,
                    name: stage?.name ?? "", person: move.by, onBehalfOf: move.from, people: [move.to]))
        }
        return events
    }

    /// Those who had a seat then and had not answered.
    private func waiting(in stage: TicketStage, at moment: Date, _ moves: [TicketMove]) -> [TicketPerson] {
        let spent = Set(
            decisions.filter { $0.decidedAt <= moment }.flatMap { [$0.user.id, $0.onBehalfOf?.id ?? $0.user.id] })
        return stage.seats(at: moment, moves).filter {
            !$0.isEscalation || stage.escalatedAt.map { $0 <= moment } ?? false
        }.map(\.user)
            .filter { !spent.contains($0.id) }
    }
}

extension TicketStage {
    /// The seats as they were then: who was handed one later had none.
    fileprivate func seats(at moment: Date, _ moves: [TicketMove]) -> [TicketSeat] {
        let later = moves.filter { $0.kind == .reassigned && $0.level == level && $0.at > moment }
        return later.reversed().reduce(self.seats) { seats, move in
            seats.map { seat in
                guard seat.user.id == move.to.id, let from = move.from else { return seat }
                return TicketSeat(user: from, reason: seat.reason, detail: seat.detail, isEscalation: seat.isEscalation)
            }
        }
    }

    fileprivate func event(_ kind: TimelineEvent.Kind, _ at: Date, _ people: [TicketPerson] = []) -> TimelineEvent {
        TimelineEvent(at: at, kind: kind, level: level, name: name, people: people)
    }
}

extension TicketTimeline {
    var lines: [[String]] {
        let titles = [
            "time", "event", "level", "name", "person", "on behalf of", "channel", "passkey", "text", "changes",
            "people",
        ]
        return [titles]
            + events.map { event in
                [
                    Timestamp.text(event.at), event.kind.rawValue, event.level.map(String.init) ?? "", event.name,
                    event.person?.name ?? "", event.onBehalfOf?.name ?? "", event.channel?.rawValue ?? "",
                    event.hasProof ? "yes" : "", event.text,
                    event.changes.map { change in
                        "\(change.label): \(change.before.joined(separator: " ")) > \(change.after.joined(separator: " "))"
                    }.joined(separator: ", "),
                    event.people.map(\.name).joined(separator: ", "),
                ]
            }
    }
}

import FoundationEssentials
package import Kernel
import Postgres

/// That it is somebody's turn: at which level, in whose seat, and whether approving takes a tap on their passkey.
package struct TicketTurn: WireValue, Sendable, Hashable {
    package let level: Int
    /// The absent person whose seat it would be; nil for one's own.
    package let onBehalfOf: TicketPerson?
    package let needsPasskey: Bool
    package let needsComment: CommentNeed

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("onBehalfOf", \.onBehalfOf, TicketPerson.schema, note: "The absent person whose seat it would be.")
        Field("needsPasskey", \.needsPasskey, note: "Approving takes a tap on a passkey.")
        Field("needsComment", \.needsComment, note: "Which answers are given with a comment only.")
    }
}

extension Tickets {
    /// These requests, with whether this person may decide them now: by the rule that an answer is held against, whatever
    /// way it comes, over what is read once for all of them.
    func turned(
        _ tickets: [Ticket], of user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> [Ticket] {
        let waiting = tickets.filter { $0.state == .open && $0.requester.id != user }
        guard !waiting.isEmpty else { return tickets }
        let whole = scope.wholeTenant
        let known = try await database.transaction(in: whole) { transaction in
            let hands = try await store.handedOver(to: user, at: now, in: whole, transaction)
            let mine = waiting.filter { $0.hasSeat(for: hands.union([user])) }
            guard !mine.isEmpty else { return nil as Known? }
            let everybody = mine.reduce(into: hands.union([user])) { $0.formUnion($1.everybody) }
            return Known(
                hands: hands, people: try await store.people(everybody, in: whole, transaction),
                deciders: try await deciders.among(Array(hands.union([user])), now, whole, transaction))
        }
        guard let known, known.deciders.contains(user) else { return tickets }
        return tickets.map { ticket in
            var ticket = ticket
            ticket.turn = ticket.turn(of: user, known, at: now)
            ticket.mayDecide = ticket.turn != nil
            return ticket
        }
    }

    fileprivate struct Known: Sendable {
        let hands: Set<UserID>
        let people: SamePeople
        /// Those of them who may decide requests at all.
        let deciders: Set<UserID>
    }
}

extension Ticket {
    fileprivate func hasSeat(for people: Set<UserID>) -> Bool {
        openStages.contains { stage in stage.seats.contains { people.contains($0.user.id) } }
    }

    fileprivate var everybody: Set<UserID> {
        Set(path.flatMap { $0.seats.map(\.user.id) } + decisions.flatMap { [$0.user.id, $0.seat.id] } + [requester.id])
    }

    /// Nil unless an answer of this person would count. Asked by a refusal with a comment, which needs no tap and
    /// makes nothing smaller.
    fileprivate func turn(of user: UserID, _ known: Tickets.Known, at now: Date) -> TicketTurn? {
        guard state == .open, requester.id != user, hasSeat(for: known.hands.union([user])) else { return nil }
        let progress = progress
        guard
            let step = try? progress.decided(
                by: user, .rejected, on: progress.digest, handedOver: known.hands, among: known.people,
                isCommented: true, at: now),
            step.onBehalfOf.map(known.deciders.contains) ?? true,
            let stage = path.first(where: { $0.level == step.level })
        else { return nil }
        let absent = step.onBehalfOf.flatMap { seat in stage.seats.first { $0.user.id == seat }?.user }
        return TicketTurn(
            level: step.level, onBehalfOf: absent, needsPasskey: stage.needsPasskey,
            needsComment: stage.needsComment)
    }

    /// The part of it that decisions move, as far as an answer asks for it.
    private var progress: TicketProgress {
        TicketProgress(
            id: id, requester: requester.id, kind: kind, reason: reason, ask: ask, content: content,
            state: .open(level: level),
            levels: path.map { stage in
                var plan = PlannedLevel(name: stage.name, seats: stage.seats(late: false), quorum: stage.quorum)
                if let openedAt = stage.openedAt, let deadline = stage.deadline {
                    plan.deadline = Int(deadline.timeIntervalSince(openedAt).rounded())
                }
                plan.escalation = PlannedLevel.Escalation(after: 0, seats: stage.seats(late: true))
                plan.needsPasskey = stage.needsPasskey
                plan.needsComment = stage.needsComment
                return TicketLevel(
                    plan, openedAt: stage.openedAt, escalatedAt: stage.escalatedAt,
                    answers: decisions.filter { $0.level == stage.level }.map { answer in
                        TicketAnswer(
                            user: answer.user.id, onBehalfOf: answer.onBehalfOf?.id, outcome: answer.outcome,
                            at: answer.decidedAt)
                    })
            }, isParallel: isParallel)
    }
}

extension TicketStage {
    fileprivate func seats(late: Bool) -> [Seat] {
        seats.filter { $0.isEscalation == late }.map { Seat(user: $0.user.id, reason: $0.reason, detail: $0.detail) }
    }
}

extension TicketDecision {
    /// Whose seat it took.
    fileprivate var seat: TicketPerson { onBehalfOf ?? user }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// An approver's answer from the portal or through the API. The last approval has its effect in the same transaction; a
    /// repeat of the same answer changes nothing, and is told what happened meanwhile.
    package func decide(
        _ id: TicketID, _ request: DecideTicket, by user: UserID, through channel: DecisionChannel,
        _ facts: RequestFacts? = nil, stepUp: Problem? = nil, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Ticket {
        var decision = NewDecision(
            level: nil, user: user, outcome: request.outcome, comment: request.comment, channel: channel,
            digest: [UInt8](hexadecimal: request.digest) ?? [], stepUp: stepUp, at: now)
        if let answer = request.passkey, let facts {
            let proven = try await proof(answer, for: decision, of: id, facts, audit: audit, in: scope)
            decision.level = proven.challenge.level
            decision.signed = proven.challenge.result
            decision.proof = proven.proof
        }
        let office = try await office(in: scope)
        try await telling(of: id, in: scope) { [decision] in
            try await database.transaction(in: scope) { transaction in
                _ = try await decide(
                    id, decision, request.narrowing, from: office, audit: audit, in: scope, transaction)
            }
        }
        return try await find(id, for: user, at: now, in: scope)
    }

    /// A request under its lock, as it stands to one person.
    struct Standing {
        let number: Int
        let progress: TicketProgress
        let handedOver: Set<UserID>
        let people: SamePeople
    }

    /// Throws `notFound` for people whom the request does not concern.
    func standing(
        _ id: TicketID, of user: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Standing {
        guard let (number, progress) = try await store.lock(id, in: scope, transaction) else {
            throw TicketError.notFound
        }
        let hands = try await store.handedOver(to: user, at: now, in: scope, transaction)
        if !progress.concerns(user, hands), try await !store.isCopied(user, on: id, in: scope, transaction) {
            throw TicketError.notFound
        }
        return Standing(
            number: number, progress: progress, handedOver: hands,
            people: try await store.people(progress.people.union([user]), in: scope, transaction))
    }

    /// The narrowing as the kind of the request takes it.
    func narrowing(_ narrowing: Narrowing, of ticket: TicketProgress) throws -> Narrowing {
        var narrowing = narrowing
        let kind = try kinds.kind(ticket.kind)
        if !kind.mayBeNarrowed, try ticket.ask.narrowed(narrowing) != ticket.ask { throw TicketError.wider }
        if let smaller = narrowing.content {
            narrowing.content = try kind.narrowing(ticket.content, to: smaller)
        }
        return narrowing
    }

    /// The one place where an answer takes effect, whatever way it came.
    func decide(
        _ id: TicketID, _ decision: NewDecision, _ narrowing: Narrowing, from office: ApprovalOffice,
        audit: AuditDraft, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> (number: Int, progress: TicketProgress) {
        audit.target("ticket", id.text)
        let standing = try await standing(id, of: decision.user, at: decision.at, in: scope, transaction)
        let (number, before) = (standing.number, standing.progress)
        audit.target("ticket", id.text, name: "#\(number)")
        let narrowing = try self.narrowing(narrowing, of: before)
        let step = try before.decided(
            by: decision.user, decision.outcome, on: decision.digest, onlyAt: decision.level, narrowing: narrowing,
            handedOver: standing.handedOver, among: standing.people, hasProof: decision.proof != nil,
            isCommented: decision.isCommented, at: decision.at)
        try await deciders.check(
            [decision.user] + (step.onBehalfOf.map { [$0] } ?? []), at: decision.at, in: scope, transaction)
        let after = step.progress
        // Who lets somebody in who waits shows that it is them. A tap on a passkey does.
        if let stepUp = decision.stepUp, decision.outcome == .approved, decision.proof == nil,
            try kinds.kind(before.kind).isAwaited
        {
            throw stepUp
        }
        // A tap on something else is none.
        if let signed = decision.signed, signed != after.digest { throw TicketError.needsPasskey }
        let names =
            after.ask.assets == before.ask.assets
            ? [:] : try await store.names(of: before.ask.assets, in: scope, transaction)
        try await store.insert(
            decision, step, changes: after.changes(since: before, of: try kinds.kind(before.kind), assets: names),
            on: id, in: scope, transaction)
        try await links.spend(
            of: id, levels: before.openLevels.filter { !after.openLevels.contains($0) }, by: decision.user,
            at: decision.at, in: scope, transaction)
        if case .approved(let at) = after.state {
            guard try await store.activeName(of: after.requester, in: scope, transaction) != nil else {
                throw TicketError.requesterGone
            }
            try await complete(after, number, at: at, audit: audit, in: scope, transaction)
        } else {
            try await store.save(after, in: scope, transaction)
            try await wake(after, in: scope, transaction)
        }
        if case .rejected(let at) = after.state {
            try await kinds.kind(after.kind).rejected(
                ApprovedTicket(
                    progress: after, number: number, at: at, audit: audit, scope: scope, transaction: transaction))
        }
        audit.detail("level", .int(Int64(step.level)))
        audit.detail("outcome", .string(decision.outcome.rawValue))
        audit.detail("channel", .string(decision.channel.rawValue))
        if let absent = step.onBehalfOf { audit.detail("onBehalfOf", .string(absent.text)) }
        try await audit.write(in: transaction)
        try await outbox.publish(
            TicketEvents.decided(after, number, step, by: decision.user, at: decision.at), in: scope, transaction)
        try await ask(levels: step.opened, of: after, number, from: office, at: decision.at, in: scope, transaction)
        return (number, after)
    }
}

extension TicketProgress {
    /// Everybody who has to do with it.
    var people: Set<UserID> {
        Set(levels.flatMap { level in level.seats.map(\.user) + level.answers.flatMap { [$0.user, $0.seat] } })
            .union([requester])
    }

    /// Whether the person may know of this request, for themselves or for those whose seats they take.
    func concerns(_ user: UserID, _ handedOver: Set<UserID> = []) -> Bool {
        user == requester
            || levels.contains { level in
                level.seats.contains { $0.user == user || handedOver.contains($0.user) }
                    || level.answers.contains { $0.user == user }
            }
    }
}

extension [UInt8] {
    /// The bytes of hexadecimal text, or nil.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// An approver's answer from the portal or through the API. The last approval gives the grant in the same
    /// transaction; a repeat of the same answer is refused as `notOpen` or `alreadyDecided` and changes nothing.
    package func decide(
        _ id: TicketID, _ request: DecideTicket, by user: UserID, through channel: DecisionChannel, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> Ticket {
        let decision = NewDecision(
            level: nil, user: user, outcome: request.outcome, comment: request.comment, channel: channel,
            digest: [UInt8](hexadecimal: request.digest) ?? [], at: now)
        let office = try await office(in: scope)
        try await database.transaction(in: scope) { transaction in
            _ = try await decide(id, decision, request.narrowing, from: office, audit: audit, in: scope, transaction)
        }
        return try await find(id, for: user, at: now, in: scope)
    }

    /// The one place where an answer takes effect, whatever way it came.
    func decide(
        _ id: TicketID, _ decision: NewDecision, _ narrowing: Narrowing, from office: ApprovalOffice,
        audit: AuditDraft, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> (number: Int, progress: TicketProgress) {
        guard let (number, before) = try await store.lock(id, in: scope, transaction) else {
            throw TicketError.notFound
        }
        audit.target("ticket", id.text, name: "#\(number)")
        let hands = try await store.handedOver(to: decision.user, at: decision.at, in: scope, transaction)
        if !before.concerns(decision.user, hands),
            try await !store.isCopied(decision.user, on: id, in: scope, transaction)
        {
            throw TicketError.notFound
        }
        var narrowing = narrowing
        if let smaller = narrowing.content {
            narrowing.content = try kinds.kind(before.kind).narrowing(before.content, to: smaller)
        }
        let people = try await store.people(before.people.union([decision.user]), in: scope, transaction)
        let step = try before.decided(
            by: decision.user, decision.outcome, on: decision.digest, onlyAt: decision.level, narrowing: narrowing,
            handedOver: hands, among: people, hasProof: decision.proof != nil, at: decision.at)
        let after = step.progress
        let names =
            after.ask.assets == before.ask.assets
            ? [:] : try await store.names(of: before.ask.assets, in: scope, transaction)
        try await store.insert(
            decision, step, changes: after.changes(since: before, assets: names), on: id, in: scope, transaction)
        try await links.spend(
            of: id, levels: before.openLevels.filter { !after.openLevels.contains($0) }, by: decision.user,
            at: decision.at, in: scope, transaction)
        if case .approved(let at) = after.state {
            try await complete(after, number, at: at, audit: audit, in: scope, transaction)
        } else {
            try await store.save(after, in: scope, transaction)
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

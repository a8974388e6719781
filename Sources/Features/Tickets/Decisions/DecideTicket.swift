import Access
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
            try await decide(id, decision, request.narrowing, from: office, audit: audit, in: scope, transaction)
        }
        return try await find(id, for: user, in: scope)
    }

    /// The one place where an answer takes effect, whatever way it came.
    func decide(
        _ id: TicketID, _ decision: NewDecision, _ narrowing: Narrowing, from office: ApprovalOffice,
        audit: AuditDraft, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard let (number, before) = try await store.lock(id, in: scope, transaction) else {
            throw TicketError.notFound
        }
        audit.target("ticket", id.text, name: "#\(number)")
        guard before.concerns(decision.user) else { throw TicketError.notFound }
        let after = try before.decided(
            by: decision.user, decision.outcome, on: decision.digest, onlyAt: decision.level, narrowing: narrowing,
            at: decision.at)
        guard case .open(let level) = before.state else { throw TicketError.notOpen }
        try await store.insert(decision, on: id, level: level, in: scope, transaction)
        try await links.spend(level: level, of: id, at: decision.at, in: scope, transaction)
        var grant: GrantID?
        if case .approved(let at) = after.state {
            grant = try await give(after, number, at: at, audit: audit, in: scope, transaction)
        }
        try await store.save(after, grant: grant, in: scope, transaction)
        audit.detail("level", .int(Int64(level)))
        audit.detail("outcome", .string(decision.outcome.rawValue))
        audit.detail("channel", .string(decision.channel.rawValue))
        try await audit.write(in: transaction)
        try await outbox.publish(
            TicketEvents.decided(after, number, level: level, at: decision.at), in: scope, transaction)
        if case .open(let next) = after.state {
            try await ask(level: next, of: after, number, from: office, at: decision.at, in: scope, transaction)
        }
    }

    private func give(
        _ ticket: TicketProgress, _ number: Int, at now: Date, audit: AuditDraft, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> GrantID {
        let start = max(ticket.ask.startsAt ?? now, now)
        let grant = NewGrant(
            ticket: ticket.id, name: "Request #\(number)", user: ticket.requester, assets: ticket.ask.assets,
            accounts: ticket.ask.accounts, protocols: ticket.ask.protocols, actions: ticket.ask.actions,
            startsAt: start, endsAt: start.addingTimeInterval(Double(ticket.ask.duration)), createdAt: now)
        try await access.give(grant, in: scope, transaction)
        try await audit.also("grant.created", kind: "grant", id: grant.id.text, name: grant.name, in: transaction)
        return grant.id
    }
}

extension TicketProgress {
    /// Whether the person may know of this request.
    func concerns(_ user: UserID) -> Bool {
        user == requester || approvers.contains { $0.contains(user) }
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

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// Takes a request back before it is decided.
    package func withdraw(
        _ id: TicketID, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Ticket {
        try await database.transaction(in: scope) { transaction in
            guard let (number, before) = try await store.lock(id, in: scope, transaction) else {
                throw TicketError.notFound
            }
            if before.concerns(user) { audit.target("ticket", id.text, name: "#\(number)") }
            if before.requester == user, try !kinds.kind(before.kind).mayBeWithdrawn {
                throw TicketError.cannotWithdraw
            }
            try await withdraw(before, number, by: user, at: now, in: scope, transaction)
            try await audit.write(in: transaction)
        }
        return try await find(id, for: user, at: now, in: scope)
    }

    func withdraw(
        _ ticket: TicketProgress, _ number: Int, by user: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let after = try ticket.withdrawn(by: user, at: now)
        try await store.save(after, in: scope, transaction)
        try await outbox.publish(TicketEvents.withdrawn(after, number, at: now), in: scope, transaction)
        try await wake(after, in: scope, transaction)
    }
}

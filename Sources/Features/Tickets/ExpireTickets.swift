package import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Tickets {
    /// Closes requests whose deadline has passed. Returns how many were looked at; call again while it is 500.
    package func expireDueTickets(at now: Date, trail: AuditLog) async throws -> Int {
        let due = try await store.due(at: now, database)
        for (tenant, ticket) in due {
            let scope = TenantScope(tenant: tenant)
            try await database.transaction(in: scope) { transaction in
                guard let (number, before) = try await store.lock(ticket, in: scope, transaction),
                    let after = before.expired(at: now)
                else { return }
                try await store.save(after, in: scope, transaction)
                try await trail.append(
                    AuditEntry(
                        action: "ticket.expired", actor: .system("expiry"),
                        target: .init("ticket", ticket, "#\(number)"),
                        at: now),
                    in: scope, transaction)
                try await outbox.publish(TicketEvents.closed(after, number, at: now), in: scope, transaction)
            }
        }
        return due.count
    }
}

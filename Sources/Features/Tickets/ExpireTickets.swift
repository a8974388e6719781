package import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Tickets {
    /// Lets time have its way with open requests: reminds, escalates, and ends those whose deadline has passed. Returns how
    /// many were looked at; call again while it is 500.
    package func moveDueTickets(at now: Date, trail: AuditLog) async throws -> Int {
        let due = try await store.due(at: now, database)
        for (tenant, ticket) in due {
            try await move(ticket, at: now, trail: trail, in: TenantScope(tenant: tenant))
        }
        return due.count
    }

    private func move(_ id: TicketID, at now: Date, trail: AuditLog, in scope: TenantScope) async throws {
        let office = try await office(in: scope)
        try await database.transaction(in: scope) { transaction in
            guard let (number, before) = try await store.lock(id, in: scope, transaction), let due = before.due,
                due <= now
            else { return }
            let (after, happenings) = before.ticked(at: now)
            try await store.save(after, in: scope, transaction)
            for happening in happenings {
                try await trail.append(
                    AuditEntry(
                        action: happening.action(after), actor: .system("expiry"),
                        target: .init("ticket", id, "#\(number)"), at: now),
                    in: scope, transaction)
                switch happening {
                case .reminded(let level, let people):
                    try await outbox.publish(
                        TicketEvents.told(
                            TicketEvents.remindedType, after, number, level: level, people, at: now),
                        in: scope, transaction)
                case .escalated(let level, let people):
                    try await outbox.publish(
                        TicketEvents.told(
                            TicketEvents.escalatedType, after, number, level: level, people, at: now),
                        in: scope, transaction)
                    try await send(
                        level: level, to: people, of: after, number, from: office, at: now, in: scope, transaction)
                case .lapsed(let level):
                    try await outbox.publish(
                        TicketEvents.lapsed(after, number, level: level, at: now), in: scope, transaction)
                }
            }
        }
    }
}

extension TicketHappening {
    /// Its name in the trail.
    fileprivate func action(_ after: TicketProgress) -> String {
        switch self {
        case .reminded: "ticket.reminded"
        case .escalated: "ticket.escalated"
        case .lapsed: after.state.word == .expired ? "ticket.expired" : "ticket.lapsed"
        }
    }
}

package import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Tickets {
    /// Lets time have its way with open requests: reminds, escalates, and ends those whose deadline has passed. Returns how
    /// many were looked at; call again while it is 500. One that cannot be moved keeps no other from it.
    package func moveDueTickets(at now: Date, trail: AuditLog) async throws -> Int {
        let due = try await store.due(at: now, database)
        var offices: [TenantID: ApprovalOffice] = [:]
        var failure: (any Error)?
        for (tenant, ticket) in due {
            let scope = TenantScope(tenant: tenant)
            do {
                let office: ApprovalOffice
                if let known = offices[tenant] { office = known } else { office = try await self.office(in: scope) }
                offices[tenant] = office
                try await move(ticket, from: office, at: now, trail: trail, in: scope)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return due.count
    }

    private func move(
        _ id: TicketID, from office: ApprovalOffice, at now: Date, trail: AuditLog, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let (number, before) = try await store.lock(id, in: scope, transaction), let due = before.due,
                due <= now
            else { return }
            let (after, happenings) = before.ticked(at: now)
            try await store.save(after, in: scope, transaction)
            try await wake(after, in: scope, transaction)
            let pairs = try await delegationStore.standIns(
                for: Array(Set(happenings.flatMap(\.people))), at: now, in: scope, transaction)
            for happening in happenings {
                try await trail.append(
                    AuditEntry(
                        action: happening.action(after), actor: .system("expiry"),
                        target: .init("ticket", id, "#\(number)"), at: now),
                    in: scope, transaction)
                try await tell(happening, pairs, of: after, number, from: office, at: now, in: scope, transaction)
            }
        }
    }

    private func tell(
        _ happening: TicketHappening, _ pairs: [(of: UserID, user: UserID)], of ticket: TicketProgress, _ number: Int,
        from office: ApprovalOffice,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        switch happening {
        case .reminded(let level, let people):
            let told = ticket.with(pairs, people)
            try await outbox.publish(
                TicketEvents.told(TicketEvents.remindedType, ticket, number, level: level, told, at: now),
                in: scope, transaction)
        case .escalated(let level, let people):
            let told = ticket.with(pairs, people)
            try await outbox.publish(
                TicketEvents.told(TicketEvents.escalatedType, ticket, number, level: level, told, at: now),
                in: scope, transaction)
            try await send(level: level, to: people, of: ticket, number, from: office, at: now, in: scope, transaction)
        case .lapsed(let level):
            try await outbox.publish(
                TicketEvents.lapsed(ticket, number, level: level, at: now), in: scope, transaction)
        }
    }
}

extension TicketHappening {
    /// Those who are told.
    fileprivate var people: [UserID] {
        switch self {
        case .reminded(_, let people), .escalated(_, let people): people
        case .lapsed: []
        }
    }

    /// Its name in the trail.
    fileprivate func action(_ after: TicketProgress) -> String {
        switch self {
        case .reminded: "ticket.reminded"
        case .escalated: "ticket.escalated"
        case .lapsed: after.state.word == .expired ? "ticket.expired" : "ticket.lapsed"
        }
    }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// The body that hands a seat over for good.
package struct ReassignSeat: WireValue {
    package let level: Int
    /// Whose seat; one's own if absent.
    package let from: UserID?
    package let to: Colleague

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("from", \.from, UserID.schema, note: "One's own if absent; another's takes flows.manage.")
        Field("to", \.to)
    }
}

extension Tickets {
    /// How often the seats of one request are handed over: each time is kept, and read with it wherever it is shown.
    static let mostMoves = 200

    /// Hands the seat of a level over: one's own, or any of a request that lies in `managed`, where the person manages flows.
    /// Who answers somebody who waits at a door is for the rule there to say: another's seat stays where it is.
    /// The person who asks hands nothing over and is handed nothing, under whichever account.
    package func reassign(
        _ id: TicketID, _ request: ReassignSeat, by user: UserID, managed: TenantScope?, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> Ticket {
        let isManager = if let managed { try await store.has(id, in: managed, database) } else { false }
        let office = try await office(in: scope)
        let holder = request.from ?? user
        try await database.transaction(in: scope) { transaction in
            guard let (number, before) = try await store.lock(id, in: scope, transaction) else {
                throw TicketError.notFound
            }
            guard isManager || before.concerns(user) else { throw TicketError.notFound }
            audit.target("ticket", id.text, name: "#\(number)")
            guard isManager || holder == user else { throw TicketError.notYours }
            if holder != user, kinds[before.kind]?.isAwaited ?? false { throw TicketError.seatOfRule }
            guard try await store.countMoves(of: id, in: scope, transaction) < Self.mostMoves else {
                throw TicketError.movedTooOften(most: Self.mostMoves)
            }
            let successor = try await colleague(request.to, at: "/to", in: scope, transaction)
            try await deciders.check([successor.id], at: now, in: scope, transaction)
            let people = try await store.people(
                before.people.union(before.everybodyPlanned).union([user, successor.id]), in: scope, transaction)
            let name = try await links.names(of: [holder], in: scope, transaction).first?.name ?? ""
            let after = try before.reassigned(
                level: request.level, from: holder, to: successor.id, by: user, name: name, among: people, at: now)
            try await store.move(
                level: request.level, of: id, from: holder, to: successor.id, name: name, by: user, at: now, in: scope,
                transaction)
            // Who had it still sees what comes of it.
            try await store.insertCopies([holder], of: id, in: scope, transaction)
            try await store.save(after, in: scope, transaction)
            audit.detail("level", .int(Int64(request.level)))
            audit.detail("from", .string(holder.text))
            audit.detail("to", .string(successor.id.text))
            try await audit.write(in: transaction)
            try await outbox.publish(
                TicketEvents.reassigned(
                    after, number, level: request.level, from: holder, to: successor.id, by: user, at: now),
                in: scope, transaction)
            if after.openLevels.contains(request.level), after[request.level].waitingFor.contains(successor.id) {
                try await send(
                    level: request.level, to: [successor.id], of: after, number, from: office, at: now, in: scope,
                    transaction)
            }
        }
        return try await find(id, for: user, readable: isManager ? managed : nil, at: now, in: scope)
    }
}

extension TicketProgress {
    /// Those of escalations too that are still to come.
    var everybodyPlanned: Set<UserID> {
        Set(levels.flatMap { level in level.plan.seats.map(\.user) + (level.plan.escalation?.seats.map(\.user) ?? []) })
    }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    private static let longest: TimeInterval = 90 * 86_400
    private static let most = 100

    /// What this person has given away and been given.
    package func delegations(of user: UserID, in scope: TenantScope) async throws -> Delegations {
        Delegations(items: try await delegationStore.list(of: user, in: scope, database))
    }

    /// Has somebody answer in this person's seats from now or later on, until an end. It is not passed on: who was asked to
    /// stand in for somebody answers in that person's seats, and nobody else does.
    package func delegate(
        _ request: CreateDelegation, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Delegation {
        let start = max(request.startsAt ?? now, now)
        var errors: [FieldError] = []
        if request.endsAt <= start { errors.append(FieldError(pointer: "/endsAt", message: "must be after the start")) }
        if request.endsAt > now.addingTimeInterval(Self.longest) {
            errors.append(FieldError(pointer: "/endsAt", message: "must be within ninety days"))
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        let id = DelegationID.new(at: now)
        try await database.transaction(in: scope) { transaction in
            let other = try await colleague(request.to, at: "/to", in: scope, transaction)
            let people = try await store.people([user, other.id], in: scope, transaction)
            guard !people.areSame(user, other.id) else {
                throw FieldErrors(errors: [FieldError(pointer: "/to", message: "must be somebody else")])
            }
            guard try await delegationStore.count(of: user, at: now, in: scope, transaction) < Self.most else {
                throw FieldErrors(errors: [
                    FieldError(pointer: "/to", message: "must wait until one of \(Self.most) others has ended")
                ])
            }
            try await delegationStore.insert(
                id, from: user, to: other.id, note: request.note, start, request.endsAt, at: now, in: scope,
                transaction)
            audit.target("delegation", id.text, name: other.name)
            audit.detail("to", .string(other.id.text))
            audit.detail("endsAt", .string(Timestamp.text(request.endsAt)))
            try await audit.write(in: transaction)
            try await outbox.publish(
                DelegationEvents.created(id, from: user, to: other.id, start, request.endsAt, at: now), in: scope,
                transaction)
        }
        return try await delegation(id, of: user, in: scope)
    }

    /// Ends it, for who gave it and for who was given it.
    package func endDelegation(
        _ id: DelegationID, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Delegation {
        try await database.transaction(in: scope) { transaction in
            guard let people = try await delegationStore.end(id, by: user, at: now, in: scope, transaction) else {
                throw TicketError.notFound
            }
            audit.target("delegation", id.text)
            try await audit.write(in: transaction)
            try await outbox.publish(
                DelegationEvents.ended(id, from: people.from, to: people.to, by: user, at: now), in: scope, transaction)
        }
        return try await delegation(id, of: user, in: scope)
    }

    /// One that this person gave or was given.
    package func delegation(
        _ id: DelegationID, of user: UserID, in scope: TenantScope
    ) async throws -> Delegation {
        guard let found = try await delegationStore.find(id, of: user, in: scope, database) else {
            throw TicketError.notFound
        }
        return found
    }

    /// An active person of the company. `place` is where the body names them.
    func colleague(
        _ colleague: Colleague, at place: String, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> TicketPerson {
        guard let found = try await delegationStore.people([colleague], in: scope, transaction)[0] else {
            throw FieldErrors(errors: [FieldError(pointer: place, message: "must be an active person")])
        }
        return found
    }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

extension Access {
    /// Grants or denies access by an administrator's word.
    package func create(
        _ request: CreateGrant, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Grant {
        let grant = NewGrant(request, by: user, at: now)
        guard grant.endsAt.map({ $0 > grant.startsAt && $0 > now }) ?? true else {
            throw FieldErrors(errors: [FieldError(pointer: "/endsAt", message: "must be in the future")])
        }
        try await database.transaction(in: scope) { transaction in
            try await give(grant, in: scope, transaction)
            audit.target("grant", grant.id.text, name: grant.name)
            audit.detail("effect", .string(grant.effect.rawValue))
            try await audit.write(in: transaction)
        }
        return try await find(grant.id, in: scope)
    }

    /// Gives access inside the transaction of whatever decided it, such as a ticket.
    package func give(_ grant: NewGrant, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await grants.insert(grant, in: scope, transaction)
        try await outbox.publish(AccessEvents.created(grant), in: scope, transaction)
    }
}

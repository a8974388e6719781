import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

extension Access {
    /// Takes a grant back at once: the event in the same transaction ends the sessions that stand on it.
    package func revoke(
        _ id: GrantID, _ request: RevokeGrant, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Grant {
        let grant = try await find(id, in: scope)
        try await database.transaction(in: scope) { transaction in
            guard try await revoke(id, because: request.reason, by: user, at: now, in: scope, transaction) else {
                throw AccessError.notActive
            }
            audit.target("grant", id.text, name: grant.name)
            audit.detail("reason", .string(request.reason))
            try await audit.write(in: transaction)
        }
        return try await find(id, in: scope)
    }

    /// The same inside the transaction of whatever decided it; false if it is over already.
    package func revoke(
        _ id: GrantID, because reason: String, by user: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> Bool {
        let isRevoked = try await grants.revoke(id, by: user, reason: reason, at: now, in: scope, transaction)
        guard let isRevoked else { throw AccessError.notFound }
        guard isRevoked else { return false }
        try await outbox.publish(AccessEvents.revoked(id, reason: reason, at: now), in: scope, transaction)
        return true
    }
}

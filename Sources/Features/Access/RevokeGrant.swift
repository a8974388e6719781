import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Access {
    /// Takes a grant back at once: the event in the same transaction ends the sessions that stand on it.
    package func revoke(
        _ id: GrantID, _ request: RevokeGrant, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Grant {
        let grant = try await find(id, in: scope)
        try await database.transaction(in: scope) { transaction in
            let isRevoked = try await grants.revoke(
                id, by: user, reason: request.reason, at: now, in: scope, transaction)
            guard let isRevoked else { throw AccessError.notFound }
            guard isRevoked else { throw AccessError.notActive }
            audit.target("grant", id.text, name: grant.name)
            audit.detail("reason", .string(request.reason))
            try await audit.write(in: transaction)
            try await outbox.publish(AccessEvents.revoked(id, reason: request.reason, at: now), in: scope, transaction)
        }
        return try await find(id, in: scope)
    }
}

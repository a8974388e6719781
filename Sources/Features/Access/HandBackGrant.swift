import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Access {
    /// Gives one's own access from a request back before its end. What others hold, or hold with somebody, or were given
    /// by an administrator is not found.
    package func handBack(
        _ id: GrantID, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> MyGrant {
        try await database.transaction(in: scope) { transaction in
            guard let grant = try await grants.lock(id, in: scope, transaction), grant.holder == user else {
                throw AccessError.notFound
            }
            audit.target("grant", id.text, name: grant.name)
            _ = try grant.life.endedEarly(at: now)
            try await grants.end([id], because: .handedBack, at: now, in: scope, transaction)
            try await audit.write(in: transaction)
            try await outbox.publish(AccessEvents.handedBack(id, by: user, at: now), in: scope, transaction)
        }
        guard let grant = try await grants.held(id, by: user, in: scope, database) else { throw AccessError.notFound }
        return grant
    }
}

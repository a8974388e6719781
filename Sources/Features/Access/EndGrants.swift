import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Access {
    /// Marks grants whose end has come and tells who listens. Decisions do not wait for it: they compare times.
    ///
    /// Returns how many were ended; call again while it is 500.
    package func endDueGrants(at now: Date) async throws -> Int {
        let due = try await grants.due(at: now, database)
        for (tenant, grant) in due {
            let scope = TenantScope(tenant: tenant)
            try await database.transaction(in: scope) { transaction in
                guard try await grants.end(grant, at: now, in: scope, transaction) else { return }
                try await outbox.publish(AccessEvents.ended(grant, at: now), in: scope, transaction)
            }
        }
        return due.count
    }
}

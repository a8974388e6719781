import Cryptography
import FoundationEssentials
import HTTPAPI
import Jobs
import Kernel
import Postgres

/// Replaces a tenant's key and has the secrets follow.
struct RotateTenantKey {
    /// Until every node has forgotten the key before: what they seal with it in the meantime is moved as well.
    static let delay: TimeInterval = 3 * 60

    let database: Database
    let keys: TenantKeys

    func callAsFunction(audit: AuditDraft, at now: Date, in scope: TenantScope) async throws -> TenantKeyID {
        let new = try await keys.prepareNext(in: scope)
        let id = new.key.id
        try await database.transaction(in: scope) { tx in
            try await keys.rotate(to: new, at: now, in: scope, tx)
            audit.target("tenant-key", id.text)
            try await audit.write(in: tx)
            try await JobQueue(database: database).enqueue(
                kind: RewrapSecrets.kind, payload: [:], tenant: scope.tenant, runAt: now + Self.delay, in: tx)
        }
        keys.forget(scope.tenant)
        return id
    }
}

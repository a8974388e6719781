import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Metering
import Postgres

extension Assets {
    /// Removes an asset with its accounts and secrets; live sessions on it end. Recordings and the trail stay.
    package func delete(_ id: AssetID, at now: Date, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let asset = try await store.lock(id, in: scope, transaction) else { throw AssetError.notFound }
            // First, since where an event belongs is looked up with its subject.
            try await outbox.publish(AssetEvents.deleted(asset, at: now), in: scope, transaction)
            try await store.delete(id, in: scope, transaction)
            if asset.state == .active { try await Quotas.give(.assets, in: scope, transaction) }
            audit.target("asset", asset.id.text, name: asset.name.text)
            try await audit.write(in: transaction)
        }
    }
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Metering
import Postgres

extension Assets {
    /// Adds an asset. Its host keys are unknown until they are scanned and pinned.
    package func create(
        _ request: CreateAsset, by arranging: Arranging? = nil, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Asset {
        let asset = Asset(
            id: .new(at: now), name: request.name, platform: request.platform, address: request.address,
            port: request.port, description: request.description, state: .active, nodes: request.nodes,
            labels: request.labels, hostKeys: [], createdAt: now, version: 1)
        return try await database.transaction(in: scope) { transaction in
            var asset = asset
            if let owner = request.owner { asset.owner = try await OwnerStore.find(owner, in: scope, transaction) }
            try await Quotas.take(.assets, in: scope, at: now, transaction)
            try await store.insert(asset, in: scope, transaction)
            // Also without labels: it may stand for a machine that has them as another asset.
            try await ArrangementStore.note(
                arranging, Arranged(owner: asset.owner != nil, rest: true), of: asset.id, at: now, in: scope,
                transaction)
            audit.target("asset", asset.id.text, name: asset.name.text)
            try await audit.write(in: transaction)
            return asset
        }
    }
}

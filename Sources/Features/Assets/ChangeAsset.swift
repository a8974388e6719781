import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Metering
import Postgres

extension Assets {
    /// Changes what the request names, if the version is still the given one.
    package func change(
        _ id: AssetID, to change: ChangeAsset, from version: Int?, by arranging: Arranging? = nil, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> Asset {
        try await database.transaction(in: scope) { transaction in
            guard var asset = try await store.lock(id, in: scope, transaction) else { throw AssetError.notFound }
            guard asset.version == version else { throw AssetError.changed }
            let before = asset
            asset.name = change.name.applied(to: asset.name)
            asset.address = change.address.applied(to: asset.address)
            asset.port = change.port.applied(to: asset.port)
            asset.description = change.description.applied(to: asset.description)
            asset.state = change.state.applied(to: asset.state)
            asset.nodes = change.nodes.applied(to: asset.nodes)
            asset.labels = change.labels.applied(to: asset.labels)
            asset.version += 1
            try await store.update(asset, in: scope, transaction)
            if case .set(let owner) = change.owner {
                asset.owner =
                    if let owner { try await OwnerStore.find(owner, in: scope, transaction) } else { nil }
                try await store.setOwner(of: id, to: asset.owner, in: scope, transaction)
            }
            let said = change.arranged(asset, before, settles: arranging?.looksAfterFlows ?? false)
            try await ArrangementStore.note(arranging, said, of: id, at: now, in: scope, transaction)
            switch (before.state, asset.state) {
            case (.active, .disabled): try await Quotas.give(.assets, in: scope, transaction)
            case (.disabled, .active): try await Quotas.take(.assets, in: scope, at: now, transaction)
            default: break
            }
            audit.target("asset", asset.id.text, name: asset.name.text)
            for difference in asset.differences(from: before) { audit.detail(difference.field, difference.values) }
            try await audit.write(in: transaction)
            if Set(before.nodes) != Set(asset.nodes) {
                try await outbox.publish(AssetEvents.moved(asset, at: now), in: scope, transaction)
            }
            if before.state == .active, asset.state == .disabled {
                try await outbox.publish(AssetEvents.disabled(asset, at: now), in: scope, transaction)
            }
            return asset
        }
    }
}

extension ChangeAsset {
    /// What it says that flows go by: something else than before, or for whoever `settles` it anything. With another
    /// address an asset is another machine, under the labels of the first.
    fileprivate func arranged(_ asset: Asset, _ before: Asset, settles: Bool) -> Arranged {
        guard !settles else { return Arranged(owner: owner.isSet, rest: nodes.isSet || labels.isSet) }
        return Arranged(
            owner: before.owner?.id != asset.owner?.id,
            rest: Set(before.nodes) != Set(asset.nodes) || Set(before.labels) != Set(asset.labels)
                || before.address != asset.address || before.port != asset.port)
    }
}

extension Change {
    var isSet: Bool { if case .set = self { true } else { false } }
}

extension Asset {
    /// What changed, for the trail: before and after.
    func differences(from before: Asset) -> [(field: String, values: JSON)] {
        let pairs: [(String, String, String)] = [
            ("name", before.name.text, name.text), ("address", before.address.text, address.text),
            ("port", String(before.port), String(port)), ("description", before.description, description),
            ("state", before.state.rawValue, state.rawValue),
            ("owner", before.owner?.id.text ?? "", owner?.id.text ?? ""),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { ($0.0, ["before": .string($0.1), "after": .string($0.2)]) }
    }
}

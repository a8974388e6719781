import Assets
import Hosting
import Kernel

/// Assets, as Hosting asks it where something is.
struct GatewayMap: AssetMap {
    let assets: Assets

    func whereabouts(of asset: AssetID, in scope: TenantScope) async throws -> AssetWhereabouts? {
        guard let found = try await assets.whereabouts(of: asset, in: scope) else { return nil }
        return AssetWhereabouts(
            address: found.address.text, nodes: found.nodes,
            labels: found.labels.map { WorkerLabel(key: $0.key, value: $0.value) })
    }
}

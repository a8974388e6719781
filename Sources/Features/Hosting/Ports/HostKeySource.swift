package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What Hosting needs of Assets: the keys by which an asset is known.
package protocol HostKeySource: Sendable {
    /// The keys that an administrator has pinned.
    func pinned(of asset: AssetID, in scope: TenantScope) async throws -> [PinnedHostKey]

    /// A worker saw a key that is not pinned: it is kept for an administrator to look at.
    func seen(_ key: PinnedHostKey, on asset: AssetID, at now: Date, in scope: TenantScope) async throws
}

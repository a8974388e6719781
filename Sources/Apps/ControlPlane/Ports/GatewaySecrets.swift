import Assets
import Cryptography
import FoundationEssentials
import GatewayContract
import Hosting
import Kernel
import Vault

/// Vault, as Hosting asks it for one secret for one session.
struct GatewaySecrets: SecretSource {
    let vault: Vault

    func secret(of account: AccountID, for session: SessionID, in scope: TenantScope) async throws -> AccountSecret? {
        let account = try await vault.find(account, in: scope)
        guard account.hasSecret else { return nil }
        let bytes = try await vault.secret(of: account, in: scope)
        let kind: GrantSecretKind =
            switch account.kind {
            case .password: .password
            case .sshKey: .sshKey
            }
        return AccountSecret(kind: kind, bytes: Redacted(bytes.withBytes { Array($0) }))
    }
}

/// Assets, as Hosting asks it for the keys by which an asset is known.
struct GatewayHostKeys: HostKeySource {
    let assets: Assets

    func pinned(of asset: AssetID, in scope: TenantScope) async throws -> [PinnedHostKey] {
        try await assets.pinnedHostKeys(of: asset, in: scope).map {
            PinnedHostKey(algorithm: $0.algorithm, key: Bytes($0.blob))
        }
    }

    func seen(_ key: PinnedHostKey, on asset: AssetID, at now: Date, in scope: TenantScope) async throws {
        try await assets.report(
            HostPublicKey(algorithm: key.algorithm, blob: key.key.value), of: asset, at: now, in: scope)
    }
}

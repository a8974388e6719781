import FoundationEssentials
import Kernel
import Postgres

/// The SQL of host keys.
struct HostKeyStore: Sendable {
    func add(
        _ key: HostPublicKey, fingerprint: String, to asset: AssetID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            insert into host_keys (tenant_id, host_key_id, asset_id, algorithm, fingerprint, public_key, state, seen_at)
            values (\(scope.tenant), \(HostKeyID.new(at: now)), \(asset), \(key.algorithm), \(fingerprint), \(key.blob),
                'seen', \(now))
            on conflict on constraint host_keys_key_uq do update set seen_at = excluded.seen_at
            """)
    }

    /// Sets the state of one key; returns the asset and the fingerprint, or nil if there is no such key.
    func decide(
        _ id: HostKeyID, _ state: HostKey.State, by user: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> (asset: AssetID, assetName: String, fingerprint: String)? {
        try await transaction.first(
            """
            update host_keys h set state = \(state), decided_by = \(user), decided_at = \(now)
            from assets a
            where h.tenant_id = \(scope.tenant) and h.host_key_id = \(id)
                and a.tenant_id = h.tenant_id and a.asset_id = h.asset_id
            returning h.asset_id, a.name, h.fingerprint
            """
        ) { row in (try row.next(), try row.next(), try row.next()) }
    }

    func pinned(_ asset: AssetID, in scope: TenantScope, _ database: Database) async throws -> [HostPublicKey] {
        try await database.query(
            """
            select algorithm, public_key from host_keys
            where tenant_id = \(scope.tenant) and asset_id = \(asset) and state = 'pinned' order by algorithm
            """, in: scope
        ) { row in HostPublicKey(algorithm: try row.next(), blob: try row.next()) }
    }
}

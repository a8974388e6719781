import Audit
import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Assets {
    /// Asks the asset for its host keys and notes them as seen; an administrator compares and pins.
    package func scanHostKeys(
        of id: AssetID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Asset {
        let asset = try await find(id, in: scope)
        let keys: [HostPublicKey]
        do {
            keys = try await scanner.scan(asset.address, asset.port)
        } catch {
            throw AssetError.unreachable(
                "\(asset.address.text):\(asset.port) did not complete an SSH key exchange. Check address, port and "
                    + "firewall, then scan again.")
        }
        try await database.transaction(in: scope) { transaction in
            for key in keys { try await note(key, of: id, at: now, in: scope, transaction) }
            audit.target("asset", id.text, name: asset.name.text)
            audit.detail("fingerprints", .array(keys.map { .string($0.fingerprint) }))
            try await audit.write(in: transaction)
        }
        return try await find(id, in: scope)
    }

    /// Notes a key that a worker met and that is not pinned.
    package func report(_ key: HostPublicKey, of id: AssetID, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            try await note(key, of: id, at: now, in: scope, transaction)
        }
    }

    /// Trusts a key, or refuses it for good.
    package func decideHostKey(
        _ id: HostKeyID, _ state: HostKey.State, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Asset {
        let asset = try await database.transaction(in: scope) { transaction in
            guard
                let key = try await hostKeys.decide(id, state, by: user, at: now, in: scope, transaction)
            else { throw AssetError.notFound }
            audit.target("asset", key.asset.text, name: key.assetName)
            audit.detail("fingerprint", .string(key.fingerprint))
            try await audit.write(in: transaction)
            return key.asset
        }
        return try await find(asset, in: scope)
    }

    /// The keys that the asset may prove itself with; empty means that nobody can connect.
    package func pinnedHostKeys(of id: AssetID, in scope: TenantScope) async throws -> [HostPublicKey] {
        try await hostKeys.pinned(id, in: scope, database)
    }

    private func note(
        _ key: HostPublicKey, of id: AssetID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await hostKeys.add(key, fingerprint: key.fingerprint, to: id, at: now, in: scope, transaction)
    }
}

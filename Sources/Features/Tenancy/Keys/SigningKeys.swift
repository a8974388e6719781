import Cryptography
import FoundationEssentials
package import Kernel
package import Postgres

/// Makes the key pairs of a tenant, and re-wraps them when the tenant's key is rotated.
package struct SigningKeys: SecretRewrapping {
    static let table = "tenant_signing_keys"

    private let store: TenantKeyStore

    package init(database: Database) {
        store = TenantKeyStore(database: database)
    }

    /// Signs with a new key from now on; the public halves of the old ones stay, for whoever verifies.
    static func renewEvidence(
        with chain: TenantKeyChain, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await TenantKeyStore.retireSigningKey(.evidence, at: now, in: scope, tx)
        try await TenantKeyStore.insert(try evidenceKey(with: chain, at: now), at: now, in: scope, tx)
    }

    static func establish(
        with chain: TenantKeyChain, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let redaction = SealingPrivateKey()
        let id = SigningKeyID.new(at: now)
        let redactionKey = StoredSigningKey(
            id: id, purpose: .redaction, publicKey: redaction.publicKey.bytes,
            sealed: try chain.seal(redaction.reveal().reveal(), table: table, row: id.text, version: 1))
        try await TenantKeyStore.insert(
            try evidenceKey(with: chain, at: now), redactionKey, at: now, in: scope, tx)
    }

    private static func evidenceKey(with chain: TenantKeyChain, at now: Date) throws -> StoredSigningKey {
        let evidence = SigningKey()
        let id = SigningKeyID.new(at: now)
        return StoredSigningKey(
            id: id, purpose: .evidence, publicKey: evidence.verifyingKey.bytes,
            sealed: try chain.seal(evidence.reveal().reveal(), table: table, row: id.text, version: 1))
    }

    package var name: String { Self.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await store.countSealedUnder(others: current, in: scope)
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await store.sealedUnder(others: chain.current.id, limit, in: scope)
        for (id, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: Self.table, row: id.text, version: 1)
            try await store.replace(id, fresh, in: scope)
        }
        return rows.count
    }
}

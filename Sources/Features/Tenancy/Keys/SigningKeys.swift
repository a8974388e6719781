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
        let evidence = SigningKey()
        let id = SigningKeyID.new(at: now)
        try await TenantKeyStore.insert(
            id, .evidence, publicKey: evidence.verifyingKey.bytes,
            try chain.seal(evidence.reveal().reveal(), table: table, row: id.text, version: 1), at: now, in: scope, tx)
    }

    static func establish(
        with chain: TenantKeyChain, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let evidence = SigningKey()
        let evidenceID = SigningKeyID.new(at: now)
        try await TenantKeyStore.insert(
            evidenceID, .evidence, publicKey: evidence.verifyingKey.bytes,
            try chain.seal(evidence.reveal().reveal(), table: table, row: evidenceID.text, version: 1), at: now,
            in: scope, tx)
        let redaction = SealingPrivateKey()
        let redactionID = SigningKeyID.new(at: now)
        try await TenantKeyStore.insert(
            redactionID, .redaction, publicKey: redaction.publicKey.bytes,
            try chain.seal(redaction.reveal().reveal(), table: table, row: redactionID.text, version: 1), at: now,
            in: scope, tx)
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

import Cryptography
package import FoundationEssentials
package import Kernel
package import Postgres

/// The end of tenants: what is to be erased, erasing it, and the proofs.
package struct TenantErasure: Sendable {
    /// The kind of the jobs that erase a tenant.
    package static let job = "tenant.erase"

    let database: Database
    let keys: TenantKeys
    let parts: ErasureParts

    package init(database: Database, keys: TenantKeys, parts: ErasureParts) {
        self.database = database
        self.keys = keys
        self.parts = parts
    }

    /// Tenants that are to be erased now, a hundred at most. Those whose grace period has only just ended get a moment
    /// more: by then everybody has heard that their sessions are over.
    package func due(at now: Date) async throws -> [TenantID] {
        try await TenantStore(database: database).endedGraces(before: now - 15, limit: 100)
    }

    /// Erases a tenant whose grace period is over; may be called again after a crash, and for one that is erased.
    package func erase(_ id: TenantID, clock: @Sendable () -> Date) async throws {
        try await EraseTenant(store: TenantStore(database: database), keys: keys, parts: parts)(id, clock: clock)
    }

    package func status(of id: TenantID, in scope: ProviderScope) async throws -> ErasureStatus {
        guard let status = try await ErasureStore(database: database).status(of: id, in: scope) else {
            throw TenancyError.notFound
        }
        return status
    }

    package var key: ErasureKey { ErasureKey(id: parts.signer.id, publicKey: parts.signer.verifyingKey.text) }
}

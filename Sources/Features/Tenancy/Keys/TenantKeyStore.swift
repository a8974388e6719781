import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// The rows of tenants' keys, wrapped or sealed.
struct TenantKeyStore {
    let database: Database

    /// Every key of the tenant, the current one first.
    func keys(in scope: TenantScope) async throws -> [WrappedTenantKey] {
        try await database.query(
            """
            select tenant_key_id, version, master_key_id, wrapped from tenant_keys
            where tenant_id = \(scope.tenant) order by retired_at is null desc, version desc
            """, in: scope
        ) { row in
            WrappedTenantKey(
                id: try row.next(), tenant: scope.tenant, version: try row.next(), master: try row.next(),
                bytes: try row.next())
        }
    }

    /// The version of the current key, held until the transaction ends; nil if the tenant has none yet.
    static func lockVersion(in scope: TenantScope, _ tx: Transaction) async throws -> Int? {
        try await tx.first(
            """
            select version from tenant_keys where tenant_id = \(scope.tenant) and retired_at is null for update
            """
        ) { try $0.next() }
    }

    static func retireCurrent(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update tenant_keys set retired_at = \(now) where tenant_id = \(scope.tenant) and retired_at is null
            """)
    }

    static func insert(_ key: WrappedTenantKey, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            insert into tenant_keys (tenant_id, tenant_key_id, version, master_key_id, wrapped, created_at)
            values (\(key.tenant), \(key.id), \(key.version), \(key.master), \(key.bytes), \(now))
            """)
    }

    // Keys for evidence and redaction.

    static func insert(
        _ id: SigningKeyID, _ purpose: SigningPurpose, publicKey: [UInt8], _ sealed: SealedValue, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into tenant_signing_keys
              (tenant_id, signing_key_id, purpose, public_key, tenant_key_id, sealed, created_at)
            values (\(scope.tenant), \(id), \(purpose), \(publicKey), \(sealed.tenantKey), \(sealed.bytes), \(now))
            """)
    }

    func sealedCurrent(_ purpose: SigningPurpose, in scope: TenantScope) async throws -> (SigningKeyID, [UInt8])? {
        try await database.first(
            """
            select signing_key_id, sealed from tenant_signing_keys
            where tenant_id = \(scope.tenant) and purpose = \(purpose) and retired_at is null
            """, in: scope
        ) { (try $0.next(), try $0.next()) }
    }

    func publicKeys(_ purpose: SigningPurpose, in scope: TenantScope) async throws -> [StoredPublicKey] {
        try await database.query(
            """
            select public_key, created_at, retired_at from tenant_signing_keys
            where tenant_id = \(scope.tenant) and purpose = \(purpose) order by created_at desc, signing_key_id desc
            """, in: scope
        ) { StoredPublicKey(bytes: try $0.next(), createdAt: try $0.next(), retiredAt: try $0.next()) }
    }

    func sealedUnder(others than: TenantKeyID, _ limit: Int, in scope: TenantScope) async throws -> [(
        SigningKeyID, [UInt8]
    )] {
        try await database.query(
            """
            select signing_key_id, sealed from tenant_signing_keys
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(than) order by signing_key_id limit \(limit)
            """, in: scope
        ) { (try $0.next(), try $0.next()) }
    }

    func replace(_ id: SigningKeyID, _ sealed: SealedValue, in scope: TenantScope) async throws {
        try await database.execute(
            """
            update tenant_signing_keys set tenant_key_id = \(sealed.tenantKey), sealed = \(sealed.bytes)
            where tenant_id = \(scope.tenant) and signing_key_id = \(id)
            """, in: scope)
    }
}

struct StoredPublicKey {
    let bytes: [UInt8]
    let createdAt: Date
    let retiredAt: Date?
}

/// What a tenant's key pair is for.
enum SigningPurpose: String, SQLBindable {
    /// Ed25519, signs receipts.
    case evidence
    /// X25519, to which a worker seals what is masked in a recording.
    case redaction
}

import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// A pair of keys of a tenant, as it is written down.
struct StoredSigningKey {
    let id: SigningKeyID
    let purpose: SigningPurpose
    let publicKey: [UInt8]
    let sealed: SealedValue
}

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

    /// Writes down the first key of a tenant that has none; false if it has one.
    static func insertFirst(
        _ key: WrappedTenantKey, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.execute(
            """
            insert into tenant_keys (tenant_id, tenant_key_id, version, master_key_id, wrapped, created_at)
            select \(scope.tenant)::uuid, \(key.id)::uuid, \(key.version)::int, \(key.master)::text,
              \(key.bytes)::bytea, \(now)::timestamptz
            where not exists (select from tenant_keys where tenant_id = \(scope.tenant))
            on conflict do nothing
            """) == 1
    }

    /// The version of the current key, held until the transaction ends; nil if there is none.
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

    // Under another key at the top.

    /// Every key of the tenant, held until the transaction ends.
    static func lockAll(in scope: TenantScope, _ tx: Transaction) async throws -> [TenantKeyID: String] {
        let rows = try await tx.query(
            "select tenant_key_id, master_key_id from tenant_keys where tenant_id = \(scope.tenant) for update"
        ) { (try $0.next(TenantKeyID.self), try $0.next(String.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    static func replace(_ key: WrappedTenantKey, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update tenant_keys set master_key_id = \(key.master), wrapped = \(key.bytes)
            where tenant_id = \(key.tenant) and tenant_key_id = \(key.id)
            """)
    }

    /// Retired keys that were left before, the oldest first.
    func retired(before: Date, in scope: TenantScope) async throws -> [TenantKeyID] {
        try await database.query(
            """
            select tenant_key_id from tenant_keys
            where tenant_id = \(scope.tenant) and retired_at < \(before) order by version
            """, in: scope
        ) { try $0.next() }
    }

    /// Destroys a retired key, unless anything refers to it; tells whether it is gone.
    func destroy(_ id: TenantKeyID, in scope: TenantScope) async throws -> Bool {
        do {
            return try await database.execute(
                """
                delete from tenant_keys
                where tenant_id = \(scope.tenant) and tenant_key_id = \(id) and retired_at is not null
                """, in: scope) == 1
        } catch let error as DatabaseError where error.sqlState == "23503" {
            return false
        }
    }

    /// All keys of a tenant as its people see them.
    func views(in scope: TenantScope) async throws -> [TenantKeyView] {
        try await database.query(
            """
            select tenant_key_id, version, master_key_id, created_at, retired_at from tenant_keys
            where tenant_id = \(scope.tenant) order by version desc
            """, in: scope
        ) {
            TenantKeyView(
                id: try $0.next(), version: try $0.next(), wrappedBy: try $0.next(), createdAt: try $0.next(),
                retiredAt: try $0.next())
        }
    }

    // Keys for evidence and redaction.

    static func retireSigningKey(
        _ purpose: SigningPurpose, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update tenant_signing_keys set retired_at = \(now)
            where tenant_id = \(scope.tenant) and purpose = \(purpose) and retired_at is null
            """)
    }

    /// Writes one pair down, or two in one statement.
    static func insert(
        _ key: StoredSigningKey, _ other: StoredSigningKey? = nil, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        func row(_ key: StoredSigningKey) -> SQL {
            """
            (\(scope.tenant), \(key.id), \(key.purpose), \(key.publicKey), \(key.sealed.tenantKey),
             \(key.sealed.bytes), \(now))
            """
        }
        let second: SQL = if let other { ", \(fragment: row(other))" } else { "" }
        try await tx.enqueue(
            """
            insert into tenant_signing_keys
              (tenant_id, signing_key_id, purpose, public_key, tenant_key_id, sealed, created_at)
            values \(fragment: row(key))\(fragment: second)
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
            where tenant_id = \(scope.tenant) and purpose = \(purpose)
            order by retired_at is null desc, created_at desc, signing_key_id desc
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

    func countSealedUnder(others than: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            "select count(*) from tenant_signing_keys where tenant_id = \(scope.tenant) and tenant_key_id <> \(than)",
            in: scope
        ) { try $0.next() } ?? 0
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

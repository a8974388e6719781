import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The rows of access keys, and of what signed requests have used up.
enum AccessKeyStore {
    static let table = "access_keys"

    /// What a key is checked by: what both sides know, sealed, or the public half.
    enum Material: Sendable {
        case secret(SealedValue)
        case publicKey([UInt8])
    }

    static func insert(
        _ id: AccessKeyID, _ request: CreateAccessKeyRequest, _ material: Material, of user: UserID, expiresAt: Date,
        madeBy proof: Proof, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let (sealed, publicKey): (SealedValue?, [UInt8]?) =
            switch material {
            case .secret(let sealed): (sealed, nil)
            case .publicKey(let bytes): (nil, bytes)
            }
        try await tx.execute(
            """
            insert into access_keys (tenant_id, access_key_id, user_id, name, algorithm, tenant_key_id, sealed,
              public_key, sources, created_at, expires_at, bound_provider_id)
            values (\(scope.tenant), \(id), \(user), \(request.name), \(request.algorithm), \(sealed?.tenantKey),
              \(sealed?.bytes), \(publicKey), \(request.sources.map(\.text)), \(now), \(expiresAt), \(fragment: proof.boundProvider(in: scope)))
            """)
    }

    static func list(
        of user: UserID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [AccessKey] {
        try await database.query(
            """
            select k.access_key_id, k.name, k.algorithm, k.sources, k.created_at, k.expires_at, k.disabled_at is null,
              k.last_used_at, k.last_used_from
            from access_keys k where k.tenant_id = \(scope.tenant) and k.user_id = \(user) \(page)
            """, in: scope, key)
    }

    private static func key(_ row: inout Row) throws -> AccessKey {
        AccessKey(
            id: try row.next(), name: try row.next(), algorithm: try row.next(), sources: try row.next(),
            createdAt: try row.next(), expiresAt: try row.next(), enabled: try row.next(),
            lastUsedAt: try row.next(), lastUsedFrom: try row.next())
    }

    /// How many keys a person has that have not ended; forgets those that have.
    static func countGood(of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.execute(
            """
            delete from access_keys where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at <= \(now)
            """)
        return try await tx.first(
            "select count(*) from access_keys where tenant_id = \(scope.tenant) and user_id = \(user)"
        ) { try $0.next() } ?? 0
    }

    /// Switches a key on or off; nil if the person has none such.
    static func set(
        enabled: Bool, _ id: AccessKeyID, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> AccessKey? {
        try await tx.first(
            """
            update access_keys k
            set disabled_at = case when \(enabled) then null else coalesce(k.disabled_at, \(now)) end
            where k.tenant_id = \(scope.tenant) and k.user_id = \(user) and k.access_key_id = \(id)
            returning k.access_key_id, k.name, k.algorithm, k.sources, k.created_at, k.expires_at, k.disabled_at is null,
              k.last_used_at, k.last_used_from
            """, key)
    }

    /// Whoever was shut out switches their keys on again themselves, one by one, should they come back.
    static func disableAll(of people: [UserID], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update access_keys set disabled_at = \(now)
            where tenant_id = \(scope.tenant) and user_id = any(\(people)) and disabled_at is null
            """)
    }

    static func remove(
        _ id: AccessKeyID, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from access_keys
            where tenant_id = \(scope.tenant) and user_id = \(user) and access_key_id = \(id) returning name
            """
        ) { try $0.next() }
    }

    static func touch(
        _ id: AccessKeyID, from address: String, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            update access_keys set last_used_at = \(now), last_used_from = \(address)
            where tenant_id = \(scope.tenant) and access_key_id = \(id)
            """, in: scope)
    }

    /// Whether the trail is to tell that a key was refused: once in a while, however often a program tries.
    static func noteRefusal(_ id: AccessKeyID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws
        -> Bool
    {
        let rows = try await tx.execute(
            """
            update access_keys set refused_at = \(now)
            where tenant_id = \(scope.tenant) and access_key_id = \(id)
              and (refused_at is null or refused_at <= \(now - 600))
            """)
        return rows == 1
    }

    /// Uses a nonce up; false if that was done before. It is kept for as long as the request's time would count, and a
    /// while longer, by the clock of the database: nodes have clocks of their own, and one that is ahead forgets nothing for
    /// all others.
    static func use(
        _ nonce: String, of id: AccessKeyID, created: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        let rows = try await database.execute(
            """
            insert into access_key_nonces (tenant_id, access_key_id, nonce_hash, expires_at)
            values (\(scope.tenant), \(id), \(Hash256.of(Array(nonce.utf8)).bytes),
              greatest(\(created)::timestamptz, now()) + make_interval(secs => \(SignatureFacts.skew + 60)))
            on conflict on constraint access_key_nonces_pk do nothing
            """, in: scope)
        return rows == 1
    }
}

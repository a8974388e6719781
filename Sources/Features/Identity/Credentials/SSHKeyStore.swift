import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of people's SSH keys.
enum SSHKeyStore {
    static func list(
        of user: UserID, _ page: PageRequest, within days: Int, at now: Date, in scope: TenantScope,
        _ database: Database
    ) async throws -> [SSHKey] {
        try await database.query(
            """
            select k.ssh_key_id, k.name, k.algorithm, k.fingerprint, k.created_at, k.expires_at, k.disabled_at is null,
              k.last_used_at, \(fragment: KeyHold.expression(within: days, at: now))
            from ssh_keys k
            join users owner on owner.tenant_id = k.tenant_id and owner.user_id = k.user_id
            where k.tenant_id = \(scope.tenant) and k.user_id = \(user) \(page)
            """, in: scope, key)
    }

    private static func key(_ row: inout Row) throws -> SSHKey {
        SSHKey(
            id: try row.next(), name: try row.next(), algorithm: try row.next(), fingerprint: try row.next(),
            createdAt: try row.next(), expiresAt: try row.next(), enabled: try row.next(), lastUsedAt: try row.next(),
            hold: try row.next())
    }

    /// How many keys a person has that have not ended; forgets those that have.
    static func countGood(of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.execute(
            """
            delete from ssh_keys where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at <= \(now)
            """)
        return try await tx.first(
            "select count(*) from ssh_keys where tenant_id = \(scope.tenant) and user_id = \(user)"
        ) { try $0.next() } ?? 0
    }

    static func insert(
        _ key: SSHKey, _ publicKey: SSHPublicKey, of user: UserID, madeBy proof: Proof, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        do {
            try await tx.execute(
                """
                insert into ssh_keys
                  (tenant_id, ssh_key_id, user_id, name, algorithm, fingerprint, public_key, created_at, expires_at,
                   bound_provider_id)
                values (\(scope.tenant), \(key.id), \(user), \(key.name), \(key.algorithm), \(key.fingerprint),
                  \(publicKey.blob), \(key.createdAt), \(key.expiresAt), \(fragment: proof.boundProvider(in: scope)))
                """)
        } catch let error as DatabaseError where error.constraint == "ssh_keys_fingerprint_uq" {
            throw IdentityError.keyTaken
        }
    }

    /// Switches a key on or off; nil if the person has none such.
    static func set(
        enabled: Bool, _ id: SSHKeyID, of user: UserID, within days: Int, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> SSHKey? {
        try await tx.first(
            """
            update ssh_keys k
            set disabled_at = case when \(enabled) then null else coalesce(k.disabled_at, \(now)) end
            from users owner
            where k.tenant_id = \(scope.tenant) and k.user_id = \(user) and k.ssh_key_id = \(id)
              and owner.tenant_id = k.tenant_id and owner.user_id = k.user_id
            returning k.ssh_key_id, k.name, k.algorithm, k.fingerprint, k.created_at, k.expires_at,
              k.disabled_at is null, k.last_used_at, (\(fragment: KeyHold.expression(within: days, at: now)))
            """, key)
    }

    /// Whoever was shut out switches their keys on again themselves, one by one, should they come back.
    static func disableAll(of people: [UserID], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update ssh_keys set disabled_at = \(now)
            where tenant_id = \(scope.tenant) and user_id = any(\(people)) and disabled_at is null
            """)
    }

    static func remove(
        _ id: SSHKeyID, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from ssh_keys where tenant_id = \(scope.tenant) and user_id = \(user) and ssh_key_id = \(id)
            returning name
            """
        ) { try $0.next() }
    }

    /// The active person of this login who has this very key.
    static func owner(
        of key: SSHPublicKey, login: Login, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Person? {
        try await database.first(
            """
            select u.user_id, u.login, u.name, u.email
            from ssh_keys k
            join users u on u.tenant_id = k.tenant_id and u.user_id = k.user_id
            join tenants t on t.tenant_id = k.tenant_id
            where k.tenant_id = \(scope.tenant) and k.fingerprint = \(key.fingerprint) and k.public_key = \(key.blob)
              and u.login = \(login) and u.state = 'active' and t.state in ('trial', 'active')
              and k.disabled_at is null and (k.expires_at is null or k.expires_at > \(now))
            """, in: scope
        ) {
            Person(
                id: try $0.next(), login: try $0.next(), name: try $0.next(), email: try $0.next(), isActive: true)
        }
    }

    /// Those of a person's keys that are good now.
    static func fingerprints(
        of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [String] {
        try await tx.query(
            """
            select fingerprint from ssh_keys
            where tenant_id = \(scope.tenant) and user_id = \(user) and disabled_at is null
              and (expires_at is null or expires_at > \(now))
            """
        ) { try $0.next() }
    }

    /// Notes that a key was used; nil if the person has it no longer, or it is over or switched off.
    static func touch(
        _ fingerprint: String, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> SSHKeyID? {
        try await tx.first(
            """
            update ssh_keys set last_used_at = \(now)
            where tenant_id = \(scope.tenant) and user_id = \(user) and fingerprint = \(fingerprint)
              and disabled_at is null and (expires_at is null or expires_at > \(now))
            returning ssh_key_id
            """
        ) { try $0.next() }
    }
}

import Cryptography
import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// The rows of authorities of makers of passkeys.
enum PasskeyRootStore {
    static func list(
        _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [PasskeyRoot] {
        try await database.query(
            """
            select r.passkey_root_id, r.subject, encode(r.fingerprint, 'hex'), r.expires_at, r.created_at
            from passkey_roots r where r.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) {
            PasskeyRoot(
                id: try $0.next(), subject: try $0.next(), fingerprint: try $0.next(), expiresAt: try $0.next(),
                createdAt: try $0.next())
        }
    }

    /// All of them; what cannot be read any more vouches for nothing.
    static func all(in scope: TenantScope, _ database: Database) async throws -> [AttestationRoot] {
        try await database.query(
            "select certificate from passkey_roots where tenant_id = \(scope.tenant) order by passkey_root_id",
            in: scope
        ) { try? AttestationRoot(der: try $0.next()) }.compactMap { $0 }
    }

    /// Holds the company's roots until the transaction ends, so that there are never more than may be.
    static func count(in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended('passkey-roots ' || \(scope.tenant)::uuid::text, 0))")
        return try await tx.first("select count(*) from passkey_roots where tenant_id = \(scope.tenant)") {
            try $0.next()
        } ?? 0
    }

    /// Whether it was not there yet.
    static func insert(
        _ root: PasskeyRoot, _ certificate: AttestationRoot, by acting: Acting, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            insert into passkey_roots (tenant_id, passkey_root_id, subject, fingerprint, certificate, expires_at,
              created_by, created_at)
            values (\(acting.scope.tenant), \(root.id), \(root.subject), \(certificate.fingerprint.bytes),
              \(certificate.der), \(root.expiresAt), \(acting.user), \(root.createdAt))
            on conflict on constraint passkey_roots_fingerprint_uq do nothing
            returning true
            """
        ) { try $0.next() } ?? false
    }

    /// Whose it was; nil if it is not there.
    static func remove(_ id: PasskeyRootID, in scope: TenantScope, _ tx: Transaction) async throws -> String? {
        try await tx.first(
            """
            delete from passkey_roots where tenant_id = \(scope.tenant) and passkey_root_id = \(id) returning subject
            """
        ) { try $0.next() }
    }
}

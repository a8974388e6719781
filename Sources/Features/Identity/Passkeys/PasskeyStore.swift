import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// A passkey as its check needs it.
struct StoredPasskey {
    let id: PasskeyID
    let user: UserID
    let name: String
    let party: String
    let key: PasskeyPublicKey
    let signCount: Int
    let isBackupEligible: Bool

    var known: AssertionResponse.Known {
        AssertionResponse.Known(
            key: key, signCount: signCount, isBackupEligible: isBackupEligible, userHandle: user.handle)
    }
}

extension UserID {
    /// What authenticators keep of a person: bytes that tell nothing about who it is.
    var handle: [UInt8] { withUnsafeBytes(of: uuid.uuid) { Array($0) } }
}

/// The rows of passkeys.
enum PasskeyStore {
    static func list(
        of user: UserID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [Passkey] {
        try await database.query(
            """
            select p.passkey_id, p.name, p.model, p.is_backup_eligible, p.created_at, p.last_used_at, p.counter_fell_at
            from passkeys p where p.tenant_id = \(scope.tenant) and p.user_id = \(user) \(page)
            """, in: scope
        ) {
            Passkey(
                id: try $0.next(), name: try $0.next(), model: try $0.next(), isSynced: try $0.next(),
                createdAt: try $0.next(), lastUsedAt: try $0.next(), counterFellAt: try $0.next())
        }
    }

    /// A person's passkeys that are good at a host, for the browser to choose from.
    static func descriptors(
        of user: UserID, at party: String, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [PasskeyDescriptor] {
        try await tx.query(
            """
            select credential_id, transports from passkeys
            where tenant_id = \(scope.tenant) and user_id = \(user) and rp_id = \(party) order by passkey_id
            """
        ) { PasskeyDescriptor(id: try $0.next(), transports: try $0.next()) }
    }

    static func count(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            "select count(*) from passkeys where tenant_id = \(scope.tenant) and user_id = \(user)"
        ) { try $0.next() } ?? 0
    }

    static func insert(
        _ id: PasskeyID, _ name: String, _ passkey: NewPasskey, at party: String, of user: UserID,
        transports: [String], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        do {
            try await tx.execute(
                """
                insert into passkeys (tenant_id, passkey_id, user_id, name, rp_id, credential_id, algorithm, public_key,
                  sign_count, model, transports, is_backup_eligible, created_at)
                values (\(scope.tenant), \(id), \(user), \(name), \(party), \(passkey.id),
                  \(passkey.key.algorithm.rawValue), \(passkey.key.bytes), \(passkey.signCount), \(passkey.model),
                  \(transports), \(passkey.isBackupEligible), \(now))
                """)
        } catch let error as DatabaseError where error.constraint == "passkeys_credential_uq" {
            throw IdentityError.keyTaken
        }
    }

    /// Holds the row until the transaction ends: of two answers with one counter one counts.
    static func lock(
        credential: [UInt8], in scope: TenantScope, _ tx: Transaction
    ) async throws -> StoredPasskey? {
        try await tx.first(
            """
            select passkey_id, user_id, name, rp_id, algorithm, public_key, sign_count, is_backup_eligible
            from passkeys where tenant_id = \(scope.tenant) and credential_id = \(credential) for update
            """
        ) { row in
            let (id, user): (PasskeyID, UserID) = (try row.next(), try row.next())
            let (name, party): (String, String) = (try row.next(), try row.next())
            let algorithm = PasskeyAlgorithm(rawValue: try row.next()) ?? .es256
            return StoredPasskey(
                id: id, user: user, name: name, party: party,
                key: PasskeyPublicKey(algorithm: algorithm, bytes: try row.next()), signCount: try row.next(),
                isBackupEligible: try row.next())
        }
    }

    static func use(
        _ id: PasskeyID, count: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update passkeys set sign_count = \(count), last_used_at = \(now)
            where tenant_id = \(scope.tenant) and passkey_id = \(id)
            """)
    }

    static func noteFallenCounter(
        _ id: PasskeyID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update passkeys set counter_fell_at = \(now)
            where tenant_id = \(scope.tenant) and passkey_id = \(id)
            """)
    }

    static func remove(
        _ id: PasskeyID, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from passkeys where tenant_id = \(scope.tenant) and user_id = \(user) and passkey_id = \(id)
            returning name
            """
        ) { try $0.next() }
    }

    static func removeAll(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from passkeys where tenant_id = \(scope.tenant) and user_id = \(user)")
    }
}

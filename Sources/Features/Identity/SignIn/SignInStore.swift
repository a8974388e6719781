import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// A sign-in under way, with its row and its person.
struct StoredSignIn {
    let id: SignInID
    let user: UserID
    let state: SignIn
    /// By which link of the person's own making they came; it vouches for nothing.
    let bound: IdentityProviderID?
}

/// The rows of sign-ins that wait for their next step.
enum SignInStore {
    private static let columns: SQL = """
        select sign_in_id, user_id, stage, second_factor_at, second_factor_by, tries, expires_at, identity_provider_id,
          by_key, by_link, bound_provider_id
        from sign_ins
        """

    private static func signIn(_ row: inout Row) throws -> StoredSignIn {
        let (id, user): (SignInID, UserID) = (try row.next(), try row.next())
        let state = SignIn(
            stage: try row.next(), secondFactorAt: try row.next(), by: try row.next(), tries: try row.next(),
            expiresAt: try row.next(), provider: try row.next(), byKey: try row.next(), byLink: try row.next())
        return StoredSignIn(id: id, user: user, state: state, bound: try row.next())
    }

    static func find(_ token: String, in scope: TenantScope, _ database: Database) async throws -> StoredSignIn? {
        try await database.first(
            """
            \(fragment: columns) where tenant_id = \(scope.tenant) and token_hash = \(RandomToken.hash(of: token).bytes)
            """, in: scope, signIn)
    }

    /// Holds the row until the transaction ends: two requests with one token come one after the other.
    static func lock(_ token: String, in scope: TenantScope, _ tx: Transaction) async throws -> StoredSignIn? {
        let hash = RandomToken.hash(of: token).bytes
        try await holdPerson(of: hash, in: scope, tx)
        return try await tx.first(
            """
            \(fragment: columns)
            where tenant_id = \(scope.tenant) and token_hash = \(hash) for update
            """, signIn)
    }

    /// Holds whose sign-in it is until the transaction ends. That comes before the row itself: whoever ends a person's sign-ins
    /// has the person, and waits for the rows.
    static func holdPerson(of hash: [UInt8], in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            """
            select from users where tenant_id = \(scope.tenant) and user_id = (
              select s.user_id from sign_ins s where s.tenant_id = \(scope.tenant) and s.token_hash = \(hash))
            for no key update
            """)
    }

    static func insert(
        _ signIn: SignIn, id: SignInID? = nil, of user: UserID, token: RandomToken, bound: IdentityProviderID? = nil,
        from address: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            insert into sign_ins
              (tenant_id, sign_in_id, token_hash, user_id, stage, second_factor_at, second_factor_by, tries, client_address,
               expires_at, identity_provider_id, by_key, by_link, bound_provider_id)
            values (\(scope.tenant), \(id ?? SignInID.new(at: now)), \(token.hash.bytes), \(user), \(signIn.stage),
              \(signIn.secondFactorAt), \(signIn.secondFactorBy), \(signIn.tries), \(address), \(signIn.expiresAt),
              \(signIn.provider), \(signIn.byKey), \(signIn.byLink), \(bound))
            """)
    }

    static func update(
        _ id: SignInID, to signIn: SignIn, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            update sign_ins set stage = \(signIn.stage), second_factor_at = \(signIn.secondFactorAt),
              second_factor_by = \(signIn.secondFactorBy), tries = \(signIn.tries), expires_at = \(signIn.expiresAt)
            where tenant_id = \(scope.tenant) and sign_in_id = \(id)
            """)
    }

    static func remove(_ id: SignInID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from sign_ins where tenant_id = \(scope.tenant) and sign_in_id = \(id)")
    }

    /// Ends every sign-in, invitation, link and temporary password of a person.
    static func removeAll(
        of user: UserID, except kept: SignInID? = nil, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from sign_ins
            where tenant_id = \(scope.tenant) and user_id = \(user) and sign_in_id is distinct from \(kept)
            """)
        // Also what waits for the answer to a question, at a terminal or a gateway.
        try await tx.enqueue("delete from identity_challenges where tenant_id = \(scope.tenant) and user_id = \(user)")
        try await TemporaryPasswordStore.remove(user, in: scope, tx)
        try await SignInLinkStore.revokeAll(of: [user], in: scope, tx)
        // One that was confirmed lets somebody in as well.
        try await tx.enqueue("delete from device_links where tenant_id = \(scope.tenant) and user_id = \(user)")
    }
}

extension SignIn.Stage: SQLBindable, SQLDecodable {}

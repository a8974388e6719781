import Cryptography
import FoundationEssentials
import Identity
import Kernel
import Postgres

/// A sign-in under way, with its row and its operator.
struct StoredOperatorSignIn {
    let id: SignInID
    let `operator`: ProviderOperatorID
    let state: SignIn
}

/// The rows of operators' sign-ins that wait for their next step.
enum OperatorSignInStore {
    private static let columns: SQL = """
        select sign_in_id, operator_id, stage, second_factor_at, tries, expires_at from provider_sign_ins
        """

    private static func signIn(_ row: inout Row) throws -> StoredOperatorSignIn {
        let (id, person): (SignInID, ProviderOperatorID) = (try row.next(), try row.next())
        let stage = try row.next(String.self)
        guard let stage = SignIn.Stage(rawValue: stage) else { throw IdentityError.signInExpired }
        return StoredOperatorSignIn(
            id: id, operator: person,
            state: SignIn(
                stage: stage, secondFactorAt: try row.next(), tries: try row.next(), expiresAt: try row.next()))
    }

    static func find(_ token: String, _ database: Database) async throws -> StoredOperatorSignIn? {
        try await database.first(
            "\(fragment: columns) where token_hash = \(RandomToken.hash(of: token).bytes)", in: ProviderScope(), signIn)
    }

    /// Holds the row until the transaction ends: two requests with one token come one after the other.
    static func lock(_ token: String, _ tx: Transaction) async throws -> StoredOperatorSignIn? {
        try await tx.first(
            "\(fragment: columns) where token_hash = \(RandomToken.hash(of: token).bytes) for update", signIn)
    }

    static func insert(
        _ signIn: SignIn, of id: ProviderOperatorID, token: RandomToken, from address: String?, at now: Date,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into provider_sign_ins
              (sign_in_id, token_hash, operator_id, stage, second_factor_at, tries, client_address, expires_at)
            values (\(SignInID.new(at: now)), \(token.hash.bytes), \(id), \(signIn.stage.rawValue),
              \(signIn.secondFactorAt), \(signIn.tries), \(address), \(signIn.expiresAt))
            """)
    }

    static func update(_ id: SignInID, to signIn: SignIn, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provider_sign_ins set stage = \(signIn.stage.rawValue), second_factor_at = \(signIn.secondFactorAt),
              tries = \(signIn.tries), expires_at = \(signIn.expiresAt)
            where sign_in_id = \(id)
            """)
    }

    static func remove(_ id: SignInID, _ tx: Transaction) async throws {
        try await tx.execute("delete from provider_sign_ins where sign_in_id = \(id)")
    }

    /// Ends every sign-in and invitation of an operator.
    static func removeAll(of id: ProviderOperatorID, _ tx: Transaction) async throws {
        try await tx.execute("delete from provider_sign_ins where operator_id = \(id)")
    }
}

import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// What somebody at a terminal has proven who waits for the word of somebody else. It is a sign-in under way like those of
/// browsers, so that whatever ends a person's sign-ins ends it too.
struct StandingDirectProof {
    let id: SignInID
    let user: UserID
    let shown: ShownFactor?
    let provider: IdentityProviderID?

    /// Under which name those are asked who may agree.
    static func key(_ attempt: String) -> String { "cli \(RandomToken.hash(of: attempt).hex)" }

    /// Hashed twice: nobody can type what has this hash, so it is no token of a sign-in in a browser.
    private static func hash(_ attempt: String) -> [UInt8] {
        Hash256.of(RandomToken.hash(of: "cli \(attempt)").bytes).bytes
    }

    /// Whoever shows it all again is as good as they showed it last.
    static func keep(
        _ proof: DirectProof, _ attempt: String, from address: String?, until end: Date, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sign_ins
              (tenant_id, sign_in_id, token_hash, user_id, stage, second_factor_at, second_factor_by, client_address,
               expires_at, identity_provider_id)
            values (\(scope.tenant), \(SignInID.new(at: now)), \(hash(attempt)), \(proof.account.id), 'review',
              \(proof.shown?.at), \(proof.shown?.by), \(address), \(end), \(proof.provider))
            on conflict (tenant_id, token_hash) do update set
              second_factor_at = excluded.second_factor_at, second_factor_by = excluded.second_factor_by,
              client_address = excluded.client_address, expires_at = excluded.expires_at,
              identity_provider_id = excluded.identity_provider_id
            where sign_ins.user_id = excluded.user_id
            """)
    }

    /// What still stands of it, held until the transaction ends.
    static func lock(
        _ attempt: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> StandingDirectProof? {
        let hash = hash(attempt)
        try await SignInStore.holdPerson(of: hash, in: scope, tx)
        return try await tx.first(
            """
            select sign_in_id, user_id, second_factor_at, second_factor_by, identity_provider_id from sign_ins
            where tenant_id = \(scope.tenant) and token_hash = \(hash) and expires_at > \(now) for update
            """
        ) { row in
            let (id, user): (SignInID, UserID) = (try row.next(), try row.next())
            let (at, by): (Date?, ProvenFactor?) = (try row.next(), try row.next())
            var shown: ShownFactor?
            if let at, let by { shown = ShownFactor(at: at, by: by) }
            return StandingDirectProof(id: id, user: user, shown: shown, provider: try row.next())
        }
    }
}

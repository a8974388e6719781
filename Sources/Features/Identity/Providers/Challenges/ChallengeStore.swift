import Cryptography
import FoundationEssentials
import Kernel
import Outbound
import Postgres

/// A challenge as it was stored.
struct StoredChallenge {
    let id: SignInID
    let challenge: ProviderChallenge
    let server: HostPort
    let sealedState: [UInt8]
}

/// The rows of sign-ins that wait for the answer to a provider's question.
enum ChallengeStore {
    /// The table, which every sealed state is bound to.
    static let table = "identity_challenges"

    /// Takes the row away, if there is one: an answer counts once.
    static func take(_ key: ChallengeKey, in scope: TenantScope, _ tx: Transaction) async throws -> StoredChallenge? {
        let row: StoredChallenge?? = try await tx.first(
            """
            delete from identity_challenges
            where tenant_id = \(scope.tenant) and token_hash = \(key.hash)
            returning sign_in_id, identity_provider_id, login, user_id, round, expires_at, server, sealed_state,
              after_provider_id
            """
        ) { row in
            let id: SignInID = try row.next()
            let provider: IdentityProviderID = try row.next()
            let login: String = try row.next()
            let user: UserID? = try row.next()
            let round: Int = try row.next()
            let expiresAt: Date = try row.next()
            let server: String = try row.next()
            let state: [UInt8] = try row.next()
            let after: IdentityProviderID? = try row.next()
            return Login(login).flatMap { login in
                (try? HostPort(parsing: server)).map { server in
                    StoredChallenge(
                        id: id,
                        challenge: ProviderChallenge(
                            provider: provider, login: login, user: user, round: round, expiresAt: expiresAt,
                            after: after),
                        server: server, sealedState: state)
                }
            }
        }
        return row ?? nil
    }

    static func insert(
        _ stored: StoredChallenge, under key: ChallengeKey, from address: String?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        let challenge = stored.challenge
        try await tx.execute(
            """
            insert into identity_challenges
              (tenant_id, sign_in_id, token_hash, identity_provider_id, login, user_id, server, sealed_state, round,
               client_address, created_at, expires_at, after_provider_id)
            values (\(scope.tenant), \(stored.id), \(key.hash), \(challenge.provider), \(challenge.login),
              \(challenge.user), \(stored.server.description), \(stored.sealedState), \(challenge.round), \(address),
              \(now), \(challenge.expiresAt), \(challenge.after))
            """)
    }

    /// Whose question is open there, and who showed their first step. What a provider showed that is switched off meanwhile
    /// opens nothing.
    static func open(
        _ key: ChallengeKey, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (user: UserID, after: IdentityProviderID?)? {
        let found = try await tx.first(
            """
            select c.user_id, c.after_provider_id from identity_challenges c
            where c.tenant_id = \(scope.tenant) and c.token_hash = \(key.hash) and c.expires_at > \(now)
              and (c.after_provider_id is null or exists (
                select from identity_providers p
                where p.tenant_id = c.tenant_id and p.identity_provider_id = c.after_provider_id and p.enabled))
            """
        ) { (user: try $0.next(UserID?.self), after: try $0.next(IdentityProviderID?.self)) }
        return found.flatMap { found in found.user.map { ($0, found.after) } }
    }

    /// Ends every sign-in that waits at a gateway's connection or a token; used before another one begins there.
    static func remove(_ key: ChallengeKey, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from identity_challenges where tenant_id = \(scope.tenant) and token_hash = \(key.hash)")
    }
}

import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// The rows of sign-ins that are at a provider.
enum BrowserAttemptStore {
    /// What one company's visitors may have under way. More can only be somebody who fills the table.
    static let most = 10_000
    /// And those of one network, so that others still come in.
    static let mostOfNetwork = 1000

    /// Throws `IdentityError.busy` if there are too many.
    static func insert(
        state: String, browser: String, provider: IdentityProviderID, traveller: BrowserTraveller,
        returnTo: ReturnPath?, from address: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let network = SourceAddress.network(of: address)
        let isFree = try await tx.first(
            """
            select (
                select count(*) from (
                  select from browser_sign_ins
                  where tenant_id = \(scope.tenant) and expires_at > \(now) limit \(most)) s) < \(most)
              and (
                select count(*) from (
                  select from browser_sign_ins
                  where tenant_id = \(scope.tenant) and network = \(network) and expires_at > \(now)
                  limit \(mostOfNetwork)) s) < \(mostOfNetwork)
            """
        ) { try $0.next(Bool.self) }
        guard isFree == true else { throw IdentityError.busy }
        try await tx.execute(
            """
            insert into browser_sign_ins
              (tenant_id, state_hash, browser_hash, identity_provider_id, tester_id, web_session_id,
               return_path, network, expires_at)
            values (\(scope.tenant), \(RandomToken.hash(of: state).bytes), \(RandomToken.hash(of: browser).bytes),
              \(provider), \(traveller.person), \(traveller.session), \(returnTo?.text), \(network),
              \(now + BrowserAttempt.lifetime))
            """)
    }

    /// Takes an attempt away, so that it counts once: of this browser, at this provider, begun by the same person or by
    /// nobody in particular. What was kept with it counts only for who knows the code that went with it.
    static func take(
        state: String, code: String?, browser: String, provider: IdentityProviderID, traveller: BrowserTraveller,
        at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> TakenAttempt? {
        let taken = try await database.first(
            """
            delete from browser_sign_ins
            where tenant_id = \(scope.tenant) and state_hash = \(RandomToken.hash(of: state).bytes)
              and browser_hash = \(RandomToken.hash(of: browser).bytes) and identity_provider_id = \(provider)
              and tester_id is not distinct from \(traveller.person)
              and web_session_id is not distinct from \(traveller.session)
              and (code_hash is null or code_hash = \(code.map { RandomToken.hash(of: $0).bytes }))
            returning return_path, expires_at, outcome
            """, in: scope
        ) { row in
            let (path, expiresAt): (String?, Date) = (try row.next(), try row.next())
            let outcome: JSON? = try row.next()
            return (path: path, expiresAt: expiresAt, kept: outcome.flatMap { try? KeptTrial.schema.parse($0) })
        }
        guard let taken, now < taken.expiresAt else { return nil }
        return TakenAttempt(
            returnTo: taken.path.flatMap { try? ReturnPath(parsing: $0) }, trial: taken.kept?.trial)
    }

    /// Whether an attempt is at the provider, and nothing has come of it yet.
    static func isAway(
        _ state: String, at provider: IdentityProviderID, now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        try await database.first(
            """
            select true from browser_sign_ins
            where tenant_id = \(scope.tenant) and state_hash = \(RandomToken.hash(of: state).bytes)
              and identity_provider_id = \(provider) and outcome is null and expires_at > \(now)
            """, in: scope
        ) { try $0.next(Bool.self) } ?? false
    }

    /// Keeps what a provider had a browser bring ahead of itself, the first time and for a minute.
    ///
    /// The browser that brought it may be another than the one that began: somebody may send others to the provider with
    /// an attempt of their own. So it gets a code, without which the attempt does not go on.
    static func keep(
        _ outcome: KeptTrial, of state: String, code: RandomToken, at provider: IdentityProviderID, now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let json = try JSONParser.parse(KeptTrial.schema.bytes(of: outcome))
        try await tx.execute(
            """
            update browser_sign_ins set outcome = \(json), code_hash = \(code.hash.bytes),
              expires_at = least(expires_at, \(now + 60))
            where tenant_id = \(scope.tenant) and state_hash = \(RandomToken.hash(of: state).bytes)
              and identity_provider_id = \(provider) and outcome is null
            """)
    }
}

/// Who leaves with a browser, and has to be the one who comes back.
enum BrowserTraveller: Sendable {
    /// To sign in: nobody yet.
    case visitor
    /// To try the provider out.
    case tester(UserID)
    /// To bind an account there, in this session.
    case owner(UserID, WebSessionID)

    var person: UserID? {
        switch self {
        case .visitor: nil
        case .tester(let user), .owner(let user, _): user
        }
    }
    var session: WebSessionID? { if case .owner(_, let session) = self { session } else { nil } }
}

/// An attempt that has come back, and cannot come back again.
struct TakenAttempt: Sendable {
    let returnTo: ReturnPath?
    /// What the provider has said already, if it does not wait for the browser to come back.
    let trial: BrowserTrial?
}

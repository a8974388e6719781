import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// What somebody at a gateway has proven and goes on from, with the next answer or once somebody has agreed. It is a sign-in
/// under way like those of browsers, so that whatever ends a person's sign-ins ends it too: what was proven before counts for
/// nothing then.
struct StandingProof {
    let id: SignInID
    let first: First
    /// The second factor that was shown; nil where none was asked for.
    let factor: ProvenFactor?

    /// By what it began.
    enum First: Hashable {
        case password, passwordAtProvider
        /// With the fingerprint of the key.
        case key(String)
        case browser, browserByProvider

        fileprivate var text: String {
            switch self {
            case .password: "password"
            case .passwordAtProvider: "password-at-provider"
            case .key(let fingerprint): "key \(fingerprint)"
            case .browser: "browser"
            case .browserByProvider: "browser-by-provider"
            }
        }

        /// Hashed twice: nobody can type what has this hash, so it is no token of a sign-in in a browser.
        fileprivate func hash(_ attempt: String) -> [UInt8] {
            Hash256.of(RandomToken.hash(of: "gateway \(attempt) \(text)").bytes).bytes
        }
    }

    static func keep(
        _ first: First, _ factor: ProvenFactor? = nil, of user: UserID, attempt: String, from address: String,
        until end: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sign_ins
              (tenant_id, sign_in_id, token_hash, user_id, stage, second_factor_at, second_factor_by, client_address,
               expires_at)
            values (\(scope.tenant), \(SignInID.new(at: now)), \(first.hash(attempt)), \(user), 'review',
              \(factor == nil ? nil : now), \(factor), \(address), \(end))
            on conflict (tenant_id, token_hash) do update set
              second_factor_at = coalesce(excluded.second_factor_at, sign_ins.second_factor_at),
              second_factor_by = coalesce(excluded.second_factor_by, sign_ins.second_factor_by),
              expires_at = excluded.expires_at
            """)
    }

    /// What still stands of it. Of keys only one counts that the person has by now.
    static func find(
        _ way: GatewayWay, of user: UserID, attempt: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> StandingProof? {
        let firsts: [First] =
            switch way {
            case .password, .passwordAtProvider: [.password, .passwordAtProvider]
            case .publicKey(let blob): [.key(try SSHPublicKey(blob: blob).fingerprint)]
            case .publicKeyAndCode:
                try await SSHKeyStore.fingerprints(of: user, at: now, in: scope, tx).map(First.key)
            case .browser, .browserByProvider: [.browser, .browserByProvider]
            }
        let named = Dictionary(firsts.map { ($0.hash(attempt), $0) }, uniquingKeysWith: { first, _ in first })
        return try await tx.first(
            """
            select sign_in_id, token_hash, second_factor_by from sign_ins
            where tenant_id = \(scope.tenant) and user_id = \(user) and token_hash = any(\(Array(named.keys)))
              and expires_at > \(now) for update
            """
        ) { row in
            let (id, hash): (SignInID, [UInt8]) = (try row.next(), try row.next())
            return StandingProof(id: id, first: named[hash] ?? .password, factor: try row.next())
        }
    }
}

extension GatewayWay {
    /// The way of somebody whose proof this is, who was a provider's or not.
    func resumed(from proof: StandingProof) -> GatewayWay {
        switch proof.first {
        case .passwordAtProvider: .passwordAtProvider
        case .browserByProvider: .browserByProvider
        case .password, .key, .browser: self
        }
    }
}

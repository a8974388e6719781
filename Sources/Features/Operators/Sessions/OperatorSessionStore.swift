import Cryptography
import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Postgres

extension Cookie {
    static let operatorSessionName = "provider-session"

    /// Strict: nothing outside of the console leads into it.
    static func operatorSession(_ token: RandomToken) -> Cookie {
        Cookie(
            operatorSessionName, token.text.reveal(), maxAge: Int(OperatorSessionStore.longest), sameSite: .strict)
    }
}

/// The rows of operators' browsers.
enum OperatorSessionStore {
    /// After so much silence a session is over.
    static let idle: TimeInterval = 3600
    static let longest: TimeInterval = 12 * 3600

    static func insert(
        _ id: ProviderSessionID, of person: ProviderOperatorID, token: RandomToken, secondFactorAt: Date,
        _ request: RequestFacts, at now: Date, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into provider_sessions (provider_session_id, operator_id, token_hash, created_at, last_seen_at,
              rotated_at, expires_at, second_factor_at, client_address, user_agent)
            values (\(id), \(person), \(token.hash.bytes), \(now), \(now), \(now), \(now + OperatorSessionStore.longest),
              \(secondFactorAt), \(request.clientAddress), \(request.userAgent))
            """)
    }

    static func list(
        of person: ProviderOperatorID, _ page: PageRequest, current: ProviderSessionID?, _ database: Database
    ) async throws -> [OperatorSession] {
        try await database.query(
            """
            select s.provider_session_id, s.created_at, s.last_seen_at, s.expires_at, s.client_address, s.user_agent,
              s.provider_session_id is not distinct from \(current)
            from provider_sessions s where s.operator_id = \(person) \(page)
            """, in: ProviderScope()
        ) {
            OperatorSession(
                id: try $0.next(), createdAt: try $0.next(), lastSeenAt: try $0.next(), expiresAt: try $0.next(),
                clientAddress: try $0.next(), userAgent: try $0.next(), current: try $0.next())
        }
    }

    static func secondFactorAt(_ id: ProviderSessionID?, _ database: Database) async throws -> Date? {
        try await database.first(
            "select second_factor_at from provider_sessions where provider_session_id = \(id)", in: ProviderScope()
        ) { try $0.next() }
    }

    static func setSecondFactor(_ id: ProviderSessionID?, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            "update provider_sessions set second_factor_at = \(now) where provider_session_id = \(id)")
    }

    static func end(_ id: ProviderSessionID, of person: ProviderOperatorID, _ tx: Transaction) async throws -> Bool {
        try await tx.execute(
            "delete from provider_sessions where operator_id = \(person) and provider_session_id = \(id)") == 1
    }

    /// Signs an operator out everywhere, or everywhere else.
    static func endAll(
        of person: ProviderOperatorID, except kept: ProviderSessionID? = nil, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from provider_sessions
            where operator_id = \(person) and provider_session_id is distinct from \(kept)
            """)
    }

    /// Gives the session another token, unless a request beside this one has just done so.
    static func rotate(
        _ id: ProviderSessionID, from old: [UInt8], to token: RandomToken, at now: Date, _ database: Database
    ) async throws -> Bool {
        try await database.execute(
            """
            update provider_sessions set token_hash = \(token.hash.bytes), previous_token_hash = token_hash,
              rotated_at = \(now), last_seen_at = \(now)
            where provider_session_id = \(id) and token_hash = \(old)
            """, in: ProviderScope()) == 1
    }

    static func touch(_ id: ProviderSessionID, at now: Date, _ database: Database) async throws {
        try await database.execute(
            """
            update provider_sessions set last_seen_at = \(now)
            where provider_session_id = \(id) and last_seen_at < \(now)
            """, in: ProviderScope())
    }
}

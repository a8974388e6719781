import Cryptography
import FoundationEssentials
import Geolocation
import HTTPAPI
import Kernel
import Postgres

extension Cookie {
    static let webSessionName = "gatehouse"

    static func webSession(_ token: RandomToken, lasting seconds: TimeInterval) -> Cookie {
        Cookie(webSessionName, token.text.reveal(), maxAge: Int(seconds))
    }
}

/// The rows of signed-in browsers.
enum WebSessionStore {
    static func insert(
        _ id: WebSessionID, of user: UserID, token: RandomToken, lasting seconds: TimeInterval, shown: ShownFactor?,
        exemptAfter: SessionExemption?, device: [UInt8]?, bound: IdentityProviderID?,
        isByProvider: Bool, _ request: RequestFacts,
        from place: Place?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            insert into web_sessions (tenant_id, web_session_id, user_id, token_hash, created_at, last_seen_at,
              rotated_at, expires_at, second_factor_at, second_factor_by, exempt_after, device_hash,
              bound_provider_id, by_provider, client_address, user_agent, place)
            values (\(scope.tenant), \(id), \(user), \(token.hash.bytes), \(now), \(now), \(now),
              \(now + seconds), \(shown?.at), \(shown?.by), \(exemptAfter), \(device), \(bound), \(isByProvider),
              \(request.clientAddress), \(request.userAgent), \(place?.json)::jsonb)
            """)
    }

    static func revokeAll(
        of user: UserID, except id: WebSessionID?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from web_sessions
            where tenant_id = \(scope.tenant) and user_id = \(user) and web_session_id is distinct from \(id)
            """)
    }

    /// Ends the browsers of a person that have shown no second factor, and the tokens of a command line that has not.
    static func revokeExempt(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from api_tokens
            where tenant_id = \(scope.tenant) and user_id = \(user) and exempt_after is not null
            """)
        try await tx.execute(
            """
            delete from web_sessions
            where tenant_id = \(scope.tenant) and user_id = \(user) and second_factor_at is null
            """)
    }

    static func revoke(
        _ id: WebSessionID, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            delete from web_sessions
            where tenant_id = \(scope.tenant) and user_id = \(user) and web_session_id = \(id)
            """)
        return rows == 1
    }

    /// Ends the sessions of a person, or one of them; the browser is told why when it asks again.
    static func end(
        of user: UserID, only id: WebSessionID? = nil, because reason: WebSessionEnd, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update web_sessions set revoked_at = \(now), ended_because = \(reason)
            where tenant_id = \(scope.tenant) and user_id = \(user) and revoked_at is null
              and web_session_id = coalesce(\(id), web_session_id)
            """)
    }

    static func owner(of id: WebSessionID, in scope: TenantScope, _ tx: Transaction) async throws -> UserID? {
        try await tx.first(
            """
            select user_id from web_sessions
            where tenant_id = \(scope.tenant) and web_session_id = \(id) and revoked_at is null
            """
        ) { try $0.next() }
    }

    /// Browsers that were seen after `start`, and whose time is not over.
    static func online(
        _ page: PageRequest, since start: Date, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [OnlineSession] {
        try await database.query(
            """
            select s.web_session_id, s.user_id, u.login, u.name, s.created_at, s.last_seen_at, s.expires_at,
              s.client_address, s.user_agent, s.place
            from web_sessions s join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
            where s.tenant_id = \(scope.tenant) and s.revoked_at is null and s.last_seen_at > \(start)
              and s.expires_at > \(now) \(page)
            """, in: scope
        ) {
            OnlineSession(
                id: try $0.next(), user: try $0.next(), login: try $0.next(), name: try $0.next(),
                createdAt: try $0.next(), lastSeenAt: try $0.next(), expiresAt: try $0.next(),
                clientAddress: try $0.next(), userAgent: try $0.next(), place: Place(try $0.next(JSON?.self)))
        }
    }

    static func list(
        of user: UserID, _ page: PageRequest, current: WebSessionID?, in scope: TenantScope,
        _ database: Database
    ) async throws -> [WebSession] {
        try await database.query(
            """
            select s.web_session_id, s.created_at, s.last_seen_at, s.expires_at, s.client_address, s.user_agent, s.place,
              s.web_session_id is not distinct from \(current)
            from web_sessions s
            where s.tenant_id = \(scope.tenant) and s.user_id = \(user) and s.revoked_at is null \(page)
            """, in: scope
        ) {
            WebSession(
                id: try $0.next(), createdAt: try $0.next(), lastSeenAt: try $0.next(), expiresAt: try $0.next(),
                clientAddress: try $0.next(), userAgent: try $0.next(), place: Place(try $0.next(JSON?.self)),
                current: try $0.next())
        }
    }

    /// Gives the session another token, unless a request beside this one has just done so.
    static func rotate(
        _ id: WebSessionID, from old: [UInt8], to token: RandomToken, at now: Date, in scope: TenantScope,
        _ database: Database
    ) async throws -> Bool {
        let rows = try await database.execute(
            """
            update web_sessions set token_hash = \(token.hash.bytes), previous_token_hash = token_hash,
              rotated_at = \(now), last_seen_at = \(now)
            where tenant_id = \(scope.tenant) and web_session_id = \(id) and token_hash = \(old)
            """, in: scope)
        return rows == 1
    }

    static func touch(_ id: WebSessionID, at now: Date, in scope: TenantScope, _ database: Database) async throws {
        try await database.execute(
            """
            update web_sessions set last_seen_at = \(now)
            where tenant_id = \(scope.tenant) and web_session_id = \(id) and last_seen_at < \(now)
            """, in: scope)
    }
}

import Cryptography
package import FoundationEssentials
package import HTTPAPI
import Identity
import Kernel
package import Postgres

/// Which operator a browser's cookie belongs to: one statement finds session, person and roles.
package struct OperatorAuthenticator: Sendable {
    private let database: Database
    private let known: Set<Permission>
    private let now: @Sendable () -> Date

    package init(database: Database, known: Set<Permission>, now: @escaping @Sendable () -> Date = { Date() }) {
        self.database = database
        self.known = known
        self.now = now
    }

    /// The name of the cookie that is shown.
    package static var cookie: String { Cookie.operatorSessionName }

    package func callAsFunction(cookie token: String) async throws -> Authenticated<ProviderAPI.Caller> {
        let now = now()
        let hash = RandomToken.hash(of: token).bytes
        let found = try await database.first(
            """
            select s.provider_session_id, s.token_hash = \(hash), s.last_seen_at, s.rotated_at, s.expires_at,
              s.second_factor_at, o.operator_id, o.name, o.roles
            from provider_sessions s join provider_operators o on o.operator_id = s.operator_id
            where (s.token_hash = \(hash) or s.previous_token_hash = \(hash)) and o.state = 'active'
            """, in: ProviderScope()
        ) { row in
            (
                id: try row.next(ProviderSessionID.self),
                shown: try row.next(Bool.self) ? WebSessionLife.Token.current : .previous,
                life: WebSessionLife(
                    lastSeenAt: try row.next(), rotatedAt: try row.next(), expiresAt: try row.next()),
                secondFactorAt: try row.next(Date.self), person: try row.next(ProviderOperatorID.self),
                name: try row.next(String.self), roles: try row.next([ProviderRole].self)
            )
        }
        guard let found,
            case .valid(let rotate, let touch) = found.life.verdict(
                on: found.shown, idle: OperatorSessionStore.idle, at: now)
        else {
            throw Problem.unauthenticated("The session is over.")
        }
        var cookie: Cookie?
        if rotate {
            let fresh = RandomToken()
            if try await OperatorSessionStore.rotate(found.id, from: hash, to: fresh, at: now, database) {
                cookie = .operatorSession(fresh)
            }
        } else if touch {
            try await OperatorSessionStore.touch(found.id, at: now, database)
        }
        return Authenticated(
            caller: ProviderAPI.Caller(operator: found.person, name: found.name, session: found.id),
            permissions: found.roles.reduce(into: []) { $0.formUnion($1.permissions(of: known)) }, means: .cookie,
            secondFactorAt: found.secondFactorAt, cookie: cookie)
    }
}

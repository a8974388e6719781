import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of links to a sign-in.
enum SignInLinkStore {
    /// A link that is open: as whom it was asked for, and where it leads.
    struct Open {
        let id: SignInLinkID
        let issuer: UserID
        let landing: String?
    }

    static func insert(
        _ id: SignInLinkID, for user: UserID, _ token: RandomToken, to landing: LandingPath?, by acting: Acting,
        named name: String, through proof: Proof, until end: Date, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sign_in_links (tenant_id, sign_in_link_id, user_id, token_hash, landing, created_by,
              created_by_name, through, api_token_id, access_key_id, created_at, expires_at)
            values (\(acting.scope.tenant), \(id), \(user), \(token.hash.bytes), \(landing?.text), \(acting.user),
              \(name), \(SignInLink.Means(proof)), \(proof.token), \(proof.key), \(acting.now), \(end))
            """)
    }

    static func list(
        _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [SignInLink] {
        try await database.query(
            """
            select l.sign_in_link_id, l.user_id, u.login, u.name, l.landing, l.created_by, l.created_by_name, l.through,
              l.created_at, l.expires_at, l.used_at, l.used_from, l.revoked_at
            from sign_in_links l join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id
            where l.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) {
            SignInLink(
                id: try $0.next(), user: try $0.next(), login: try $0.next(), name: try $0.next(),
                landing: try $0.next(), createdBy: try $0.next(), createdByName: try $0.next(),
                through: try $0.next(), createdAt: try $0.next(), expiresAt: try $0.next(), usedAt: try $0.next(),
                usedFrom: try $0.next(), revokedAt: try $0.next())
        }
    }

    /// What a link's address begins with: the portal of the tenant, and its own host name if it leads.
    static func portal(in scope: TenantScope, _ tx: Transaction) async throws -> (slug: String, host: String?)? {
        try await tx.first(
            """
            select slug, case when host_name_verified_at is not null then host_name end from tenants
            where tenant_id = \(scope.tenant)
            """
        ) { (slug: try $0.next(String.self), host: try $0.next(String?.self)) }
    }

    static func name(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> String? {
        try await tx.first("select name from users where tenant_id = \(scope.tenant) and user_id = \(user)") {
            try $0.next()
        }
    }

    /// When a second factor was shown last in a browser.
    static func shownAt(_ session: WebSessionID, in scope: TenantScope, _ tx: Transaction) async throws -> Date? {
        try await tx.first(
            """
            select second_factor_at from web_sessions
            where tenant_id = \(scope.tenant) and web_session_id = \(session)
            """
        ) { try $0.next(Date?.self) } ?? nil
    }

    static func countOpen(of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from sign_in_links
            where tenant_id = \(scope.tenant) and user_id = \(user) and used_at is null and revoked_at is null
              and expires_at > \(now)
            """
        ) { try $0.next() } ?? 0
    }

    /// Whose link it is, whatever became of it; nil if there is none such.
    static func person(_ token: String, in scope: TenantScope, _ database: Database) async throws -> UserID? {
        try await database.first(
            """
            select user_id from sign_in_links
            where tenant_id = \(scope.tenant) and token_hash = \(RandomToken.hash(of: token).bytes)
            """, in: scope
        ) { try $0.next() }
    }

    /// As whom a link was asked for, as they are now: the same as if they asked for it again.
    static func issuer(
        _ id: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> CallingPerson? {
        try await tx.first(
            """
            select \(fragment: Authenticator.person(nil, at: now))
            from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(id)
            """
        ) { try Authenticator.person(&$0, nil) }
    }

    /// Uses a link up; nil if it is not open, or if what it was asked for with would open nothing by now.
    static func use(
        _ token: String, from address: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Open? {
        try await tx.first(
            """
            update sign_in_links l set used_at = \(now), used_from = \(address)
            where l.tenant_id = \(scope.tenant) and l.token_hash = \(RandomToken.hash(of: token).bytes)
              and l.used_at is null and l.revoked_at is null and l.expires_at > \(now)
              and (l.api_token_id is null or exists (
                select from api_tokens k
                where k.tenant_id = \(scope.tenant) and k.api_token_id = l.api_token_id and k.user_id = l.created_by
                  and k.revoked_at is null and (k.expires_at is null or k.expires_at > \(now))))
              and (l.access_key_id is null or exists (
                select from access_keys k
                where k.tenant_id = \(scope.tenant) and k.access_key_id = l.access_key_id and k.user_id = l.created_by
                  and k.disabled_at is null and k.expires_at > \(now)))
            returning l.sign_in_link_id, l.created_by, l.landing
            """
        ) { Open(id: try $0.next(), issuer: try $0.next(), landing: try $0.next()) }
    }

    /// For whom it was, of a link that is open; nil if it is not.
    static func revoke(
        _ id: SignInLinkID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> UserID? {
        try await tx.first(
            """
            update sign_in_links set revoked_at = \(now)
            where tenant_id = \(scope.tenant) and sign_in_link_id = \(id) and used_at is null and revoked_at is null
              and expires_at > \(now)
            returning user_id
            """
        ) { try $0.next() }
    }

    static func exists(_ id: SignInLinkID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from sign_in_links where tenant_id = \(scope.tenant) and sign_in_link_id = \(id))
            """
        ) { try $0.next() } ?? false
    }

    /// Nothing of what waits for a person leads in any more.
    static func revokeAll(of people: [UserID], in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            """
            update sign_in_links set revoked_at = now()
            where tenant_id = \(scope.tenant) and user_id = any(\(people)) and used_at is null and revoked_at is null
            """)
    }
}

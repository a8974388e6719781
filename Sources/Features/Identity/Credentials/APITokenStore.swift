import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of programs' tokens.
enum APITokenStore {
    static func insert(
        _ id: APITokenID, _ name: String, from sources: [AddressSet] = [], of user: UserID, token: RandomToken,
        expiresAt: Date, secondFactorAt: Date? = nil, exemptAfter: SessionExemption? = nil, agreed: SignInRuleID? = nil,
        madeBy proof: Proof? = nil, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into api_tokens
              (tenant_id, api_token_id, user_id, name, sources, token_hash, created_at, expires_at, second_factor_at,
               exempt_after, sign_in_rule_id, bound_provider_id)
            values (\(scope.tenant), \(id), \(user), \(name), \(sources.map(\.text)),
              \(token.hash.bytes), \(now), \(expiresAt), \(secondFactorAt), \(exemptAfter), \(agreed),
              \(fragment: proof?.boundProvider(in: scope) ?? "null"))
            """)
    }

    static func list(
        of user: UserID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [APIToken] {
        try await database.query(
            """
            select k.api_token_id, k.name, k.sources, k.created_at, k.expires_at, k.last_used_at from api_tokens k
            where k.tenant_id = \(scope.tenant) and k.user_id = \(user) and k.revoked_at is null \(page)
            """, in: scope, token)
    }

    private static func token(_ row: inout Row) throws -> APIToken {
        APIToken(
            id: try row.next(), name: try row.next(), sources: try row.next(), createdAt: try row.next(),
            expiresAt: try row.next(), lastUsedAt: try row.next())
    }

    /// Says from where a token counts; nil if the person has none such.
    static func set(
        _ sources: [AddressSet], of id: APITokenID, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> APIToken? {
        try await tx.first(
            """
            update api_tokens k set sources = \(sources.map(\.text))
            where k.tenant_id = \(scope.tenant) and k.user_id = \(user) and k.api_token_id = \(id) and k.revoked_at is null
            returning k.api_token_id, k.name, k.sources, k.created_at, k.expires_at, k.last_used_at
            """, token)
    }

    /// How many tokens a person has that are good; forgets those that are not.
    static func countGood(of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.execute(
            """
            delete from api_tokens where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at <= \(now)
            """)
        return try await tx.first(
            "select count(*) from api_tokens where tenant_id = \(scope.tenant) and user_id = \(user)"
        ) { try $0.next() } ?? 0
    }

    /// Forgets the oldest tokens of one name, so that another one fits beside those that stay.
    static func trim(
        _ name: String, of user: UserID, to most: Int, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from api_tokens where tenant_id = \(scope.tenant) and api_token_id in (
              select api_token_id from api_tokens
              where tenant_id = \(scope.tenant) and user_id = \(user) and name = \(name)
              order by created_at desc, api_token_id desc offset \(most))
            """)
    }

    static func remove(
        _ id: APITokenID, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from api_tokens
            where tenant_id = \(scope.tenant) and user_id = \(user) and api_token_id = \(id) returning name
            """
        ) { try $0.next() }
    }

    static func removeAll(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from api_tokens where tenant_id = \(scope.tenant) and user_id = \(user)")
    }

    static func touch(_ id: APITokenID, at now: Date, in scope: TenantScope, _ database: Database) async throws {
        try await database.execute(
            """
            update api_tokens set last_used_at = \(now) where tenant_id = \(scope.tenant) and api_token_id = \(id)
            """, in: scope)
    }

    /// Whether the trail is to tell that a token was refused: once in a while, however often a program tries.
    static func noteRefusal(_ id: APITokenID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws
        -> Bool
    {
        let rows = try await tx.execute(
            """
            update api_tokens set refused_at = \(now)
            where tenant_id = \(scope.tenant) and api_token_id = \(id)
              and (refused_at is null or refused_at <= \(now - 600))
            """)
        return rows == 1
    }
}

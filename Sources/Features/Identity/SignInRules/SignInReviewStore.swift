import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of sign-ins that wait for somebody's word.
enum SignInReviewStore {
    private static let select: SQL = """
        select v.sign_in_review_id, v.user_id, u.login, u.name, v.rule_name, v.entrance, v.client_address, v.state,
          v.created_at, v.expires_at, v.decided_at, d.name, v.reason
        from sign_in_reviews v
        join users u on u.tenant_id = v.tenant_id and u.user_id = v.user_id
        left join users d on d.tenant_id = v.tenant_id and d.user_id = v.decided_by
        """

    private static func review(_ row: inout Row) throws -> SignInReview {
        SignInReview(
            id: try row.next(), user: try row.next(), login: try row.next(), name: try row.next(),
            ruleName: try row.next(), entrance: try row.next(), clientAddress: try row.next(), state: try row.next(),
            createdAt: try row.next(), expiresAt: try row.next(), decidedAt: try row.next(),
            decidedBy: try row.next(), reason: try row.next())
    }

    /// Those of these rules, without the reader's own.
    static func list(
        _ page: PageRequest, of rules: [SignInRuleID], notOf reader: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [SignInReview] {
        try await tx.query(
            """
            \(fragment: select) where v.tenant_id = \(scope.tenant) and v.sign_in_rule_id = any(\(rules))
              and v.user_id <> \(reader) \(page)
            """, review)
    }

    static func find(_ id: SignInReviewID, in scope: TenantScope, _ tx: Transaction) async throws -> SignInReview? {
        try await tx.first(
            "\(fragment: select) where v.tenant_id = \(scope.tenant) and v.sign_in_review_id = \(id)", review)
    }

    /// Holds the row until the transaction ends; tells whose rule it is.
    static func lock(_ id: SignInReviewID, in scope: TenantScope, _ tx: Transaction) async throws -> SignInRuleID? {
        try await tx.first(
            """
            select sign_in_rule_id from sign_in_reviews
            where tenant_id = \(scope.tenant) and sign_in_review_id = \(id) for update
            """
        ) { try $0.next() }
    }

    /// What was said about this attempt and is still good, held until the transaction ends.
    static func lock(
        _ attempt: SignInAttempt, by rule: SignInRuleID, in tx: Transaction
    ) async throws -> (id: SignInReviewID, state: SignInReview.State, expiresAt: Date)? {
        try await tx.first(
            """
            select sign_in_review_id, state, expires_at from sign_in_reviews
            where tenant_id = \(attempt.scope.tenant) and user_id = \(attempt.user) and attempt = \(attempt.key)
              and entrance = \(attempt.entrance) and sign_in_rule_id = \(rule) and state <> 'used'
              and client_address is not distinct from \(attempt.address) and expires_at > \(attempt.now)
            order by created_at desc, sign_in_review_id desc limit 1 for update
            """
        ) { (id: try $0.next(), state: try $0.next(), expiresAt: try $0.next()) }
    }

    static func countWaiting(of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws
        -> Int
    {
        try await tx.first(
            """
            select count(*) from sign_in_reviews
            where tenant_id = \(scope.tenant) and user_id = \(user) and state = 'waiting' and expires_at > \(now)
            """
        ) { try $0.next() } ?? 0
    }

    static func insert(
        _ id: SignInReviewID, of attempt: SignInAttempt, by rule: SignInRule, _ ruleID: SignInRuleID, until: Date,
        in tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sign_in_reviews (tenant_id, sign_in_review_id, sign_in_rule_id, rule_name, user_id, entrance,
              client_address, attempt, created_at, expires_at)
            values (\(attempt.scope.tenant), \(id), \(ruleID), \(rule.name), \(attempt.user), \(attempt.entrance),
              \(attempt.address), \(attempt.key), \(attempt.now), \(until))
            """)
    }

    static func decide(
        _ id: SignInReviewID, _ request: DecideSignInRequest, by user: UserID, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update sign_in_reviews set state = \(request.outcome.rawValue), decided_by = \(user), decided_at = \(now),
              reason = \(request.reason)
            where tenant_id = \(scope.tenant) and sign_in_review_id = \(id)
            """)
    }

    static func use(_ id: SignInReviewID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update sign_in_reviews set state = 'used'
            where tenant_id = \(scope.tenant) and sign_in_review_id = \(id)
            """)
    }
}

import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of companies that sign themselves up. A token is known here by its hash only.
struct SignUpStore {
    let database: Database

    private static let columns: SQL = """
        sign_up_id, company, slug, person, email, language, state, created_at, confirmed_at, decided_at, decided_by,
        reason, made_tenant
        """

    private static func signUp(_ row: inout Row) throws -> SignUp {
        SignUp(
            id: try row.next(), company: try row.next(), slug: try row.next(), person: try row.next(),
            email: try row.next(), language: try row.next(), state: try row.next(), createdAt: try row.next(),
            confirmedAt: try row.next(), decidedAt: try row.next(), decidedBy: try row.next(),
            reason: try row.next(), tenant: try row.next())
    }

    func list(_ page: PageRequest, in scope: ProviderScope) async throws -> [SignUp] {
        try await database.query(
            "select \(fragment: Self.columns) from sign_ups where true \(page)", in: scope, Self.signUp)
    }

    /// How many of an address there were since a moment.
    static func count(of email: String, since moment: Date, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            "select count(*) from sign_ups where email = \(email) and created_at > \(moment)"
        ) { try $0.next(Int.self) } ?? 0
    }

    static func insert(
        _ id: SignUpID, _ request: SignUpRequest, token: RandomToken, at now: Date, until end: Date, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sign_ups (sign_up_id, company, slug, person, email, language, token_hash, created_at, expires_at)
            values (\(id), \(request.company.text), \(request.slug), \(request.person.text), \(request.email),
              \(request.language), \(token.hash.bytes), \(now), \(end))
            """)
    }

    /// The one whose link this is, if the link is good and was not used; held until the transaction ends.
    static func lock(token: String, at now: Date, _ tx: Transaction) async throws -> SignUp? {
        try await tx.first(
            """
            select \(fragment: columns) from sign_ups
            where token_hash = \(RandomToken.hash(of: token).bytes) and state = 'unconfirmed' and expires_at > \(now)
            for update
            """, signUp)
    }

    static func lock(_ id: SignUpID, _ tx: Transaction) async throws -> SignUp? {
        try await tx.first(
            "select \(fragment: columns) from sign_ups where sign_up_id = \(id) for update", signUp)
    }

    func find(_ id: SignUpID) async throws -> SignUp? {
        try await database.first(
            "select \(fragment: Self.columns) from sign_ups where sign_up_id = \(id)", in: ProviderScope(), Self.signUp)
    }

    static func confirm(_ id: SignUpID, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update sign_ups set state = 'waiting', confirmed_at = \(now) where sign_up_id = \(id)
            """)
    }

    static func decide(
        _ id: SignUpID, _ state: SignUp.State, by name: String, reason: String?, at now: Date, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update sign_ups set state = \(state), decided_at = \(now), decided_by = \(name), reason = \(reason)
            where sign_up_id = \(id)
            """)
    }

    func note(_ tenant: TenantID, of id: SignUpID) async throws {
        try await database.execute(
            "update sign_ups set made_tenant = \(tenant) where sign_up_id = \(id)", in: ProviderScope())
    }

    /// Approved ones that a node which died left without a tenant.
    func unfinished(before moment: Date, limit: Int) async throws -> [SignUp] {
        try await database.query(
            """
            select \(fragment: Self.columns) from sign_ups
            where state = 'approved' and made_tenant is null and decided_at < \(moment) order by decided_at limit \(limit)
            """, in: ProviderScope(), Self.signUp)
    }

    /// Forgets who never confirmed, and after a quarter of a year everybody whose case is closed.
    func prune(at now: Date) async throws {
        try await database.execute(
            """
            delete from sign_ups where state = 'unconfirmed' and expires_at < \(now - 86_400)
              or decided_at < \(now - 90 * 86_400)
            """, in: ProviderScope())
    }
}

import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Postgres

/// The rows of operators, as operators see each other.
enum OperatorStore {
    private static let columns: SQL = """
        select o.operator_id, o.login, o.name, o.email, o.roles, o.state, coalesce(o.locked_until > now(), false), exists (
            select from provider_second_factors f where f.operator_id = o.operator_id and f.confirmed_at is not null),
          o.last_sign_in_at, o.created_at, o.version
        from provider_operators o
        """

    private static func `operator`(_ row: inout Row) throws -> ProviderOperator {
        ProviderOperator(
            id: try row.next(), login: try row.next(), name: try row.next(), email: try row.next(),
            roles: try row.next(), state: try row.next(), locked: try row.next(), secondFactor: try row.next(),
            lastSignInAt: try row.next(), createdAt: try row.next(), version: try row.next())
    }

    static func list(
        _ page: PageRequest, in scope: ProviderScope, _ database: Database
    ) async throws -> [ProviderOperator] {
        try await database.query("\(fragment: columns) where true \(page)", in: scope, `operator`)
    }

    static func find(
        _ id: ProviderOperatorID, in scope: ProviderScope, _ database: Database
    ) async throws -> ProviderOperator? {
        try await database.first("\(fragment: columns) where o.operator_id = \(id)", in: scope, `operator`)
    }

    static func find(_ id: ProviderOperatorID, _ tx: Transaction) async throws -> ProviderOperator? {
        try await tx.first("\(fragment: columns) where o.operator_id = \(id)", `operator`)
    }

    static func insert(
        _ id: ProviderOperatorID, _ request: AddOperatorRequest, at now: Date, _ tx: Transaction
    ) async throws {
        do {
            try await tx.execute(
                """
                insert into provider_operators (operator_id, login, name, email, roles, created_at)
                values (\(id), \(request.login), \(request.name.text), \(request.email), \(request.roles), \(now))
                """)
        } catch let error as DatabaseError where error.constraint == "provider_operators_login_uq" {
            throw OperatorError.loginTaken
        }
    }

    static func update(
        _ id: ProviderOperatorID, name: String, email: String?, roles: [ProviderRole], from version: Int,
        _ tx: Transaction
    ) async throws {
        let rows = try await tx.execute(
            """
            update provider_operators set name = \(name), email = \(email), roles = \(roles), version = version + 1
            where operator_id = \(id) and version = \(version)
            """)
        guard rows == 1 else { throw OperatorError.changed }
    }

    static func setState(_ state: ProviderOperator.State, of id: ProviderOperatorID, _ tx: Transaction) async throws {
        try await tx.execute(
            "update provider_operators set state = \(state), version = version + 1 where operator_id = \(id)")
    }

    /// Holds everybody who runs the installation, so that of two who shut each other out one comes second.
    static func holdOperators(_ tx: Transaction) async throws {
        _ = try await tx.query(
            "select operator_id from provider_operators where 'operator' = any(roles) order by operator_id for update"
        ) { try $0.next(ProviderOperatorID.self) }
    }

    /// Whether anybody is left to run the installation.
    static func hasOperator(_ tx: Transaction) async throws -> Bool {
        try await tx.first(
            "select exists (select from provider_operators where state = 'active' and 'operator' = any(roles))"
        ) { try $0.next() } ?? false
    }
}

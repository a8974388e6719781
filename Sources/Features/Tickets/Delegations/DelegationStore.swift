import FoundationEssentials
import Kernel
import Postgres

/// The SQL of who stands in for whom.
struct DelegationStore: Sendable {
    private static let columns: SQL = """
        g.delegation_id, g.from_id, f.name, g.to_id, o.name, g.note, g.starts_at, g.ends_at, g.ended_at, g.created_at
        """

    func list(of user: UserID, in scope: TenantScope, _ database: Database) async throws -> [Delegation] {
        try await database.query(
            """
            select \(fragment: Self.columns) from delegations g
            join user_directory f on f.tenant_id = g.tenant_id and f.user_id = g.from_id
            join user_directory o on o.tenant_id = g.tenant_id and o.user_id = g.to_id
            where g.tenant_id = \(scope.tenant) and (g.from_id = \(user) or g.to_id = \(user))
            order by g.created_at desc, g.delegation_id limit 200
            """, in: scope, Self.delegation)
    }

    func find(
        _ id: DelegationID, of user: UserID, in scope: TenantScope, _ database: Database
    ) async throws -> Delegation? {
        try await database.first(
            """
            select \(fragment: Self.columns) from delegations g
            join user_directory f on f.tenant_id = g.tenant_id and f.user_id = g.from_id
            join user_directory o on o.tenant_id = g.tenant_id and o.user_id = g.to_id
            where g.tenant_id = \(scope.tenant) and g.delegation_id = \(id)
                and (g.from_id = \(user) or g.to_id = \(user))
            """, in: scope, Self.delegation)
    }

    /// How many of them are running or to come.
    func count(
        of user: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Int {
        try await transaction.first(
            """
            select count(*) from delegations
            where tenant_id = \(scope.tenant) and from_id = \(user) and ended_at is null and ends_at > \(now)
            """
        ) { row in try row.next() } ?? 0
    }

    func insert(
        _ id: DelegationID, from: UserID, to: UserID, note: String, _ start: Date, _ end: Date, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            insert into delegations (tenant_id, delegation_id, from_id, to_id, note, starts_at, ends_at, created_at)
            values (\(scope.tenant), \(id), \(from), \(to), \(note), \(start), \(end), \(now))
            """)
    }

    /// Nil where this person has no such thing that could end.
    func end(
        _ id: DelegationID, by user: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> (from: UserID, to: UserID)? {
        try await transaction.first(
            """
            update delegations set ended_at = \(now)
            where tenant_id = \(scope.tenant) and delegation_id = \(id) and ended_at is null and ends_at > \(now)
                and (from_id = \(user) or to_id = \(user))
            returning from_id, to_id
            """
        ) { row in (from: try row.next(), to: try row.next()) }
    }

    /// Those who stand in for one of these people now.
    func standIns(
        for users: [UserID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [(of: UserID, user: UserID)] {
        guard !users.isEmpty else { return [] }
        return try await transaction.query(
            """
            select g.from_id, g.to_id from delegations g
            join user_directory o on o.tenant_id = g.tenant_id and o.user_id = g.to_id and o.state = 'active'
            where g.tenant_id = \(scope.tenant) and g.from_id = any(\(users)::uuid[]) and g.ended_at is null
                and g.starts_at <= \(now) and g.ends_at > \(now)
            order by g.created_at, g.delegation_id
            """
        ) { row in (of: try row.next(), user: try row.next()) }
    }

    /// The active people behind these, by their place in the list.
    func people(
        _ colleagues: [Colleague], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Int: TicketPerson] {
        let rows: [(Int, TicketPerson)] = try await transaction.query(
            """
            select c.place, u.user_id, u.name
            from unnest(\(Array(colleagues.indices))::int[], \(colleagues.map(\.user?.uuid))::uuid[],
                \(colleagues.map(\.login))::text[]) as c (place, person, login)
            join user_directory u on u.tenant_id = \(scope.tenant) and u.state = 'active'
                and (u.user_id = c.person or u.login = lower(c.login))
            """
        ) { row in (try row.next(), TicketPerson(id: try row.next(), name: try row.next())) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    private static func delegation(_ row: inout Row) throws -> Delegation {
        Delegation(
            id: try row.next(), from: TicketPerson(id: try row.next(), name: try row.next()),
            to: TicketPerson(id: try row.next(), name: try row.next()), note: try row.next(),
            startsAt: try row.next(), endsAt: try row.next(), endedAt: try row.next(), createdAt: try row.next())
    }
}

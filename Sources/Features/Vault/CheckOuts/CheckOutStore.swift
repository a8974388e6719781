import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of check-outs.
struct CheckOutStore: Sendable {
    private static let columns: SQL = """
        o.checkout_id, o.account_id, c.name, c.kind, c.asset_id, a.name, o.user_id, coalesce(u.name, ''), o.ticket_id,
        o.number, o.starts_at, o.ends_at, o.state, o.ended_because, o.ended_at, o.shown_count, o.last_shown_at,
        coalesce(o.shown_version = c.secret_version, false), o.created_at
        """
    private static let joins: SQL = """
        join accounts c on c.tenant_id = o.tenant_id and c.account_id = o.account_id
        join asset_directory a on a.tenant_id = c.tenant_id and a.asset_id = c.asset_id
        left join user_directory u on u.tenant_id = o.tenant_id and u.user_id = o.user_id
        """

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [CheckOut] {
        try await database.query(
            """
            select \(fragment: Self.columns) from secret_checkouts o \(fragment: Self.joins)
            where o.tenant_id = \(scope.tenant) \(page)
            """, in: scope, Self.checkOut)
    }

    func list(
        of user: UserID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [CheckOut] {
        try await database.query(
            """
            select \(fragment: Self.columns) from secret_checkouts o \(fragment: Self.joins)
            where o.tenant_id = \(scope.tenant) and o.user_id = \(user) \(page)
            """, in: scope, Self.checkOut)
    }

    func find(_ id: CheckOutID, in scope: TenantScope, _ database: Database) async throws -> CheckOut? {
        try await database.first(
            """
            select \(fragment: Self.columns) from secret_checkouts o \(fragment: Self.joins)
            where o.tenant_id = \(scope.tenant) and o.checkout_id = \(id)
            """, in: scope, Self.checkOut)
    }

    func lock(_ id: CheckOutID, in scope: TenantScope, _ transaction: Transaction) async throws -> CheckOut? {
        try await lock([id], in: scope, transaction).first
    }

    /// In one order everywhere, so that two transactions do not wait for each other.
    func lock(_ ids: [CheckOutID], in scope: TenantScope, _ transaction: Transaction) async throws -> [CheckOut] {
        try await transaction.query(
            """
            select \(fragment: Self.columns) from secret_checkouts o \(fragment: Self.joins)
            where o.tenant_id = \(scope.tenant) and o.checkout_id = any(\(ids)) order by o.checkout_id for update of o
            """, Self.checkOut)
    }

    /// What somebody has who may have nothing any more.
    func lock(of user: UserID, in scope: TenantScope, _ transaction: Transaction) async throws -> [CheckOut] {
        try await transaction.query(
            """
            select \(fragment: Self.columns) from secret_checkouts o \(fragment: Self.joins)
            where o.tenant_id = \(scope.tenant) and o.user_id = \(user) and o.state = 'active'
            order by o.checkout_id for update of o
            """, Self.checkOut)
    }

    func insert(
        _ id: CheckOutID, _ loan: SecretLoan, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            insert into secret_checkouts (tenant_id, checkout_id, account_id, user_id, ticket_id, number, starts_at,
                ends_at, remind_at, created_at)
            values (\(scope.tenant), \(id), \(loan.account), \(loan.user), \(loan.ticket), \(loan.number),
                \(loan.startsAt), \(loan.endsAt), \(loan.reminder(after: now)), \(now))
            """)
    }

    /// Whether the secret is out at any moment of that time.
    func isOut(
        _ account: AccountID, from start: Date, to end: Date, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.first(
            """
            select exists (select from secret_checkouts
                where tenant_id = \(scope.tenant) and account_id = \(account) and state = 'active'
                    and ends_at > \(now) and ends_at > \(start) and starts_at < \(end))
            """
        ) { row in try row.next() } ?? false
    }

    func noteShown(
        _ id: CheckOutID, version: Int, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update secret_checkouts
            set shown_count = shown_count + 1, last_shown_at = \(now), shown_version = \(version)
            where tenant_id = \(scope.tenant) and checkout_id = \(id)
            """)
    }

    func end(
        _ ids: [CheckOutID], because cause: CheckOut.EndCause, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard !ids.isEmpty else { return }
        try await transaction.execute(
            """
            update secret_checkouts set state = 'ended', ended_because = \(cause), ended_at = \(now)
            where tenant_id = \(scope.tenant) and checkout_id = any(\(ids)) and state = 'active'
            """)
    }

    /// Check-outs of any tenant whose time is over.
    func due(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, checkOuts: [CheckOutID])] {
        try await byTenant(
            """
            select tenant_id, checkout_id from secret_checkouts
            where state = 'active' and ends_at <= \(now) order by ends_at limit 500
            """, SystemScope(reason: "check-outs whose time is over"), database)
    }

    /// Check-outs of any tenant whose holder is to be told of the end.
    func reminders(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, checkOuts: [CheckOutID])] {
        try await byTenant(
            """
            select tenant_id, checkout_id from secret_checkouts
            where state = 'active' and remind_at is not null and remind_at <= \(now) order by remind_at limit 500
            """, SystemScope(reason: "check-outs that end soon"), database)
    }

    /// Those of them of whose end nobody else has told by now.
    func lockDue(
        _ ids: [CheckOutID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [CheckOut] {
        try await transaction.query(
            """
            select \(fragment: Self.columns) from secret_checkouts o \(fragment: Self.joins)
            where o.tenant_id = \(scope.tenant) and o.checkout_id = any(\(ids)) and o.remind_at <= \(now)
            order by o.checkout_id for update of o
            """, Self.checkOut)
    }

    func remind(
        _ next: [(checkOut: CheckOutID, at: Date?)], in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !next.isEmpty else { return }
        try await transaction.execute(
            """
            update secret_checkouts o set remind_at = n.at
            from unnest(\(next.map(\.checkOut))::uuid[], \(next.map(\.at))::timestamptz[]) as n (checkout_id, at)
            where o.tenant_id = \(scope.tenant) and o.checkout_id = n.checkout_id
            """)
    }

    private func byTenant(
        _ statement: SQL, _ scope: SystemScope, _ database: Database
    ) async throws -> [(tenant: TenantID, checkOuts: [CheckOutID])] {
        let rows = try await database.query(statement, in: scope) { row in
            (tenant: try row.next(TenantID.self), checkOut: try row.next(CheckOutID.self))
        }
        return Dictionary(grouping: rows, by: \.tenant).map { ($0.key, $0.value.map(\.checkOut)) }
    }

    private static func checkOut(_ row: inout Row) throws -> CheckOut {
        CheckOut(
            id: try row.next(), account: try row.next(), accountName: try AccountName(parsing: row.next()),
            kind: try row.next(), asset: try row.next(), assetName: try row.next(), user: try row.next(),
            userName: try row.next(), ticket: try row.next(), number: try row.next(), startsAt: try row.next(),
            endsAt: try row.next(), state: try row.next(), endedBecause: try row.next(), endedAt: try row.next(),
            shownCount: try row.next(), lastShownAt: try row.next(), isKnown: try row.next(),
            createdAt: try row.next())
    }
}

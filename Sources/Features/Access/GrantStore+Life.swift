import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// A grant as its life is moved, its row locked.
struct GrantRow: Sendable {
    let id: GrantID
    let name: String
    let ticket: TicketID?
    let life: GrantLife
    let remindAt: Date?
    let unused: UnusedRule
    /// The one person who holds what came from a request.
    let holder: UserID?
    /// Whether it is emergency access: short, by its rule, and recorded strictly.
    let isStrict: Bool

    /// People are told of the end of what they asked for; what an administrator has given ends as it was meant to.
    func reminder(_ life: GrantLife, after now: Date) -> Date? {
        ticket == nil ? nil : life.reminder(after: now)
    }
}

/// The SQL of a grant's life.
extension GrantStore {
    func lock(_ id: GrantID, in scope: TenantScope, _ transaction: Transaction) async throws -> GrantRow? {
        try await lock([id], in: scope, transaction).first
    }

    /// In one order everywhere, so that two transactions do not wait for each other.
    func lock(_ ids: [GrantID], in scope: TenantScope, _ transaction: Transaction) async throws -> [GrantRow] {
        try await transaction.query(
            """
            select g.grant_id, g.name, g.ticket_id, g.state, g.starts_at, g.ends_at, g.remind_at,
                g.unused_after, g.unused_at,
                case when g.source = 'ticket' then (select m.user_id from grant_users m
                    where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id limit 1) end,
                g.strict_recording
            from grants g where g.tenant_id = \(scope.tenant) and g.grant_id = any(\(ids))
            order by g.grant_id for update of g
            """
        ) { row in
            GrantRow(
                id: try row.next(), name: try row.next(), ticket: try row.next(),
                life: GrantLife(state: try row.next(), startsAt: try row.next(), endsAt: try row.next()),
                remindAt: try row.next(),
                unused: UnusedRule(after: try row.next(), at: try row.next()), holder: try row.next(),
                isStrict: try row.next())
        }
    }

    func move(
        _ id: GrantID, to life: GrantLife, remindAt: Date?, unused: UnusedRule, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update grants set ends_at = \(life.endsAt), remind_at = \(remindAt), unused_after = \(unused.after),
                unused_at = \(unused.at), version = version + 1
            where tenant_id = \(scope.tenant) and grant_id = \(id)
            """)
    }

    func end(
        _ ids: [GrantID], because cause: Grant.EndCause, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !ids.isEmpty else { return }
        try await transaction.execute(
            """
            update grants set state = 'ended', ended_because = \(cause), ended_at = \(now), version = version + 1
            where tenant_id = \(scope.tenant) and grant_id = any(\(ids)) and state = 'active'
            """)
    }

    /// Grants of any tenant whose person is to be told of the end.
    func reminders(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, grants: [GrantID])] {
        try await byTenant(
            """
            select tenant_id, grant_id from grants
            where state = 'active' and remind_at is not null and remind_at <= \(now) order by remind_at limit 500
            """, SystemScope(reason: "grants that end soon"), database)
    }

    func remind(
        _ next: [(grant: GrantID, at: Date?)], in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !next.isEmpty else { return }
        try await transaction.execute(
            """
            update grants g set remind_at = n.at
            from unnest(\(next.map(\.grant))::uuid[], \(next.map(\.at))::timestamptz[]) as n (grant_id, at)
            where g.tenant_id = \(scope.tenant) and g.grant_id = n.grant_id
            """)
    }

    /// Grants of any tenant of which it is time to look whether somebody has used them.
    func unused(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, grants: [GrantID])] {
        try await byTenant(
            """
            select tenant_id, grant_id from grants
            where state = 'active' and unused_at is not null and unused_at <= \(now) order by unused_at limit 500
            """, SystemScope(reason: "grants that nobody may have used"), database)
    }

    /// Those of the grants on which a session was opened.
    func used(_ ids: [GrantID], in scope: TenantScope, _ transaction: Transaction) async throws -> Set<GrantID> {
        Set(
            try await transaction.query(
                """
                select g.grant_id from unnest(\(ids)::uuid[]) as g (grant_id)
                where exists (select from grant_uses u where u.tenant_id = \(scope.tenant) and u.grant_id = g.grant_id)
                """
            ) { row in try row.next() })
    }

    func settleUse(of ids: [GrantID], in scope: TenantScope, _ transaction: Transaction) async throws {
        try await transaction.execute(
            """
            update grants set unused_at = null where tenant_id = \(scope.tenant) and grant_id = any(\(ids))
            """)
    }

    func contents(
        of id: GrantID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> GrantContents? {
        try await transaction.first(
            """
            select array(select m.asset_id from grant_assets m
                    where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id order by m.asset_id),
                array(select a.name from grant_accounts a
                    where a.tenant_id = g.tenant_id and a.grant_id = g.grant_id and a.kind = 'name' order by a.name),
                g.protocols, g.actions, g.starts_at
            from grants g where g.tenant_id = \(scope.tenant) and g.grant_id = \(id)
            """
        ) { row in
            GrantContents(
                assets: try row.next(), accounts: try (row.next() as [String]).map(AccountName.init(parsing:)),
                protocols: try row.next(), actions: try row.next(), startsAt: try row.next())
        }
    }

    private func byTenant(
        _ statement: SQL, _ scope: SystemScope, _ database: Database
    ) async throws -> [(tenant: TenantID, grants: [GrantID])] {
        let rows = try await database.query(statement, in: scope) { row in
            (tenant: try row.next(TenantID.self), grant: try row.next(GrantID.self))
        }
        return Dictionary(grouping: rows, by: \.tenant).map { ($0.key, $0.value.map(\.grant)) }
    }
}

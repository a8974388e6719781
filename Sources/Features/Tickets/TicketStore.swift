import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of requests.
struct TicketStore: Sendable {
    static let columns: SQL = """
        t.ticket_id, t.number, t.kind, t.content, t.requester_id, u.name, t.reason,
        (select jsonb_agg(jsonb_build_array(a.asset_id, a.name) order by a.name)
            from ticket_assets m join asset_directory a on a.tenant_id = m.tenant_id and a.asset_id = m.asset_id
            where m.tenant_id = t.tenant_id and m.ticket_id = t.ticket_id),
        t.accounts, t.protocols, t.actions, t.starts_at, t.duration_seconds, t.state, t.level, t.levels,
        t.flow_name, t.because, t.risk, t.is_parallel,
        (select jsonb_agg(jsonb_build_array(l.level, l.name, l.quorum, l.needs_passkey,
                (extract(epoch from l.opened_at) * 1000000)::bigint,
                (extract(epoch from l.opened_at + make_interval(secs => l.deadline_seconds)) * 1000000)::bigint,
                (extract(epoch from l.passed_at) * 1000000)::bigint,
                (extract(epoch from l.reminded_at) * 1000000)::bigint,
                (extract(epoch from l.escalated_at) * 1000000)::bigint, l.lapse,
                (select jsonb_agg(jsonb_build_array(p.user_id, p.name, w.reason, w.detail, w.from_escalation)
                        order by p.name, p.user_id)
                    from ticket_approvers w
                    join user_directory p on p.tenant_id = w.tenant_id and p.user_id = w.user_id
                    where w.tenant_id = l.tenant_id and w.ticket_id = l.ticket_id and w.level = l.level),
                l.needs_comment) order by l.level)
            from ticket_levels l where l.tenant_id = t.tenant_id and l.ticket_id = t.ticket_id),
        t.deadline,
        (select jsonb_agg(jsonb_build_array(d.user_id, p.name, d.level, d.outcome, d.comment, d.channel,
                (extract(epoch from d.decided_at) * 1000000)::bigint, d.on_behalf_of, b.name, d.changes,
                d.proof is not null) order by d.decided_at, d.level, d.decision_id)
            from ticket_decisions d
            join user_directory p on p.tenant_id = d.tenant_id and p.user_id = d.user_id
            left join user_directory b on b.tenant_id = d.tenant_id and b.user_id = d.on_behalf_of
            where d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id),
        (select jsonb_agg(jsonb_build_array(c.user_id, p.name) order by p.name, p.user_id)
            from ticket_copies c join user_directory p on p.tenant_id = c.tenant_id and p.user_id = c.user_id
            where c.tenant_id = t.tenant_id and c.ticket_id = t.ticket_id),
        t.grant_id, t.created_at, t.decided_at, t.version
        """

    /// This person and those who have them answer in their seats now.
    private static func hands(of user: UserID, at now: Date, in scope: TenantScope) -> SQL {
        """
        array(select \(user)::uuid union all
            select g.from_id from delegations g
            join user_directory f on f.tenant_id = g.tenant_id and f.user_id = g.from_id and f.state = 'active'
            where g.tenant_id = \(scope.tenant) and g.to_id = \(user) and g.ended_at is null
                and g.starts_at <= \(now) and g.ends_at > \(now))
        """
    }

    /// Requests in which it is this person's turn.
    static func waiting(for user: UserID, at now: Date, in scope: TenantScope) -> SQL {
        """
         and t.state = 'open' and t.deadline > \(now) and t.requester_id <> \(user)
         and exists (select from ticket_approvers w
            join ticket_levels l on l.tenant_id = w.tenant_id and l.ticket_id = w.ticket_id and l.level = w.level
            where w.tenant_id = \(scope.tenant) and w.ticket_id = t.ticket_id
                and w.user_id = any(\(fragment: hands(of: user, at: now, in: scope)))
                and l.opened_at is not null and l.passed_at is null
                and (not w.from_escalation or l.escalated_at is not null)
                and not exists (select from ticket_decisions d
                    where d.tenant_id = \(scope.tenant) and d.ticket_id = t.ticket_id
                        and (d.user_id in (w.user_id, \(user)) or d.seat_id in (w.user_id, \(user)))))
        """
    }

    /// Requests that this person made, may decide on some level or has decided, or is told about. Whoever stands in for
    /// somebody sees what waits, and not what was before; emergency access can be reviewed and taken back afterwards.
    static func concerns(_ user: UserID, at now: Date, in scope: TenantScope) -> SQL {
        """
         and (t.requester_id = \(user)
            or exists (select from ticket_approvers w
                join ticket_levels l on l.tenant_id = w.tenant_id and l.ticket_id = w.ticket_id and l.level = w.level
                where w.tenant_id = \(scope.tenant) and w.ticket_id = t.ticket_id
                    and (w.user_id = \(user) or (t.state = 'open' or t.kind = \(BreakGlassKind.kind))
                        and w.user_id = any(\(fragment: hands(of: user, at: now, in: scope))))
                    and (not w.from_escalation or l.escalated_at is not null))
            or exists (select from ticket_decisions d
                where d.tenant_id = \(scope.tenant) and d.ticket_id = t.ticket_id and d.user_id = \(user))
            or exists (select from ticket_copies c
                where c.tenant_id = \(scope.tenant) and c.ticket_id = t.ticket_id and c.user_id = \(user)))
        """
    }

    /// A page of the requests that lie in a part of the tenant. Which those are the database says; who asked and who
    /// answered is told by name wherever they belong.
    func list(
        _ page: PageRequest, inside part: TenantScope, _ database: Database
    ) async throws -> [Ticket] {
        let ids = try await database.query(
            "select t.ticket_id from tickets t where t.tenant_id = \(part.tenant) \(page)", in: part
        ) { row in try row.next(TicketID.self) }
        let found = try await database.query(
            """
            select \(fragment: Self.columns)
            from tickets t join user_directory u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.tenant_id = \(part.tenant) and t.ticket_id = any(\(ids))
            """, in: part.wholeTenant, Self.ticket)
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }

    /// Whether a request lies in the scope.
    func has(_ id: TicketID, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            "select true from tickets where tenant_id = \(scope.tenant) and ticket_id = \(id)", in: scope
        ) { row in try row.next() } ?? false
    }

    func list(
        _ page: PageRequest, where condition: SQL, in scope: TenantScope, _ database: Database
    ) async throws -> [Ticket] {
        try await database.query(
            """
            select \(fragment: Self.columns)
            from tickets t join user_directory u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.tenant_id = \(scope.tenant) \(fragment: condition) \(page)
            """, in: scope, Self.ticket)
    }

    func find(
        _ id: TicketID, where condition: SQL = "", in scope: TenantScope, _ database: Database
    ) async throws -> Ticket? {
        try await database.first(
            """
            select \(fragment: Self.columns)
            from tickets t join user_directory u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.tenant_id = \(scope.tenant) and t.ticket_id = \(id) \(fragment: condition)
            """, in: scope, Self.ticket)
    }

    /// The same as a transaction sees it.
    func find(_ id: TicketID, in scope: TenantScope, _ transaction: Transaction) async throws -> Ticket? {
        try await transaction.first(
            """
            select \(fragment: Self.columns)
            from tickets t join user_directory u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.tenant_id = \(scope.tenant) and t.ticket_id = \(id)
            """, Self.ticket)
    }

    func find(_ ids: [TicketID], in scope: TenantScope, _ database: Database) async throws -> [Ticket] {
        guard !ids.isEmpty else { return [] }
        return try await database.query(
            """
            select \(fragment: Self.columns)
            from tickets t join user_directory u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.tenant_id = \(scope.tenant) and t.ticket_id = any(\(ids))
            """, in: scope, Self.ticket)
    }

    /// Whether all of these assets are in the scope.
    func has(_ assets: [AssetID], in scope: TenantScope, _ database: Database) async throws -> Bool {
        let count = try await database.first(
            "select count(*) from asset_directory where tenant_id = \(scope.tenant) and asset_id = any(\(assets))",
            in: scope
        ) { row in try row.next(Int.self) }
        return count == Set(assets).count
    }

    /// Open requests of any tenant that time moves.
    func due(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, ticket: TicketID)] {
        try await database.query(
            """
            select tenant_id, ticket_id from tickets where state = 'open' and due_at <= \(now)
            order by due_at limit 500
            """, in: SystemScope(reason: "requests that are due")
        ) { row in (try row.next(), try row.next()) }
    }

    func comments(on ticket: TicketID, in scope: TenantScope, _ database: Database) async throws -> [TicketComment] {
        try await database.query(
            """
            select c.comment_id, c.user_id, u.name, c.text, c.created_at
            from ticket_comments c join user_directory u on u.tenant_id = c.tenant_id and u.user_id = c.user_id
            where c.tenant_id = \(scope.tenant) and c.ticket_id = \(ticket) order by c.created_at, c.comment_id limit 1000
            """, in: scope
        ) { row in
            TicketComment(
                id: try row.next(), user: TicketPerson(id: try row.next(), name: try row.next()),
                text: try row.next(), createdAt: try row.next())
        }
    }

    /// The seats that were handed over and the people who were put in copy, in their order, as far as it was kept.
    func moves(of ticket: TicketID, in scope: TenantScope, _ database: Database) async throws -> [TicketMove] {
        func person(_ id: UserID?, _ name: String?) -> TicketPerson? {
            id.map { TicketPerson(id: $0, name: name ?? "") }
        }
        return try await database.query(
            """
            select m.moved_at, m.kind, m.level, m.from_id, f.name, m.to_id, o.name, m.by_id, b.name from ticket_moves m
            join user_directory o on o.tenant_id = m.tenant_id and o.user_id = m.to_id
            left join user_directory f on f.tenant_id = m.tenant_id and f.user_id = m.from_id
            left join user_directory b on b.tenant_id = m.tenant_id and b.user_id = m.by_id
            where m.tenant_id = \(scope.tenant) and m.ticket_id = \(ticket)
            order by m.moved_at, m.level, o.name, m.to_id limit 2000
            """, in: scope
        ) { row in
            TicketMove(
                at: try row.next(), kind: try row.next(), level: try row.next(),
                from: person(try row.next(), try row.next()),
                to: TicketPerson(id: try row.next(), name: try row.next()), by: person(try row.next(), try row.next()))
        }
    }

    func commentCount(on ticket: TicketID, in scope: TenantScope, _ transaction: Transaction) async throws -> Int {
        try await transaction.first(
            "select count(*) from ticket_comments where tenant_id = \(scope.tenant) and ticket_id = \(ticket)"
        ) { row in try row.next() } ?? 0
    }

    func insertComment(
        _ id: CommentID, _ text: String, by user: UserID, on ticket: TicketID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            insert into ticket_comments (tenant_id, comment_id, ticket_id, user_id, text, created_at)
            values (\(scope.tenant), \(id), \(ticket), \(user), \(text), \(now))
            """)
    }
}

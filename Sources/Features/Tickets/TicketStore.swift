import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of requests.
struct TicketStore: Sendable {
    private static let columns: SQL = """
        t.ticket_id, t.number, t.requester_id, u.name, t.reason,
        (select jsonb_agg(jsonb_build_array(a.asset_id, a.name) order by a.name)
            from ticket_assets m join asset_directory a on a.tenant_id = m.tenant_id and a.asset_id = m.asset_id
            where m.tenant_id = t.tenant_id and m.ticket_id = t.ticket_id),
        t.accounts, t.protocols, t.actions, t.starts_at, t.duration_seconds, t.state, t.level, t.levels,
        array(select l.name from flow_levels l
            where l.tenant_id = t.tenant_id and l.flow_id = t.flow_id order by l.level),
        t.deadline,
        (select jsonb_agg(jsonb_build_array(d.user_id, p.name, d.level, d.outcome, d.comment, d.channel,
                (extract(epoch from d.decided_at) * 1000000)::bigint) order by d.level)
            from ticket_decisions d join user_directory p on p.tenant_id = d.tenant_id and p.user_id = d.user_id
            where d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id),
        (select jsonb_agg(jsonb_build_array(p.user_id, p.name) order by p.name)
            from ticket_approvers w join user_directory p on p.tenant_id = w.tenant_id and p.user_id = w.user_id
            where t.state = 'open' and w.tenant_id = t.tenant_id and w.ticket_id = t.ticket_id and w.level = t.level
                and not exists (select from ticket_decisions d
                    where d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id and d.user_id = w.user_id)),
        t.grant_id, t.created_at, t.version
        """

    /// Requests in which it is this person's turn.
    static func waiting(for user: UserID, at now: Date) -> SQL {
        """
         and t.state = 'open' and t.deadline > \(now)
         and exists (select from ticket_approvers w
            where w.tenant_id = t.tenant_id and w.ticket_id = t.ticket_id and w.level = t.level
                and w.user_id = \(user))
         and not exists (select from ticket_decisions d
            where d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id and d.user_id = \(user))
        """
    }

    /// Requests that this person made or may decide on some level.
    static func concerns(_ user: UserID) -> SQL {
        """
         and (t.requester_id = \(user) or exists (select from ticket_approvers w
            where w.tenant_id = t.tenant_id and w.ticket_id = t.ticket_id and w.user_id = \(user)))
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

    func open(of user: UserID, in scope: TenantScope, _ database: Database) async throws -> [(Int, String)] {
        try await database.query(
            """
            select number, reason from tickets
            where tenant_id = \(scope.tenant) and requester_id = \(user) and state = 'open'
            order by created_at desc limit 20
            """, in: scope
        ) { row in (try row.next(), try row.next()) }
    }

    /// Whether all of these assets are in the scope.
    func has(_ assets: [AssetID], in scope: TenantScope, _ database: Database) async throws -> Bool {
        let count = try await database.first(
            "select count(*) from asset_directory where tenant_id = \(scope.tenant) and asset_id = any(\(assets))",
            in: scope
        ) { row in try row.next(Int.self) }
        return count == Set(assets).count
    }

    /// The part that decisions move, locked until the transaction ends.
    func lock(
        _ id: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> (number: Int, progress: TicketProgress)? {
        try await transaction.first(
            """
            select t.number, t.requester_id, t.reason,
                array(select m.asset_id from ticket_assets m
                    where m.tenant_id = t.tenant_id and m.ticket_id = t.ticket_id order by m.asset_id),
                t.accounts, t.protocols, t.actions, t.starts_at, t.duration_seconds, t.state, t.level, t.decided_at,
                (select jsonb_agg(w.users order by w.level) from (
                    select level, jsonb_agg(user_id) as users from ticket_approvers
                    where tenant_id = t.tenant_id and ticket_id = t.ticket_id group by level) w),
                array(select d.user_id from ticket_decisions d
                    where d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id order by d.level),
                t.deadline
            from tickets t where t.tenant_id = \(scope.tenant) and t.ticket_id = \(id) for update
            """
        ) { row in (try row.next(), try Self.progress(id, &row)) }
    }

    func insert(
        _ progress: TicketProgress, flow: FlowID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Int {
        let number: Int? = try await transaction.first(
            """
            insert into ticket_counters (tenant_id, last_number) values (\(scope.tenant), 1)
            on conflict on constraint ticket_counters_pk do update set last_number = ticket_counters.last_number + 1
            returning last_number
            """
        ) { row in try row.next() }
        guard let number else { throw TicketError.notFound }
        let ask = progress.ask
        _ = try await transaction.execute(
            """
            insert into tickets (tenant_id, ticket_id, number, flow_id, requester_id, reason, accounts, protocols, actions,
                starts_at, duration_seconds, levels, deadline, digest, created_at, org_id)
            values (\(scope.tenant), \(progress.id), \(number), \(flow), \(progress.requester), \(progress.reason),
                \(ask.accounts.map(\.text)), \(ask.protocols.map(\.rawValue)), \(ask.actions.map(\.rawValue)),
                \(ask.startsAt), \(ask.duration), \(progress.approvers.count), \(progress.deadline), \(progress.digest),
                \(now), gatehouse_common_organization(\(scope.tenant), \(ask.assets)::uuid[], '{}'))
            """)
        try await insertAssets(of: progress, in: scope, transaction)
        let approvers = progress.approvers.enumerated().flatMap { index, users in users.map { (index + 1, $0) } }
        _ = try await transaction.execute(
            """
            insert into ticket_approvers (tenant_id, ticket_id, level, user_id)
            select \(scope.tenant)::uuid, \(progress.id)::uuid, a.level, a.person
            from unnest(\(approvers.map(\.0))::int[], \(approvers.map(\.1))::uuid[]) as a (level, person)
            """)
        return number
    }

    /// Writes what a decision moved.
    func save(
        _ progress: TicketProgress, grant: GrantID? = nil, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let ask = progress.ask
        let level: Int? = if case .open(let level) = progress.state { level } else { nil }
        _ = try await transaction.execute(
            """
            update tickets set state = \(progress.state.word), level = coalesce(\(level)::int, level),
                decided_at = \(progress.state.decidedAt), accounts = \(ask.accounts.map(\.text)),
                actions = \(ask.actions.map(\.rawValue)), duration_seconds = \(ask.duration),
                grant_id = coalesce(\(grant)::uuid, grant_id), digest = \(progress.digest), version = version + 1
            where tenant_id = \(scope.tenant) and ticket_id = \(progress.id)
            """)
        _ = try await transaction.execute(
            """
            delete from ticket_assets where tenant_id = \(scope.tenant) and ticket_id = \(progress.id)
                and asset_id <> all(\(ask.assets)::uuid[])
            """)
    }

    func insert(
        _ decision: NewDecision, on ticket: TicketID, level: Int, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            insert into ticket_decisions (tenant_id, decision_id, ticket_id, level, user_id, outcome, comment, channel,
                digest, decided_at)
            values (\(scope.tenant), \(DecisionID.new(at: decision.at)), \(ticket), \(level), \(decision.user),
                \(decision.outcome), \(decision.comment), \(decision.channel), \(decision.digest), \(decision.at))
            """)
    }

    /// Open requests of any tenant whose deadline has passed.
    func due(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, ticket: TicketID)] {
        try await database.query(
            """
            select tenant_id, ticket_id from tickets where state = 'open' and deadline <= \(now)
            order by deadline limit 500
            """, in: SystemScope(reason: "requests whose deadline has passed")
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

    func insertComment(
        _ text: String, by user: UserID, on ticket: TicketID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            insert into ticket_comments (tenant_id, comment_id, ticket_id, user_id, text, created_at)
            values (\(scope.tenant), \(CommentID.new(at: now)), \(ticket), \(user), \(text), \(now))
            """)
    }

    private func insertAssets(
        of progress: TicketProgress, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let count = try await transaction.execute(
            """
            insert into ticket_assets (tenant_id, ticket_id, asset_id)
            select \(scope.tenant)::uuid, \(progress.id)::uuid, a.asset_id from asset_directory a
            where a.tenant_id = \(scope.tenant) and a.state = 'active' and a.asset_id = any(\(progress.ask.assets))
            """)
        guard count == progress.ask.assets.count else { throw TicketError.unknownAsset }
    }
}

/// A decision on its way into the store.
struct NewDecision: Sendable {
    /// The level that a link is for; nil for whichever is open.
    let level: Int?
    let user: UserID
    let outcome: TicketOutcome
    let comment: String
    let channel: DecisionChannel
    let digest: [UInt8]
    let at: Date
}

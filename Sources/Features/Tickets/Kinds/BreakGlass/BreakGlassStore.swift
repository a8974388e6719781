import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of emergency access.
struct BreakGlassStore: Sendable {
    func rules(in scope: TenantScope, _ database: Database) async throws -> BreakGlassRules {
        try await database.first(
            "select rules, version from break_glass_policies where tenant_id = \(scope.tenant)", in: scope, Self.rules)
            ?? BreakGlassRules(rules: [], version: 0)
    }

    fileprivate static func rules(_ row: inout Row) throws -> BreakGlassRules {
        BreakGlassRules(
            rules: try Schema<[BreakGlassRule]>.array(of: BreakGlassRule.schema, 0...50).parse(row.next()),
            version: try row.next())
    }

    /// Replaces the rules; false if they are not those that were read.
    func save(
        _ rules: BreakGlassRules, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        let json = JSON.array(try rules.rules.map { try $0.written })
        return try await transaction.execute(
            """
            insert into break_glass_policies as p (tenant_id, rules, changed_at, version)
            select \(scope.tenant)::uuid, \(json)::jsonb, \(now)::timestamptz, 1
            where \(rules.version) = 0 or exists (
                select from break_glass_policies x where x.tenant_id = \(scope.tenant))
            on conflict on constraint break_glass_policies_pk do update
            set rules = excluded.rules, changed_at = excluded.changed_at, version = p.version + 1
            where p.version = \(rules.version)
            """) == 1
    }

    /// Whether all of these groups and organizations exist.
    func know(
        groups: [GroupID], organizations: [OrganizationID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.first(
            """
            select (select count(*) from group_directory
                    where tenant_id = \(scope.tenant) and group_id = any(\(groups))) = \(Set(groups).count)
                and (select count(*) from organization_directory
                    where tenant_id = \(scope.tenant) and org_id = any(\(organizations))) = \(Set(organizations).count)
            """
        ) { row in try row.next() } ?? false
    }

    /// How a person stands, in one statement: everybody who is refused at a terminal is looked up.
    static func standing(of user: UserID, in scope: TenantScope) -> SQL {
        """
        select p.rules, p.version,
            array(select group_id from user_groups where tenant_id = \(scope.tenant) and user_id = \(user)),
            exists (select from break_glass_uses b
                where b.tenant_id = \(scope.tenant) and b.reviewed_at is null
                    and (b.user_id = \(user) or exists (
                        select from user_addresses m
                        join user_addresses o on o.tenant_id = m.tenant_id and o.address = m.address
                        where m.tenant_id = b.tenant_id and m.user_id = \(user) and o.user_id = b.user_id)))
        from break_glass_policies p where p.tenant_id = \(scope.tenant)
        """
    }

    /// The places of those rules by which all of the assets may be entered: they are of this tenant, lie in the organization
    /// and have all of the labels.
    static func covering(_ rules: [BreakGlassRule], _ assets: [AssetID], in scope: TenantScope) -> SQL {
        let wanted = JSON.array(
            rules.map { rule in
                [
                    "place": rule.organization.map { .string($0.uuid.uuidString) } ?? .null,
                    "labels": .array(rule.labels.map { .array([.string($0.key), .string($0.value)]) }),
                ]
            })
        return """
            select r.n::int from jsonb_array_elements(\(wanted)::jsonb) with ordinality as r (rule, n)
            where \(Set(assets).count) = (
                select count(*) from asset_directory a
                where a.tenant_id = \(scope.tenant) and a.asset_id = any(\(assets)) and a.state = 'active'
                    and (r.rule ->> 'place' is null or exists (select from organization_ancestry y
                        where y.tenant_id = \(scope.tenant) and y.org_id = a.org_id
                            and y.ancestor_id = (r.rule ->> 'place')::uuid))
                    and not exists (
                        select from jsonb_array_elements(r.rule -> 'labels') as w (label)
                        where not exists (select from asset_label_directory l
                            where l.tenant_id = \(scope.tenant) and l.asset_id = a.asset_id
                                and l.key = w.label ->> 0 and l.value = w.label ->> 1)))
            order by r.n
            """
    }

    /// Holds who may take emergency access until the transaction ends: it is taken one after the other in a company, so that
    /// nobody takes it twice at once.
    func hold(in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.first(
            "select version from break_glass_policies where tenant_id = \(scope.tenant) for update"
        ) { row in try row.next(Int.self) }
    }

    func insert(
        _ grant: GrantID, of ticket: TicketID, by user: UserID, rule: String, from now: Date, to end: Date,
        reviewBy due: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            insert into break_glass_uses (tenant_id, ticket_id, grant_id, user_id, rule, used_at, ends_at, review_due_at)
            values (\(scope.tenant), \(ticket), \(grant), \(user), \(rule), \(now), \(end), \(due))
            """)
    }

    /// Notes a review; the grant that it was about, or nil if there was one before.
    func review(
        _ ticket: TicketID, _ outcome: BreakGlassUse.ReviewOutcome, by user: UserID, remark: String, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws -> GrantID? {
        try await transaction.first(
            """
            update break_glass_uses set outcome = \(outcome), reviewed_at = \(now), reviewed_by = \(user),
                remark = \(remark)
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and reviewed_at is null
            returning grant_id
            """
        ) { row in try row.next() }
    }

    func grant(of ticket: TicketID, in scope: TenantScope, _ transaction: Transaction) async throws -> GrantID? {
        try await transaction.first(
            """
            select grant_id from break_glass_uses where tenant_id = \(scope.tenant) and ticket_id = \(ticket) for update
            """
        ) { row in try row.next() }
    }

    /// Uses of any tenant that nobody has reviewed in time, and of which nobody was told so.
    func late(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, ticket: TicketID)] {
        try await database.query(
            """
            select tenant_id, ticket_id from break_glass_uses
            where reviewed_at is null and told_late_at is null and review_due_at <= \(now)
            order by review_due_at limit 500
            """, in: SystemScope(reason: "emergency access that nobody has reviewed")
        ) { row in (try row.next(), try row.next()) }
    }

    /// Notes that people were told; whose it was, or nil if that has settled meanwhile.
    func tellLate(
        _ ticket: TicketID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> UserID? {
        try await transaction.first(
            """
            update break_glass_uses set told_late_at = \(now)
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and reviewed_at is null and told_late_at is null
            returning user_id
            """
        ) { row in try row.next() }
    }

    /// Active people who administer the whole tenant: those who review where no flow says who.
    func administrators(
        besides user: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Seat] {
        try await transaction.query(
            """
            select distinct on (u.user_id) u.user_id, r.name from role_directory r
            join user_roles b on b.tenant_id = r.tenant_id and b.role_id = r.role_id and b.org_id = b.tenant_id
            join user_directory u on u.tenant_id = b.tenant_id and u.user_id = b.user_id and u.state = 'active'
            where r.tenant_id = \(scope.tenant) and r.built_in not in ('auditor', 'user') and u.user_id <> \(user)
            order by u.user_id, r.name
            """
        ) { row in Seat(user: try row.next(), reason: .role, detail: try row.next()) }
    }

    func list(
        _ page: PageRequest, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [BreakGlassUse] {
        try await database.query(
            """
            select b.ticket_id, t.number, b.user_id, coalesce(u.name, ''), t.reason, b.rule,
                coalesce((select jsonb_agg(jsonb_build_array(a.asset_id, a.name) order by a.name)
                    from ticket_assets m join asset_directory a on a.tenant_id = m.tenant_id and a.asset_id = m.asset_id
                    where m.tenant_id = b.tenant_id and m.ticket_id = b.ticket_id), '[]'),
                b.grant_id, coalesce(g.state = 'active' and g.ends_at > \(now), false), b.used_at, b.ends_at,
                (select count(*) from grant_uses s where s.tenant_id = b.tenant_id and s.grant_id = b.grant_id),
                (select coalesce(sum(s.command_count), 0)::bigint from grant_uses s
                    where s.tenant_id = b.tenant_id and s.grant_id = b.grant_id),
                b.review_due_at, b.outcome, b.reviewed_at, b.reviewed_by, coalesce(v.name, ''), coalesce(b.remark, '')
            from break_glass_uses b
            join tickets t on t.tenant_id = b.tenant_id and t.ticket_id = b.ticket_id
            left join user_directory u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            left join user_directory v on v.tenant_id = b.tenant_id and v.user_id = b.reviewed_by
            left join grant_states g on g.tenant_id = b.tenant_id and g.grant_id = b.grant_id
            where b.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) { row in
            let (id, number): (TicketID, Int) = (try row.next(), try row.next())
            let user = TicketPerson(id: try row.next(), name: try row.next())
            let (reason, rule): (String, String) = (try row.next(), try row.next())
            let assets = Self.assets(try row.next())
            let (grant, isOpen, used, end): (GrantID, Bool, Date, Date) = (
                try row.next(), try row.next(), try row.next(), try row.next()
            )
            let (sessions, commands, due): (Int, Int, Date) = (try row.next(), try row.next(), try row.next())
            let (outcome, reviewed): (BreakGlassUse.ReviewOutcome?, Date?) = (try row.next(), try row.next())
            let (reviewer, name): (UserID?, String) = (try row.next(), try row.next())
            return BreakGlassUse(
                id: id, number: number, user: user, reason: reason, rule: rule, assets: assets, grant: grant,
                isOpen: isOpen, usedAt: used, endsAt: end, sessions: sessions, commands: commands, reviewDueAt: due,
                outcome: outcome, reviewedAt: reviewed, reviewer: reviewer.map { TicketPerson(id: $0, name: name) },
                remark: try row.next())
        }
    }

    private static func assets(_ json: JSON) -> [TicketAsset] {
        guard case .array(let rows) = json else { return [] }
        return rows.compactMap { row in
            guard case .array(let cells) = row, cells.count == 2, let name = cells[1].text,
                let uuid = cells[0].text.flatMap(UUID.init(uuidString:))
            else { return nil }
            return TicketAsset(id: ID(uuid), name: name)
        }
    }
}

/// How somebody stands with emergency access.
struct BreakGlassStanding: Sendable {
    /// Those that name a group of theirs, whatever they are for.
    let rules: [BreakGlassRule]
    /// Whether nobody has reviewed an earlier use of theirs, by whichever of their accounts: one waits at most.
    let isReviewMissing: Bool

    init(_ row: inout Row) throws {
        let all = try BreakGlassStore.rules(&row).rules
        let groups = Set(try row.next([GroupID].self))
        rules = all.filter { !groups.isDisjoint(with: $0.groups) }
        isReviewMissing = try row.next()
    }
}

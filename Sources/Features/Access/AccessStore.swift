import Assets
import FoundationEssentials
import Kernel
import Postgres

/// The SQL behind decisions and reach.
struct AccessStore: Sendable {
    /// Grants of a person, directly or through groups.
    static func grants(of user: UserID, in scope: TenantScope) -> SQL {
        """
        select s.grant_id from grant_users s where s.tenant_id = \(scope.tenant) and s.user_id = \(user)
        union all
        select s.grant_id from user_groups m
        join grant_groups s on s.tenant_id = m.tenant_id and s.group_id = m.group_id
        where m.tenant_id = \(scope.tenant) and m.user_id = \(user)
        """
    }

    /// Whether a grant reaches into where an asset lies: what allows something opens nothing outside of the organization
    /// that it belongs to. Most belong to the whole tenant, which takes no look-up.
    static func reaches(_ grant: SQL, _ asset: SQL) -> SQL {
        """
        (\(fragment: grant).org_id = \(fragment: asset).tenant_id or exists (select from organization_ancestry y
            where y.tenant_id = \(fragment: asset).tenant_id and y.org_id = \(fragment: asset).org_id
                and y.ancestor_id = \(fragment: grant).org_id))
        """
    }

    /// In which time zone the hours of a grant are meant: that of the organization that the grant belongs to, so that
    /// nobody below moves the hours of what was granted or denied above.
    static func zone(of grant: SQL, _ tenant: SQL) -> SQL {
        """
        (select case when \(fragment: grant).weekly is not null and \(fragment: grant).org_id <> \(fragment: tenant).tenant_id
            then coalesce((select z.value #>> '{}' from gatehouse_setting(
                \(fragment: tenant).tenant_id, \(fragment: grant).org_id, 'locale.time-zone', 'organization', 0) z),
                \(fragment: tenant).time_zone)
            else \(fragment: tenant).time_zone end as name)
        """
    }

    /// Everything that bears on a question, or nil if the tenant has no such user or asset.
    ///
    /// What is active comes first and of that the denials, so that the limit cuts old grants that are over; where denials
    /// alone fill it, nothing else is seen and nothing is allowed.
    func facts(
        for question: AccessQuestion, in scope: TenantScope, _ database: Database
    ) async throws -> AccessFacts? {
        Self.facts(
            try await database.query(Self.statement(question, in: scope), in: scope) { row in
                try (Self.head(&row), Self.candidate(&row))
            })
    }

    /// The same in a transaction, which has to be of the tenant as a whole: denials of all organizations count.
    func facts(
        for question: AccessQuestion, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> AccessFacts? {
        Self.facts(
            try await transaction.query(Self.statement(question, in: scope)) { row in
                try (Self.head(&row), Self.candidate(&row))
            })
    }

    private static func facts(_ rows: [(AccessFacts, CandidateGrant?)]) -> AccessFacts? {
        guard var facts = rows.first?.0 else { return nil }
        facts.candidates = rows.compactMap(\.1)
        return facts
    }

    /// Whether person and asset are both within the scope.
    func sees(_ question: AccessQuestion, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            """
            select true from user_directory u join asset_directory a on a.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(question.user) and a.asset_id = \(question.asset)
            """, in: scope
        ) { row in try row.next() } ?? false
    }

    /// The one statement of a decision; a test holds its plan against tables of a large tenant.
    static func statement(_ question: AccessQuestion, in scope: TenantScope) -> SQL {
        """
        select t.state in ('trial', 'active'), u.login, u.state = 'active', a.name, a.state = 'active',
            exists (select from account_directory c
                where c.tenant_id = a.tenant_id and c.asset_id = a.asset_id and c.name = \(question.account)),
            extract(isodow from \(question.at)::timestamptz at time zone zone.name)::int,
            (extract(hour from \(question.at)::timestamptz at time zone zone.name) * 60
                + extract(minute from \(question.at)::timestamptz at time zone zone.name))::int,
            \(fragment: CandidateGrant.columns)
        from tenant_settings t
        join user_directory u on u.tenant_id = t.tenant_id and u.user_id = \(question.user)
        join asset_directory a on a.tenant_id = t.tenant_id and a.asset_id = \(question.asset)
        left join lateral (
            select * from grants c
            where c.tenant_id = \(scope.tenant) and c.grant_id in (\(fragment: Self.grants(of: question.user, in: scope)))
                and c.grant_id in (
                    select o.grant_id from grant_assets o
                    where o.tenant_id = \(scope.tenant) and o.asset_id = \(question.asset)
                    union all
                    select o.grant_id from asset_ancestors n
                    join grant_nodes o on o.tenant_id = n.tenant_id and o.node_id = n.node_id
                    where n.tenant_id = \(scope.tenant) and n.asset_id = \(question.asset))
                and (c.effect = 'deny' or \(fragment: Self.reaches("c", "a")))
            order by c.state = 'active' desc, c.effect = 'deny' desc, c.created_at desc
            limit 1000
        ) g on true
        cross join lateral \(fragment: Self.zone(of: "g", "t")) zone
        where t.tenant_id = \(scope.tenant)
        """
    }

    /// The assets that the person may reach at the moment, by name, from the given one on.
    func reachable(
        by user: UserID, at now: Date, matching tail: SQL, in scope: TenantScope, _ database: Database
    ) async throws -> [ReachableAsset] {
        try await database.query(
            """
            with mine as materialized (
                select g.grant_id, g.org_id from grants g
                where g.tenant_id = \(scope.tenant) and g.grant_id in (\(fragment: Self.grants(of: user, in: scope)))
                    and g.state = 'active' and g.effect = 'allow'
                    and g.starts_at <= \(now) and (g.ends_at is null or g.ends_at > \(now)))
            select a.asset_id, a.name, a.address, a.platform from asset_directory a
            where a.tenant_id = \(scope.tenant) and a.state = 'active'
                and (exists (select from grant_assets o join mine on mine.grant_id = o.grant_id
                        where o.tenant_id = \(scope.tenant) and o.asset_id = a.asset_id
                            and \(fragment: Self.reaches("mine", "a")))
                    or exists (select from asset_ancestors n
                        join grant_nodes o on o.tenant_id = n.tenant_id and o.node_id = n.node_id
                        join mine on mine.grant_id = o.grant_id
                        where n.tenant_id = \(scope.tenant) and o.tenant_id = \(scope.tenant)
                            and n.asset_id = a.asset_id and \(fragment: Self.reaches("mine", "a"))))
            \(fragment: tail)
            """, in: scope
        ) { row in
            ReachableAsset(
                id: try row.next(), name: try AssetName(parsing: row.next()),
                address: try AssetAddress(parsing: row.next()), platform: try row.next(), accounts: [])
        }
    }

    /// For each of these assets: the accounts that exist on it, and every grant that names person and asset. It begins with
    /// the person's grants: an asset may have those of a thousand others.
    func candidates(
        for user: UserID, on assets: [AssetID], at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [(asset: AssetID, account: AccountName, hasSecret: Bool, facts: AccessFacts)] {
        let rows = try await database.query(
            Self.candidates(for: user, on: assets, at: now, in: scope), in: scope
        ) { row in
            let asset: AssetID = try row.next()
            let account = try AccountName(parsing: row.next())
            return (asset, account, try row.next(Bool.self), try Self.head(&row), try Self.candidate(&row))
        }
        var grouped: [(asset: AssetID, account: AccountName, hasSecret: Bool, facts: AccessFacts)] = []
        for (asset, account, hasSecret, head, candidate) in rows {
            if grouped.last.map({ $0.asset != asset || $0.account != account }) ?? true {
                grouped.append((asset, account, hasSecret, head))
            }
            if let candidate { grouped[grouped.count - 1].facts.candidates.append(candidate) }
        }
        return grouped
    }

    /// The statement behind it; a test holds what it reads against an asset that many people have grants for.
    static func candidates(
        for user: UserID, on assets: [AssetID], at now: Date, in scope: TenantScope
    ) -> SQL {
        """
        with mine as materialized (
            select g.grant_id, g.org_id, g.name, g.effect, g.protocols, g.actions, g.starts_at, g.ends_at, g.weekly,
                g.state, g.strict_recording, g.tenant_id
            from (select distinct m.grant_id from (\(fragment: Self.grants(of: user, in: scope))) m) s
            join grants g on g.tenant_id = \(scope.tenant) and g.grant_id = s.grant_id and g.state = 'active')
        select c.asset_id, c.name, c.has_secret,
            t.state in ('trial', 'active'), u.login, u.state = 'active', a.name, a.state = 'active', true,
            extract(isodow from \(now)::timestamptz at time zone zone.name)::int,
            (extract(hour from \(now)::timestamptz at time zone zone.name) * 60
                + extract(minute from \(now)::timestamptz at time zone zone.name))::int,
            \(fragment: CandidateGrant.columns)
        from tenant_settings t
        join user_directory u on u.tenant_id = t.tenant_id and u.user_id = \(user)
        join asset_directory a on a.tenant_id = t.tenant_id and a.asset_id = any(\(assets))
        join account_directory c on c.tenant_id = a.tenant_id and c.asset_id = a.asset_id
        join (
            select o.asset_id, o.grant_id from grant_assets o join mine m on m.grant_id = o.grant_id
            where o.tenant_id = \(scope.tenant) and o.asset_id = any(\(assets))
            union
            select n.asset_id, o.grant_id from asset_ancestors n
            join grant_nodes o on o.tenant_id = n.tenant_id and o.node_id = n.node_id
            join mine m on m.grant_id = o.grant_id
            where n.tenant_id = \(scope.tenant) and o.tenant_id = \(scope.tenant)
                and n.asset_id = any(\(assets))
        ) object on object.asset_id = a.asset_id
        join mine g on g.grant_id = object.grant_id and (g.effect = 'deny' or \(fragment: Self.reaches("g", "a")))
        cross join lateral \(fragment: Self.zone(of: "g", "t")) zone
        where t.tenant_id = \(scope.tenant)
        order by c.asset_id, c.name
        """
    }

    private static func head(_ row: inout Row) throws -> AccessFacts {
        AccessFacts(
            isTenantActive: try row.next(), login: try row.next(), isUserActive: try row.next(),
            assetName: try row.next(), isAssetActive: try row.next(), hasAccount: try row.next(), candidates: [])
    }

    private static func candidate(_ row: inout Row) throws -> CandidateGrant? {
        let moment = LocalMoment(weekday: try row.next(), minute: try row.next())
        guard let id: GrantID = try row.next() else { return nil }
        return try CandidateGrant(id, &row, at: moment)
    }
}

extension CandidateGrant {
    /// What it is read from, of a grant `g`.
    static let columns: SQL = """
        g.grant_id, g.name, g.effect, g.protocols, g.actions,
            array(select ga.kind || ':' || ga.name from grant_accounts ga
                where ga.tenant_id = g.tenant_id and ga.grant_id = g.grant_id),
            g.starts_at, g.ends_at, coalesce(g.weekly, '[]'), g.state, g.strict_recording
        """

    /// Reads what comes after the id.
    init(_ id: GrantID, _ row: inout Row, at moment: LocalMoment) throws {
        self.init(
            id: id, name: try row.next(), effect: try row.next(), protocols: try row.next(),
            actions: try row.next(), accounts: try GrantStore.rules(row.next()), startsAt: try row.next(),
            endsAt: try row.next(), weekly: try GrantStore.hours(row.next()), state: try row.next(),
            isStrict: try row.next(), moment: moment)
    }
}

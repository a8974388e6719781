import Access
import Assets
import FoundationEssentials
import Kernel
import Postgres

/// The SQL behind a path: what is known about a request, and who has a seat.
struct PathStore: Sendable {
    /// What is known about a request; nil if one of its assets is not there or is disabled.
    func facts(
        _ draft: TicketDraft, by requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> DraftFacts? {
        let ask = draft.ask
        // What is past is no time of its own: it would choose a laxer flow.
        let begins = max(ask.startsAt ?? now, now)
        let facts: DraftFacts? = try await transaction.first(
            """
            select place.org_id,
                (select count(distinct a.org_id) from asset_directory a
                    where a.tenant_id = t.tenant_id and a.asset_id = any(\(ask.assets)::uuid[])),
                array(select m.group_id from user_groups m where m.tenant_id = t.tenant_id and m.user_id = \(requester)),
                (select jsonb_agg(jsonb_build_object('id', a.asset_id, 'platform', a.platform, 'labels', (
                        select jsonb_agg(jsonb_build_array(l.key, l.value)) from asset_label_directory l
                        where l.tenant_id = a.tenant_id and l.asset_id = a.asset_id)))
                    from asset_directory a
                    where a.tenant_id = t.tenant_id and a.asset_id = any(\(ask.assets)::uuid[]) and a.state = 'active'),
                exists (select from account_directory c
                    where c.tenant_id = t.tenant_id and c.asset_id = any(\(ask.assets)::uuid[])
                        and c.name = any(\(ask.accounts.map(\.text))::text[]) and c.privileged),
                extract(isodow from \(begins)::timestamptz at time zone t.time_zone)::int,
                (extract(hour from \(begins)::timestamptz at time zone t.time_zone) * 60
                    + extract(minute from \(begins)::timestamptz at time zone t.time_zone))::int
            from tenant_settings t
            cross join gatehouse_common_organization(\(scope.tenant), \(ask.assets)::uuid[], '{}') as place (org_id)
            where t.tenant_id = \(scope.tenant)
            """
        ) { row in
            DraftFacts(
                kind: draft.kind, organization: try row.next(), organizations: try row.next(),
                groups: Set(try row.next([GroupID].self)), assets: Self.targets(try row.next()),
                accounts: ask.accounts, actions: ask.actions, hasPrivilegedAccount: try row.next(),
                duration: ask.duration, moment: LocalMoment(weekday: try row.next(), minute: try row.next()))
        }
        guard let facts, facts.assets.count == Set(ask.assets).count else { return nil }
        return facts
    }

    private static func targets(_ json: JSON?) -> [DraftFacts.Target] {
        guard case .array(let rows)? = json else { return [] }
        return rows.compactMap { row in
            guard let id: AssetID = row.id("id"), let platform = row["platform"]?.text else { return nil }
            var labels: Set<DraftFacts.Label> = []
            if case .array(let pairs)? = row["labels"] {
                for case .array(let pair) in pairs where pair.count == 2 {
                    if let key = pair[0].text, let value = pair[1].text {
                        labels.insert(DraftFacts.Label(key: key, value: value))
                    }
                }
            }
            return DraftFacts.Target(id: id, platform: platform, labels: labels)
        }
    }

    /// Who has arranged what is asked for so that these flows and owners are its own.
    func arrangers(
        of ask: TicketAsk, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Arranger] {
        guard !ask.assets.isEmpty else { return [] }
        return try await transaction.query(
            """
            select r.user_id, bool_or(r.gave_owner) from asset_arrangers r
            where r.tenant_id = \(scope.tenant) and r.asset_id = any(\(ask.assets)::uuid[]) group by r.user_id
            """
        ) { row in Arranger(user: try row.next(), gaveOwner: try row.next()) }
    }

    /// Everybody active behind a flow, without whoever asks.
    ///
    /// A role counts where it is held in an organization in which all assets lie, or above it; an owner for all of them.
    /// What is behind the flow is found once, and not for everybody of the company.
    func seats(
        of flow: FlowID, for ask: TicketAsk, by requester: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [PlacedSeat] {
        let assets = Array(Set(ask.assets))
        let statement: SQL =
            """
            with behind as materialized (
                select a.level, a.part, a.user_id, 'named' as reason, '' as detail, 1 as place
                from flow_approvers a
                where a.tenant_id = \(scope.tenant) and a.flow_id = \(flow) and a.user_id is not null
                union all
                select a.level, a.part, m.user_id, 'group', g.name, 2
                from flow_approvers a
                join group_directory g on g.tenant_id = a.tenant_id and g.group_id = a.group_id
                join user_groups m on m.tenant_id = a.tenant_id and m.group_id = a.group_id
                where a.tenant_id = \(scope.tenant) and a.flow_id = \(flow)
                union all
                select a.level, a.part, b.user_id, 'role', r.name, 3
                from flow_approvers a
                join role_directory r on r.tenant_id = a.tenant_id and r.role_id = a.role_id
                join user_roles b on b.tenant_id = a.tenant_id and b.role_id = a.role_id
                join organization_ancestry y on y.tenant_id = b.tenant_id and y.ancestor_id = b.org_id
                join gatehouse_common_organization(\(scope.tenant), \(assets)::uuid[], '{}') as p (org_id)
                    on p.org_id = y.org_id
                where a.tenant_id = \(scope.tenant) and a.flow_id = \(flow)
                union all
                select a.level, a.part, o.owner_id, 'asset-owner', o.names, 5
                from flow_approvers a
                cross join (
                    select d.owner_id, string_agg(d.name, ', ' order by d.name) as names
                    from asset_directory d
                    where d.tenant_id = \(scope.tenant) and d.asset_id = any(\(assets)::uuid[])
                        and d.owner_id is not null
                    group by d.owner_id having count(*) = \(assets.count)) o
                where a.tenant_id = \(scope.tenant) and a.flow_id = \(flow) and a.relation = 'asset-owner'
                union all
                select a.level, a.part, o.owner_id, 'node-owner', o.names, 6
                from flow_approvers a
                cross join (
                    select d.owner_id, string_agg(distinct d.name, ', ' order by d.name) as names
                    from asset_ancestors n
                    join node_directory d on d.tenant_id = n.tenant_id and d.node_id = n.node_id
                    where n.tenant_id = \(scope.tenant) and n.asset_id = any(\(assets)::uuid[])
                        and d.owner_id is not null
                    group by d.owner_id having count(distinct n.asset_id) = \(assets.count)) o
                where a.tenant_id = \(scope.tenant) and a.flow_id = \(flow) and a.relation = 'node-owner'
                union all
                select a.level, a.part, w.manager_id, 'manager', w.name, 4
                from flow_approvers a
                join user_directory w on w.tenant_id = a.tenant_id and w.user_id = \(requester)
                where a.tenant_id = \(scope.tenant) and a.flow_id = \(flow) and a.relation = 'manager'
                union all
                select 0, 'copy', c.user_id, 'named', '', 7 from flow_copies c
                where c.tenant_id = \(scope.tenant) and c.flow_id = \(flow) and c.user_id is not null
                union all
                select 0, 'copy', m.user_id, 'group', '', 8 from flow_copies c
                join user_groups m on m.tenant_id = c.tenant_id and m.group_id = c.group_id
                where c.tenant_id = \(scope.tenant) and c.flow_id = \(flow))
            select distinct on (s.level, s.part, u.user_id)
                s.level, s.part, u.user_id, u.name, s.reason, left(s.detail, 200)
            from behind s
            join user_directory u on u.tenant_id = \(scope.tenant) and u.user_id = s.user_id and u.state = 'active'
            where u.user_id <> \(requester)
            order by s.level, s.part, u.user_id, s.place
            """
        return try await transaction.query(statement) { row in
            let (level, part): (Int, String) = (try row.next(), try row.next())
            let (user, name): (UserID, String) = (try row.next(), try row.next())
            let seat = Seat(user: user, reason: try row.next(), detail: try row.next())
            return PlacedSeat(level: level, part: part, seat: seat, name: name)
        }
    }

    func has(_ user: UserID, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            "select true from user_directory where tenant_id = \(scope.tenant) and user_id = \(user)", in: scope
        ) { row in try row.next() } ?? false
    }
}

/// For which requests a flow is; who decides is read of the one that is taken.
struct FlowHead: Sendable {
    let id: FlowID
    let isDefault: Bool
    let approvesLowRisk: Bool
    let conditions: FlowConditions

    func isFor(_ facts: DraftFacts, _ risk: TicketRisk) -> Bool {
        isDefault || conditions.fit(facts, risk, strictly: approvesLowRisk)
    }
}

/// Somebody who has said how assets are labelled, where they lie or who owns them, without looking after flows.
struct Arranger: Sendable {
    let user: UserID
    /// They have said who owns them.
    let gaveOwner: Bool
}

/// A seat, and where it is.
struct PlacedSeat: Sendable {
    /// From 1; 0 for people who are told only.
    let level: Int
    let part: String
    let seat: Seat
    let name: String
}

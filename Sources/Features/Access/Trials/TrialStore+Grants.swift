import Assets
import FoundationEssentials
import Kernel
import Postgres

/// The SQL of the grants that a trial is about.
extension TrialStore {
    /// Grants by their ids, with all that they name.
    func grants(
        _ ids: [GrantID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [PolicyGrant] {
        guard !ids.isEmpty else { return [] }
        return try await transaction.query(
            """
            select \(fragment: Self.columns),
                array(select m.user_id from grant_users m
                    where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id),
                array(select m.group_id from grant_groups m
                    where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id),
                array(select m.asset_id from grant_assets m
                    where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id),
                array(select m.node_id from grant_nodes m
                    where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id)
            from grants g
            join tenant_settings t on t.tenant_id = g.tenant_id
            cross join lateral \(fragment: AccessStore.zone(of: "g", "t")) zone
            where g.tenant_id = \(scope.tenant) and t.tenant_id = \(scope.tenant) and g.grant_id = any(\(ids)::uuid[])
            """, Self.grant)
    }

    /// Grants that were there on one of the days and name one of the people, with those that they name of the people and
    /// assets that are asked about.
    func grants(
        naming people: [PolicyPerson], _ assets: [PolicyAsset], from: Date, to: Date, limit: Int,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [PolicyGrant] {
        try await transaction.query(
            Self.grants(naming: people, assets, from: from, to: to, limit: limit, in: scope), Self.grant)
    }

    static func grants(
        naming people: [PolicyPerson], _ assets: [PolicyAsset], from: Date, to: Date, limit: Int, in scope: TenantScope
    ) -> SQL {
        let users = people.map(\.id)
        let groups = Array(people.reduce(into: Set<GroupID>()) { $0.formUnion($1.groups) })
        let nodes = Array(assets.reduce(into: Set<NodeID>()) { $0.formUnion($1.nodes) })
        return """
            with named as materialized (
                select s.grant_id from grant_users s
                where s.tenant_id = \(scope.tenant) and s.user_id = any(\(users)::uuid[])
                union
                select s.grant_id from grant_groups s
                where s.tenant_id = \(scope.tenant) and s.group_id = any(\(groups)::uuid[]))
            select \(fragment: columns), who.users, who.groups, what.assets, what.nodes
            from named
            join grants g on g.tenant_id = \(scope.tenant) and g.grant_id = named.grant_id
            join tenant_settings t on t.tenant_id = g.tenant_id
            cross join lateral \(fragment: AccessStore.zone(of: "g", "t")) zone
            cross join lateral (select
                array(select m.asset_id from grant_assets m where m.tenant_id = g.tenant_id
                    and m.grant_id = g.grant_id and m.asset_id = any(\(assets.map(\.id))::uuid[])) as assets,
                array(select m.node_id from grant_nodes m where m.tenant_id = g.tenant_id
                    and m.grant_id = g.grant_id and m.node_id = any(\(nodes)::uuid[])) as nodes) what
            cross join lateral (select
                array(select m.user_id from grant_users m where m.tenant_id = g.tenant_id
                    and m.grant_id = g.grant_id and m.user_id = any(\(users)::uuid[])) as users,
                array(select m.group_id from grant_groups m where m.tenant_id = g.tenant_id
                    and m.grant_id = g.grant_id and m.group_id = any(\(groups)::uuid[])) as groups) who
            where t.tenant_id = \(scope.tenant) and g.created_at <= \(to)
                and (g.state = 'active' or coalesce(g.revoked_at, g.ended_at) > \(from))
                and (g.ends_at is null or g.ends_at > \(from))
                and (what.assets <> '{}' or what.nodes <> '{}')
            order by g.state = 'active' desc, g.effect = 'deny' desc, g.created_at desc, g.grant_id
            limit \(limit)
            """
    }

    private static let columns: SQL = """
        \(fragment: CandidateGrant.columns), g.org_id, zone.name, g.created_at, coalesce(g.revoked_at, g.ended_at)
        """

    private static func grant(_ row: inout Row) throws -> PolicyGrant {
        let candidate = try CandidateGrant(row.next(), &row, at: LocalMoment(weekday: 1, minute: 0))
        let (organization, zone): (OrganizationID, String) = (try row.next(), try row.next())
        let (created, over): (Date, Date?) = (try row.next(), try row.next())
        return PolicyGrant(
            candidate: candidate, users: Set(try row.next([UserID].self)), groups: Set(try row.next([GroupID].self)),
            assets: Set(try row.next([AssetID].self)), nodes: Set(try row.next([NodeID].self)),
            organization: organization, zone: zone, createdAt: created, overAt: over)
    }

    /// Whether all of these are there and within the scope.
    func sees(_ named: Named, in scope: TenantScope, _ transaction: Transaction) async throws -> Bool {
        let (users, groups) = (Array(named.users), Array(named.groups))
        let (assets, nodes) = (Array(named.assets), Array(named.nodes))
        return try await transaction.first(
            """
            select (select count(*) from user_directory where tenant_id = \(scope.tenant)
                    and user_id = any(\(users)::uuid[])) = \(users.count)
                and (select count(*) from group_directory where tenant_id = \(scope.tenant)
                    and group_id = any(\(groups)::uuid[])) = \(groups.count)
                and (select count(*) from asset_directory where tenant_id = \(scope.tenant)
                    and asset_id = any(\(assets)::uuid[])) = \(assets.count)
                and (select count(*) from node_directory where tenant_id = \(scope.tenant)
                    and node_id = any(\(nodes)::uuid[])) = \(nodes.count)
            """
        ) { row in try row.next() } ?? false
    }

    /// What the changes name that may not be there.
    struct Named {
        var users: Set<UserID> = []
        var groups: Set<GroupID> = []
        var assets: Set<AssetID> = []
        var nodes: Set<NodeID> = []
    }

    /// To which organization each of these grants would belong, unless it keeps its own, and by which clock its hours would
    /// be meant.
    func places(
        of grants: [(grant: PolicyGrant, isPlaced: Bool)], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [(organization: OrganizationID, zone: String)] {
        guard !grants.isEmpty else { return [] }
        let numbered = grants.enumerated().map { number, one -> SQL in
            let grant = one.grant
            let isFound = !one.isPlaced && grant.candidate.effect == .allow
            return """
                select \(number)::int as n, case when \(isFound)::bool then
                    gatehouse_common_organization(
                        \(scope.tenant), \(Array(grant.assets))::uuid[], \(Array(grant.nodes))::uuid[])
                    else \(grant.organization)::uuid end as org_id, '[]'::jsonb as weekly
                """
        }
        let all = numbered.dropFirst().reduce(numbered[0]) { all, next -> SQL in
            "\(fragment: all) union all \(fragment: next)"
        }
        return try await transaction.query(
            """
            select g.org_id, zone.name from tenant_settings t cross join (\(fragment: all)) g
            cross join lateral \(fragment: AccessStore.zone(of: "g", "t")) zone
            where t.tenant_id = \(scope.tenant) order by g.n
            """
        ) { row in (try row.next(), try row.next()) }
    }
}

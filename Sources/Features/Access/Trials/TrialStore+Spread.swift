import FoundationEssentials
import Kernel
import Postgres

/// The SQL of whom and what the changes name, so that it can be said what they open.
extension TrialStore {
    /// Sets of ids, each with the number of the change that it belongs to.
    struct Numbered<Kind: IDKind> {
        var numbers: [Int] = []
        var ids: [ID<Kind>] = []

        mutating func add(_ more: some Sequence<ID<Kind>>, _ number: Int) {
            for id in more {
                numbers.append(number)
                ids.append(id)
            }
        }
    }

    /// Some of what a change names, and how much it is.
    struct Part<Kind: IDKind> {
        var ids: [ID<Kind>] = []
        var count = 0
    }

    /// The active people among these and in these groups, within the scope, by the number of the change.
    func people(
        _ users: Numbered<UserKind>, _ groups: Numbered<GroupKind>, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Int: Part<UserKind>] {
        let rows = try await transaction.query(
            """
            select p.n, p.user_id, p.total from (
                select d.n, d.user_id, count(*) over (partition by d.n) as total,
                    row_number() over (partition by d.n order by d.user_id) as r
                from (
                    select x.n, x.id as user_id
                    from unnest(\(users.numbers)::int[], \(users.ids)::uuid[]) as x (n, id)
                    union
                    select x.n, m.user_id
                    from unnest(\(groups.numbers)::int[], \(groups.ids)::uuid[]) as x (n, id)
                    join user_groups m on m.tenant_id = \(scope.tenant) and m.group_id = x.id) d
                join user_directory u on u.tenant_id = \(scope.tenant) and u.user_id = d.user_id
                    and u.state = 'active') p
            where p.r <= \(TrialLimits.members) order by p.n, p.user_id
            """
        ) { row in (n: try row.next(Int.self), id: try row.next(UserID.self), total: try row.next(Int.self)) }
        return Dictionary(grouping: rows, by: \.n).mapValues { Part(ids: $0.map(\.id), count: $0[0].total) }
    }

    /// The active assets among these, in these folders, and of what these groups are granted or denied, by the number of the
    /// change.
    /// Reads what is granted in the whole tenant, and tells of the assets in the scope.
    func assets(
        _ assets: Numbered<AssetKind>, _ nodes: Numbered<NodeKind>, ofGroups groups: Numbered<GroupKind>,
        _ effects: [Grant.Effect],
        in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Int: Part<AssetKind>] {
        let rows = try await transaction.query(
            """
            with given as materialized (
                select x.n, s.grant_id
                from unnest(\(groups.numbers)::int[], \(groups.ids)::uuid[], \(effects)::text[])
                    as x (n, id, effect)
                join grant_groups s on s.tenant_id = \(scope.tenant) and s.group_id = x.id
                join grants g on g.tenant_id = \(scope.tenant) and g.grant_id = s.grant_id
                    and g.state = 'active' and g.effect = x.effect)
            select p.n, p.asset_id, p.total from (
                select d.n, d.asset_id, count(*) over (partition by d.n) as total,
                    row_number() over (partition by d.n order by d.asset_id) as r
                from (
                    select x.n, x.id as asset_id
                    from unnest(\(assets.numbers)::int[], \(assets.ids)::uuid[]) as x (n, id)
                    union
                    select x.n, y.asset_id
                    from unnest(\(nodes.numbers)::int[], \(nodes.ids)::uuid[]) as x (n, id)
                    join asset_ancestors y on y.tenant_id = \(scope.tenant) and y.node_id = x.id
                    union
                    select v.n, o.asset_id from given v
                    join grant_assets o on o.tenant_id = \(scope.tenant) and o.grant_id = v.grant_id
                    union
                    select v.n, y.asset_id from given v
                    join grant_nodes o on o.tenant_id = \(scope.tenant) and o.grant_id = v.grant_id
                    join asset_ancestors y on y.tenant_id = \(scope.tenant) and y.node_id = o.node_id) d
                join asset_directory a on a.tenant_id = \(scope.tenant) and a.asset_id = d.asset_id
                    and a.state = 'active'
                where \(scope.organizations)::uuid[] is null or exists (select from organization_ancestry y
                    where y.tenant_id = \(scope.tenant) and y.org_id = a.org_id
                        and y.ancestor_id = any(\(scope.organizations)::uuid[]))) p
            where p.r <= \(TrialLimits.members) order by p.n, p.asset_id
            """
        ) { row in (n: try row.next(Int.self), id: try row.next(AssetID.self), total: try row.next(Int.self)) }
        return Dictionary(grouping: rows, by: \.n).mapValues { Part(ids: $0.map(\.id), count: $0[0].total) }
    }
}

import Assets
package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// What people in a person's groups may reach and the person may not: names of assets and accounts, and never whose they are.
package struct PeerAccess: WireValue, Sendable {
    package let items: [PeerAsset]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...PeerAccess.most)
    }

    /// More than this helps nobody to choose.
    static let most = 50
}

/// An asset with the accounts that others have there.
package struct PeerAsset: WireValue, Sendable, Equatable {
    package let id: AssetID
    package let name: String
    package let accounts: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field(
            "accounts", \.accounts, Schema<[String]>.array(of: .text(1...100), 0...20),
            note: "By name; empty where what others have names none.")
    }
}

extension Access {
    /// What others in this person's groups have, of the assets in the scope, which is where they may ask for some.
    package func peers(of user: UserID, at now: Date, in scope: TenantScope) async throws -> PeerAccess {
        PeerAccess(items: try await PeerStore().peers(of: user, at: now, in: scope, database))
    }
}

/// The SQL of what others have.
struct PeerStore: Sendable {
    func peers(
        of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [PeerAsset] {
        try await database.query(Self.statement(of: user, at: now, in: scope), in: scope.wholeTenant) { row in
            PeerAsset(
                id: try row.next(), name: try row.next(), accounts: Array(try row.next([String].self).prefix(20)))
        }
    }

    /// One statement, each step of which ends somewhere: groups, people, grants, assets.
    ///
    /// Groups of fewer than three who are active are left out, because there what others have is what one other person has.
    /// So is emergency access, which would say that something is going on, and what is denied to the person, who would ask
    /// in vain.
    static func statement(of user: UserID, at now: Date, in scope: TenantScope) -> SQL {
        """
        with crews as materialized (
            select m.group_id from user_groups m
            where m.tenant_id = \(scope.tenant) and m.user_id = \(user)
                and (select count(*) from (
                    select from user_groups o
                    join user_directory u on u.tenant_id = o.tenant_id and u.user_id = o.user_id and u.state = 'active'
                    where o.tenant_id = \(scope.tenant) and o.group_id = m.group_id limit 3) few) = 3
            order by m.group_id limit 50),
        others as materialized (
            select distinct o.user_id from crews c
            join user_groups o on o.tenant_id = \(scope.tenant) and o.group_id = c.group_id
            join user_directory u on u.tenant_id = o.tenant_id and u.user_id = o.user_id and u.state = 'active'
            where o.user_id <> \(user) limit 1000),
        theirs as materialized (
            select g.grant_id, g.org_id, g.tenant_id from grants g
            where g.tenant_id = \(scope.tenant) and g.state = 'active' and g.effect = 'allow'
                and not g.strict_recording and g.starts_at <= \(now) and (g.ends_at is null or g.ends_at > \(now))
                and g.grant_id in (
                    select s.grant_id from others p
                    join grant_users s on s.tenant_id = \(scope.tenant) and s.user_id = p.user_id
                    union all
                    select s.grant_id from others p
                    join user_groups m on m.tenant_id = \(scope.tenant) and m.user_id = p.user_id
                    join grant_groups s on s.tenant_id = \(scope.tenant) and s.group_id = m.group_id)
            order by g.created_at desc limit 500),
        mine as materialized (
            select g.grant_id, g.org_id, g.tenant_id, g.effect from grants g
            where g.tenant_id = \(scope.tenant) and g.state = 'active' and g.starts_at <= \(now)
                and (g.ends_at is null or g.ends_at > \(now))
                and g.grant_id in (\(fragment: AccessStore.grants(of: user, in: scope)))),
        there as materialized (
            select o.asset_id, t.grant_id from theirs t
            join grant_assets o on o.tenant_id = \(scope.tenant) and o.grant_id = t.grant_id
            union
            select n.asset_id, t.grant_id from theirs t
            join grant_nodes o on o.tenant_id = \(scope.tenant) and o.grant_id = t.grant_id
            join asset_ancestors n on n.tenant_id = \(scope.tenant) and n.node_id = o.node_id
            limit 5000)
        select a.asset_id, a.name,
            coalesce(array_agg(distinct k.name order by k.name) filter (where k.kind = 'name'), '{}')
        from there r
        join theirs t on t.grant_id = r.grant_id
        join asset_directory a on a.tenant_id = \(scope.tenant) and a.asset_id = r.asset_id and a.state = 'active'
        join grant_accounts k on k.tenant_id = \(scope.tenant) and k.grant_id = r.grant_id
            and k.kind in ('name', 'all', 'same')
        where \(fragment: AccessStore.reaches("t", "a"))
            and (\(scope.organizations)::uuid[] is null or exists (select from organization_ancestry y
                where y.tenant_id = \(scope.tenant) and y.org_id = a.org_id
                    and y.ancestor_id = any(\(scope.organizations)::uuid[])))
            and not exists (select from mine m
                where (m.effect = 'deny' or (\(fragment: AccessStore.reaches("m", "a"))
                        and exists (select from grant_accounts x
                            where x.tenant_id = \(scope.tenant) and x.grant_id = m.grant_id
                                and (x.kind = 'all' or (x.kind = k.kind and x.name = k.name)))))
                    and m.grant_id in (
                        select o.grant_id from grant_assets o
                        where o.tenant_id = \(scope.tenant) and o.asset_id = a.asset_id
                        union all
                        select o.grant_id from asset_ancestors n
                        join grant_nodes o on o.tenant_id = n.tenant_id and o.node_id = n.node_id
                        where n.tenant_id = \(scope.tenant) and n.asset_id = a.asset_id))
        group by a.asset_id, a.name order by a.name, a.asset_id limit \(PeerAccess.most)
        """
    }
}

package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// Access that somebody holds: what it opens, until when, and where it came from.
package struct MyGrant: WireValue, Sendable {
    package let id: GrantID
    package let name: String
    package let source: Grant.Source
    package let ticket: TicketID?
    package let assets: [GrantAsset]
    package let nodes: [GrantNode]
    package let accounts: [AccountRule]
    package let actions: [AccessAction]
    package let startsAt: Date
    package let endsAt: Date?
    package let state: Grant.State
    package let isUsed: Bool
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("source", \.source)
        Field("ticket", \.ticket, TicketID.schema, note: "The request that it came from.")
        Field("assets", \.assets, count: 0...1000)
        Field("nodes", \.nodes, count: 0...1000)
        Field("accounts", \.accounts, count: 0...100)
        Field("actions", \.actions, count: 0...20)
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt, Date.schema, note: "Null for one without an end.")
        Field("state", \.state)
        Field("isUsed", \.isUsed, note: "Whether a session was opened on it.")
        Field("createdAt", \.createdAt)
    }

    /// What they can be filtered and sorted by.
    package static let listing = Listing<MyGrant>(
        key: Column("id", "g.grant_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("name", "g.name", \.name, .text(1...200)),
            Column("source", "g.source", \.source),
            Column("createdAt", "g.created_at", \.createdAt),
        ])
}

extension Access {
    /// A page of what the person holds, now or from a later moment on, by themselves or through a group.
    package func held(
        by user: UserID, _ page: PageRequest, at now: Date, in scope: TenantScope
    ) async throws -> Rows<MyGrant> {
        Rows(try await grants.held(by: user, page, at: now, in: scope, database), of: page)
    }
}

extension GrantStore {
    private static let held: SQL = """
        g.grant_id, g.name, g.source, g.ticket_id,
        coalesce((select jsonb_agg(jsonb_build_array(u.asset_id, u.name) order by u.name)
            from grant_assets m join asset_directory u on u.tenant_id = m.tenant_id and u.asset_id = m.asset_id
            where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id), '[]'),
        coalesce((select jsonb_agg(jsonb_build_array(u.node_id, u.name) order by u.name)
            from grant_nodes m join node_directory u on u.tenant_id = m.tenant_id and u.node_id = m.node_id
            where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id), '[]'),
        array(select a.kind || ':' || a.name from grant_accounts a
            where a.tenant_id = g.tenant_id and a.grant_id = g.grant_id order by a.kind, a.name),
        g.actions, g.starts_at, g.ends_at, g.state,
        exists (select from grant_uses u where u.tenant_id = g.tenant_id and u.grant_id = g.grant_id), g.created_at
        """

    func held(
        by user: UserID, _ page: PageRequest, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [MyGrant] {
        try await database.query(
            """
            select \(fragment: Self.held) from grants g
            where g.tenant_id = \(scope.tenant) and g.grant_id in (\(fragment: AccessStore.grants(of: user, in: scope)))
                and g.state = 'active' and g.effect = 'allow' and (g.ends_at is null or g.ends_at > \(now))
            \(page)
            """, in: scope, Self.held)
    }

    /// One, over or not, if the person alone was given it.
    func held(
        _ id: GrantID, by user: UserID, in scope: TenantScope, _ database: Database
    ) async throws -> MyGrant? {
        try await database.first(
            """
            select \(fragment: Self.held) from grants g
            join grant_users h on h.tenant_id = g.tenant_id and h.grant_id = g.grant_id
            where g.tenant_id = \(scope.tenant) and g.grant_id = \(id) and h.user_id = \(user)
            """, in: scope, Self.held)
    }

    private static func held(_ row: inout Row) throws -> MyGrant {
        MyGrant(
            id: try row.next(), name: try row.next(), source: try row.next(), ticket: try row.next(),
            assets: members(try row.next()), nodes: members(try row.next()), accounts: try rules(row.next()),
            actions: try row.next(), startsAt: try row.next(), endsAt: try row.next(), state: try row.next(),
            isUsed: try row.next(), createdAt: try row.next())
    }
}

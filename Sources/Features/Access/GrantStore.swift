import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of grants.
struct GrantStore: Sendable {
    private static let columns: SQL = """
        g.grant_id, g.name, g.effect, g.source, g.ticket_id,
        coalesce((select jsonb_agg(jsonb_build_array(u.user_id, u.name) order by u.name)
            from grant_users m join user_directory u on u.tenant_id = m.tenant_id and u.user_id = m.user_id
            where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id), '[]'),
        coalesce((select jsonb_agg(jsonb_build_array(u.group_id, u.name) order by u.name)
            from grant_groups m join group_directory u on u.tenant_id = m.tenant_id and u.group_id = m.group_id
            where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id), '[]'),
        coalesce((select jsonb_agg(jsonb_build_array(u.asset_id, u.name) order by u.name)
            from grant_assets m join asset_directory u on u.tenant_id = m.tenant_id and u.asset_id = m.asset_id
            where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id), '[]'),
        coalesce((select jsonb_agg(jsonb_build_array(u.node_id, u.name) order by u.name)
            from grant_nodes m join node_directory u on u.tenant_id = m.tenant_id and u.node_id = m.node_id
            where m.tenant_id = g.tenant_id and m.grant_id = g.grant_id), '[]'),
        array(select a.kind || ':' || a.name from grant_accounts a
            where a.tenant_id = g.tenant_id and a.grant_id = g.grant_id order by a.kind, a.name),
        g.protocols, g.actions, g.starts_at, g.ends_at, coalesce(g.weekly, '[]'), g.state, g.ended_because, g.unused_after,
        g.created_at, g.version
        """

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Grant] {
        try await database.query(
            "select \(fragment: Self.columns) from grants g where g.tenant_id = \(scope.tenant) \(page)", in: scope,
            Self.grant)
    }

    func find(_ id: GrantID, in scope: TenantScope, _ database: Database) async throws -> Grant? {
        try await database.first(
            """
            select \(fragment: Self.columns) from grants g
            where g.tenant_id = \(scope.tenant) and g.grant_id = \(id)
            """, in: scope, Self.grant)
    }

    func insert(_ grant: NewGrant, in scope: TenantScope, _ transaction: Transaction) async throws {
        let weekly = JSON.array(try grant.weekly.map { try JSONParser.parse(WeeklyHours.schema.bytes(of: $0)) })
        // What allows belongs where all lies that it opens; a denial where whoever made it acts.
        let insert: SQL = """
            insert into grants (tenant_id, grant_id, name, effect, source, ticket_id, protocols, actions, starts_at,
                ends_at, weekly, unused_after, unused_at, remind_at, strict_recording, created_by, created_at, org_id)
            values (\(scope.tenant), \(grant.id), \(grant.name), \(grant.effect), \(grant.source), \(grant.ticket),
                \(grant.protocols.map(\.rawValue)), \(grant.actions.map(\.rawValue)), \(grant.startsAt), \(grant.endsAt),
                \(weekly), \(grant.unusedAfter), \(grant.unusedAt), \(grant.remindAt), \(grant.isStrict),
                \(grant.createdBy), \(grant.createdAt), case when \(grant.effect) = 'allow' then
                    gatehouse_common_organization(\(scope.tenant), \(grant.assets)::uuid[], \(grant.nodes)::uuid[]) end)
            """
        // One trip for all that there is.
        try await transaction.enqueue(insert)
        for members in Self.members(of: grant, in: scope) { try await transaction.enqueue(members) }
        do {
            _ = try await transaction.execute(
                """
                insert into grant_accounts (tenant_id, grant_id, kind, name)
                select distinct \(scope.tenant)::uuid, \(grant.id)::uuid, rule.kind, rule.name
                from unnest(\(grant.accounts.map(\.kind.rawValue))::text[],
                    \(grant.accounts.map { $0.account?.text ?? "" })::text[]) as rule (kind, name)
                """)
        } catch let error as DatabaseError where error.isForeignKeyViolation || error.isOutOfScope {
            throw AccessError.unknownMember
        }
    }

    private static func members(of grant: NewGrant, in scope: TenantScope) -> [SQL] {
        let users: SQL = """
            insert into grant_users (tenant_id, user_id, grant_id)
            select distinct \(scope.tenant)::uuid, id, \(grant.id)::uuid from unnest(\(grant.users)::uuid[]) as id
            """
        let groups: SQL = """
            insert into grant_groups (tenant_id, group_id, grant_id)
            select distinct \(scope.tenant)::uuid, id, \(grant.id)::uuid from unnest(\(grant.groups)::uuid[]) as id
            """
        let assets: SQL = """
            insert into grant_assets (tenant_id, asset_id, grant_id)
            select distinct \(scope.tenant)::uuid, id, \(grant.id)::uuid from unnest(\(grant.assets)::uuid[]) as id
            """
        let nodes: SQL = """
            insert into grant_nodes (tenant_id, node_id, grant_id)
            select distinct \(scope.tenant)::uuid, id, \(grant.id)::uuid from unnest(\(grant.nodes)::uuid[]) as id
            """
        return [
            grant.users.isEmpty ? nil : users, grant.groups.isEmpty ? nil : groups,
            grant.assets.isEmpty ? nil : assets, grant.nodes.isEmpty ? nil : nodes,
        ].compactMap(\.self)
    }

    /// Revokes an active grant; false if it is over already, nil if there is none.
    func revoke(
        _ id: GrantID, by user: UserID, reason: String, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool? {
        try await transaction.first(
            """
            with found as (
                select grant_id, state from grants where tenant_id = \(scope.tenant) and grant_id = \(id) for update),
            changed as (
                update grants g set state = 'revoked', revoked_at = \(now), revoked_by = \(user),
                    revoke_reason = \(reason), version = g.version + 1
                from found where g.tenant_id = \(scope.tenant) and g.grant_id = found.grant_id
                    and found.state = 'active'
                returning 1)
            select exists (select from changed) from found
            """
        ) { row in try row.next() }
    }

    /// Grants of any tenant whose end has come.
    func due(at now: Date, _ database: Database) async throws -> [(tenant: TenantID, grant: GrantID)] {
        try await database.query(
            """
            select tenant_id, grant_id from grants
            where state = 'active' and ends_at <= \(now) order by ends_at limit 500
            """, in: SystemScope(reason: "grants whose end has come")
        ) { row in (try row.next(), try row.next()) }
    }

    func end(_ id: GrantID, at now: Date, in scope: TenantScope, _ transaction: Transaction) async throws -> Bool {
        try await transaction.execute(
            """
            update grants set state = 'ended', ended_because = 'time', ended_at = \(now), version = version + 1
            where tenant_id = \(scope.tenant) and grant_id = \(id) and state = 'active' and ends_at <= \(now)
            """) == 1
    }

    /// Reads `kind:name` pairs. A rule that cannot be read makes the statement fail, never the grant wider.
    static func rules(_ texts: [String]) throws -> [AccountRule] {
        try texts.map { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let kind = AccountRule.Kind(rawValue: String(parts[0])) else {
                throw Invalid("is not an account rule", field: "accounts")
            }
            return try AccountRule(kind: kind, name: parts[1].isEmpty ? nil : AccountName(parsing: String(parts[1])))
        }
    }

    static func hours(_ json: JSON) throws -> [WeeklyHours] {
        try Schema<[WeeklyHours]>.array(of: WeeklyHours.schema, 0...50).parse(json)
    }

    static func members<Member: GrantMember>(_ json: JSON) -> [Member] {
        guard case .array(let rows) = json else { return [] }
        return rows.compactMap { row in
            guard case .array(let cells) = row, cells.count == 2, let name = cells[1].text,
                let uuid = cells[0].text.flatMap(UUID.init(uuidString:))
            else { return nil }
            return Member(id: ID(uuid), name: name)
        }
    }

    private static func grant(_ row: inout Row) throws -> Grant {
        Grant(
            id: try row.next(), name: try row.next(), effect: try row.next(), source: try row.next(),
            ticket: try row.next(), users: members(try row.next()), groups: members(try row.next()),
            assets: members(try row.next()), nodes: members(try row.next()), accounts: try rules(row.next()),
            protocols: try row.next(), actions: try row.next(), startsAt: try row.next(), endsAt: try row.next(),
            weekly: try hours(row.next()), state: try row.next(), endedBecause: try row.next(),
            unusedAfterSeconds: try row.next(), createdAt: try row.next(), version: try row.next())
    }
}

import FoundationEssentials
import Kernel
import Postgres

/// The SQL of approval flows.
struct FlowStore: Sendable {
    private static let columns: SQL = """
        f.flow_id, f.name, f.is_default,
        (select jsonb_agg(jsonb_build_object('name', l.name, 'webhook', l.webhook_id, 'approvers', (
                select jsonb_agg(jsonb_build_object('user', a.user_id, 'group', a.group_id, 'role', a.role_id,
                    'name', coalesce(u.name, g.name, r.name, '')) order by a.flow_approver_id)
                from flow_approvers a
                left join user_directory u on u.tenant_id = a.tenant_id and u.user_id = a.user_id
                left join group_directory g on g.tenant_id = a.tenant_id and g.group_id = a.group_id
                left join role_directory r on r.tenant_id = a.tenant_id and r.role_id = a.role_id
                where a.tenant_id = l.tenant_id and a.flow_id = l.flow_id and a.level = l.level)) order by l.level)
            from flow_levels l where l.tenant_id = f.tenant_id and l.flow_id = f.flow_id),
        f.version
        """

    func all(in scope: TenantScope, _ database: Database) async throws -> [Flow] {
        try await database.query(
            "select \(fragment: Self.columns) from flows f where f.tenant_id = \(scope.tenant) order by f.name",
            in: scope, Self.flow)
    }

    func find(_ id: FlowID, in scope: TenantScope, _ transaction: Transaction) async throws -> Flow? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from flows f
            where f.tenant_id = \(scope.tenant) and f.flow_id = \(id) for update of f
            """, Self.flow)
    }

    func standard(in scope: TenantScope, _ transaction: Transaction) async throws -> Flow? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from flows f where f.tenant_id = \(scope.tenant) and f.is_default
            """, Self.flow)
    }

    /// The active people behind each level, the first level first. A role counts for those who have it at an organization
    /// in which all of the assets lie, or above it.
    func approvers(
        of flow: FlowID, for assets: [AssetID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Set<UserID>] {
        let rows: [(level: Int, users: [UserID])] = try await transaction.query(
            """
            select l.level, array(
                select distinct u.user_id from flow_approvers a
                join user_directory u on u.tenant_id = a.tenant_id and u.state = 'active' and (u.user_id = a.user_id
                    or exists (select from user_groups m where m.tenant_id = u.tenant_id and m.user_id = u.user_id
                        and m.group_id = a.group_id)
                    or exists (select from user_roles b
                        join organization_ancestry y on y.tenant_id = b.tenant_id and y.ancestor_id = b.org_id
                        where b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.role_id = a.role_id
                            and y.org_id = place.org_id))
                where a.tenant_id = l.tenant_id and a.flow_id = l.flow_id and a.level = l.level)
            from flow_levels l
            cross join gatehouse_common_organization(\(scope.tenant), \(assets)::uuid[], '{}') as place (org_id)
            where l.tenant_id = \(scope.tenant) and l.flow_id = \(flow) order by l.level
            """
        ) { row in (try row.next(), try row.next()) }
        return rows.map { Set($0.users) }
    }

    func insert(_ flow: Flow, at now: Date, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await makeRoomForDefault(flow, in: scope, transaction)
        try await named {
            _ = try await transaction.execute(
                """
                insert into flows (tenant_id, flow_id, name, is_default, created_at)
                values (\(scope.tenant), \(flow.id), \(flow.name), \(flow.isDefault), \(now))
                """)
        }
        try await insertLevels(of: flow, in: scope, transaction)
    }

    func update(_ flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await makeRoomForDefault(flow, in: scope, transaction)
        try await named {
            _ = try await transaction.execute(
                """
                update flows set name = \(flow.name), is_default = \(flow.isDefault), version = \(flow.version)
                where tenant_id = \(scope.tenant) and flow_id = \(flow.id)
                """)
        }
        _ = try await transaction.execute(
            "delete from flow_levels where tenant_id = \(scope.tenant) and flow_id = \(flow.id)")
        try await insertLevels(of: flow, in: scope, transaction)
    }

    private func makeRoomForDefault(_ flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        guard flow.isDefault else { return }
        _ = try await transaction.execute(
            """
            update flows set is_default = false
            where tenant_id = \(scope.tenant) and is_default and flow_id <> \(flow.id)
            """)
    }

    private func insertLevels(of flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        let levels = flow.levels.indices.map { $0 + 1 }
        let approvers = flow.levels.enumerated().flatMap { index, level in
            level.approvers.map { (level: index + 1, approver: $0) }
        }
        do {
            _ = try await transaction.execute(
                """
                insert into flow_levels (tenant_id, flow_id, level, name, webhook_id)
                select \(scope.tenant)::uuid, \(flow.id)::uuid, l.level, l.name, l.webhook
                from unnest(\(levels)::int[], \(flow.levels.map(\.name))::text[],
                    \(flow.levels.map(\.webhook?.uuid))::uuid[]) as l (level, name, webhook)
                """)
            _ = try await transaction.execute(
                """
                insert into flow_approvers (tenant_id, flow_id, level, flow_approver_id, user_id, group_id, role_id)
                select \(scope.tenant)::uuid, \(flow.id)::uuid, a.level, gen_random_uuid(), a.person, a.crew, a.part
                from unnest(\(approvers.map(\.level))::int[], \(approvers.map(\.approver.user?.uuid))::uuid[],
                    \(approvers.map(\.approver.group?.uuid))::uuid[], \(approvers.map(\.approver.role?.uuid))::uuid[])
                    as a (level, person, crew, part)
                """)
        } catch let error as DatabaseError where error.isForeignKeyViolation {
            throw TicketError.unknownApprover
        }
    }

    private func named(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as DatabaseError where error.constraint == "flows_name_uq" {
            throw TicketError.flowNameTaken
        }
    }

    private static func flow(_ row: inout Row) throws -> Flow {
        Flow(
            id: try row.next(), name: try row.next(), isDefault: try row.next(), levels: levels(try row.next()),
            version: try row.next())
    }

    private static func levels(_ json: JSON?) -> [FlowLevel] {
        guard case .array(let levels)? = json else { return [] }
        return levels.map { level in
            var approvers: [PeopleReference] = []
            if case .array(let rows)? = level["approvers"] {
                approvers = rows.compactMap { row in
                    try? PeopleReference(
                        user: row.id("user"), group: row.id("group"), role: row.id("role"),
                        name: row["name"]?.text ?? "")
                }
            }
            return FlowLevel(
                name: level["name"]?.text ?? "", webhook: level.id("webhook"), approvers: approvers)
        }
    }
}

extension JSON {
    /// The id that the database wrote as a plain UUID under this name.
    func id<Kind>(_ name: String) -> ID<Kind>? {
        self[name]?.text.flatMap(UUID.init(uuidString:)).map(ID.init)
    }
}

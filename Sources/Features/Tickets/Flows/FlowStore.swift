import FoundationEssentials
import Kernel
import Postgres

/// The SQL of approval flows.
struct FlowStore: Sendable {
    private static let columns: SQL = """
        f.flow_id, f.org_id, o.name, f.name, f.is_default, f.is_enabled, f.priority, f.conditions, f.is_parallel,
        f.approves_low_risk,
        (select jsonb_agg(jsonb_build_object('user', c.user_id, 'group', c.group_id,
                'name', coalesce(u.name, g.name, '')) order by c.flow_copy_id)
            from flow_copies c
            left join user_directory u on u.tenant_id = c.tenant_id and u.user_id = c.user_id
            left join group_directory g on g.tenant_id = c.tenant_id and g.group_id = c.group_id
            where c.tenant_id = f.tenant_id and c.flow_id = f.flow_id),
        f.unused_after_seconds,
        (select jsonb_agg(jsonb_build_object('name', l.name, 'webhook', l.webhook_id, 'quorum', l.quorum,
                'deadline', l.deadline_seconds, 'reminder', l.reminder_seconds, 'lapse', l.lapse,
                'escalation', l.escalation_seconds, 'needsPasskey', l.needs_passkey,
                'needsComment', l.needs_comment, 'approvers', (
                select jsonb_agg(jsonb_build_object('part', a.part, 'user', a.user_id, 'group', a.group_id,
                    'role', a.role_id, 'relation', a.relation,
                    'name', coalesce(u.name, g.name, r.name, '')) order by a.flow_approver_id)
                from flow_approvers a
                left join user_directory u on u.tenant_id = a.tenant_id and u.user_id = a.user_id
                left join group_directory g on g.tenant_id = a.tenant_id and g.group_id = a.group_id
                left join role_directory r on r.tenant_id = a.tenant_id and r.role_id = a.role_id
                where a.tenant_id = l.tenant_id and a.flow_id = l.flow_id and a.level = l.level)) order by l.level)
            from flow_levels l where l.tenant_id = f.tenant_id and l.flow_id = f.flow_id),
        f.version
        """

    /// In the order in which they are tried, the organizations farthest from the top first.
    func all(in scope: TenantScope, _ transaction: Transaction) async throws -> [Flow] {
        try await transaction.query(
            """
            select \(fragment: Self.columns) from flows f
            join organization_directory o on o.tenant_id = f.tenant_id and o.org_id = f.org_id
            where f.tenant_id = \(scope.tenant)
            order by (select count(*) from organization_ancestry y
                    where y.tenant_id = f.tenant_id and y.org_id = f.org_id) desc, o.name, f.org_id,
                f.is_default, f.is_enabled desc, f.priority, f.name
            limit 1000
            """, Self.flow)
    }

    /// Those of the organizations above these, by name.
    func above(_ organizations: [OrganizationID], in scope: TenantScope, _ database: Database) async throws
        -> [InheritedFlow]
    {
        try await database.query(
            """
            select o.name, f.name, f.is_default from flows f
            join organization_directory o on o.tenant_id = f.tenant_id and o.org_id = f.org_id
            where f.tenant_id = \(scope.tenant) and f.is_enabled and f.org_id in (
                select y.ancestor_id from organization_ancestry y
                where y.tenant_id = \(scope.tenant) and y.org_id = any(\(organizations)) and y.ancestor_id <> y.org_id)
                and f.org_id <> all(\(organizations))
            order by (select count(*) from organization_ancestry y
                    where y.tenant_id = f.tenant_id and y.org_id = f.org_id) desc, o.name,
                f.is_default, f.priority, f.name
            limit 1000
            """, in: scope.wholeTenant
        ) { row in
            InheritedFlow(organizationName: try row.next(), name: try row.next(), isDefault: try row.next())
        }
    }

    /// Those that a request in this organization is tried with, in their order: the nearest organization first, in it by
    /// priority, its default flow last. Only what says for which requests they are.
    func tried(
        at organization: OrganizationID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [FlowHead] {
        try await transaction.query(
            """
            select f.flow_id, f.is_default, f.approves_low_risk, f.conditions from flows f
            join organization_ancestry p on p.tenant_id = f.tenant_id and p.ancestor_id = f.org_id
                and p.org_id = \(organization)
            where f.tenant_id = \(scope.tenant) and f.is_enabled
            order by (select count(*) from organization_ancestry y
                    where y.tenant_id = f.tenant_id and y.org_id = f.org_id) desc, f.is_default, f.priority, f.name
            """
        ) { row in
            FlowHead(
                id: try row.next(), isDefault: try row.next(), approvesLowRisk: try row.next(),
                conditions: try FlowConditions.schema.parse(row.next()))
        }
    }

    func find(_ id: FlowID, in scope: TenantScope, _ transaction: Transaction) async throws -> Flow? {
        try await transaction.first(Self.one(id, in: scope), Self.flow)
    }

    /// The same, held until the transaction ends.
    func lock(_ id: FlowID, in scope: TenantScope, _ transaction: Transaction) async throws -> Flow? {
        try await transaction.first("\(fragment: Self.one(id, in: scope)) for update of f", Self.flow)
    }

    private static func one(_ id: FlowID, in scope: TenantScope) -> SQL {
        """
        select \(fragment: columns) from flows f
        join organization_directory o on o.tenant_id = f.tenant_id and o.org_id = f.org_id
        where f.tenant_id = \(scope.tenant) and f.flow_id = \(id)
        """
    }

    /// Removes a flow; requests that are open keep the path they were opened with.
    func delete(_ id: FlowID, in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            "delete from flows where tenant_id = \(scope.tenant) and flow_id = \(id)")
    }

    func groupNames(
        of ids: [GroupID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [GroupID: String] {
        let rows: [(GroupID, String)] = try await transaction.query(
            "select group_id, name from group_directory where tenant_id = \(scope.tenant) and group_id = any(\(ids))"
        ) { row in (try row.next(), try row.next()) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// Where something belongs that is made now without a word about it.
    func place(
        _ organization: OrganizationID?, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> OrganizationID {
        let wanted = organization ?? scope.organizations?.first ?? OrganizationID(scope.tenant.uuid)
        let found: OrganizationID? = try await transaction.first(
            "select org_id from organization_directory where tenant_id = \(scope.tenant) and org_id = \(wanted)"
        ) { row in try row.next() }
        guard let found else { throw Invalid("does not exist", field: "organization") }
        return found
    }

    /// Of each level, the people who can be behind its approvers somewhere in the tenant: also those whom somebody who is
    /// confined to a part does not see, and has approve by their role.
    func people(
        behind levels: [FlowLevel], in scope: TenantScope, _ database: Database
    ) async throws -> [Set<UserID>] {
        let approvers = levels.enumerated().flatMap { index, level in level.approvers.map { (index, $0) } }
        let rows: [(Int, UserID)] = try await database.query(
            """
            select distinct a.level, u.user_id
            from unnest(\(approvers.map(\.0))::int[], \(approvers.map(\.1.user?.uuid))::uuid[],
                \(approvers.map(\.1.group?.uuid))::uuid[], \(approvers.map(\.1.role?.uuid))::uuid[])
                as a (level, person, crew, part)
            join user_directory u on u.tenant_id = \(scope.tenant) and u.state = 'active' and (u.user_id = a.person
                or exists (select from user_groups m where m.tenant_id = \(scope.tenant) and m.user_id = u.user_id
                    and m.group_id = a.crew)
                or exists (select from user_roles b where b.tenant_id = \(scope.tenant) and b.user_id = u.user_id
                    and b.role_id = a.part))
            """, in: scope.wholeTenant
        ) { row in (try row.next(), try row.next()) }
        var people = levels.map { _ in Set<UserID>() }
        for (level, user) in rows { people[level].insert(user) }
        return people
    }

    func insert(_ flow: Flow, at now: Date, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await makeRoomForDefault(flow, in: scope, transaction)
        let conditions = try flow.conditions.written
        try await named {
            _ = try await transaction.execute(
                """
                insert into flows (tenant_id, flow_id, org_id, name, is_default, is_enabled, priority, conditions,
                    is_parallel, approves_low_risk, unused_after_seconds, created_at)
                values (\(scope.tenant), \(flow.id), \(flow.organization), \(flow.name), \(flow.isDefault),
                    \(flow.isEnabled), \(flow.priority), \(conditions), \(flow.isParallel), \(flow.approvesLowRisk),
                    \(flow.unusedAfter), \(now))
                """)
        }
        try await insertLevels(of: flow, in: scope, transaction)
    }

    func update(_ flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await makeRoomForDefault(flow, in: scope, transaction)
        let conditions = try flow.conditions.written
        try await named {
            let rows = try await transaction.execute(
                """
                update flows set name = \(flow.name), is_default = \(flow.isDefault), is_enabled = \(flow.isEnabled),
                    priority = \(flow.priority), conditions = \(conditions), is_parallel = \(flow.isParallel),
                    approves_low_risk = \(flow.approvesLowRisk), unused_after_seconds = \(flow.unusedAfter),
                    version = \(flow.version)
                where tenant_id = \(scope.tenant) and flow_id = \(flow.id)
                """)
            guard rows == 1 else { throw TicketError.flowChanged }
        }
        _ = try await transaction.execute(
            "delete from flow_levels where tenant_id = \(scope.tenant) and flow_id = \(flow.id)")
        _ = try await transaction.execute(
            "delete from flow_copies where tenant_id = \(scope.tenant) and flow_id = \(flow.id)")
        try await insertLevels(of: flow, in: scope, transaction)
    }

    /// The default flow of before would be tried for everything before the new one, so it is off.
    private func makeRoomForDefault(_ flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        guard flow.isDefault else { return }
        _ = try await transaction.execute(
            """
            update flows set is_default = false, is_enabled = false, version = version + 1
            where tenant_id = \(scope.tenant) and org_id = \(flow.organization) and is_default and flow_id <> \(flow.id)
            """)
    }

    private func insertLevels(of flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        let numbers = flow.levels.indices.map { $0 + 1 }
        let levels = flow.levels
        let approvers = levels.enumerated().flatMap { index, level in
            level.approvers.map { (level: index + 1, part: "level", approver: $0) }
                + (level.escalation?.approvers ?? []).map { (level: index + 1, part: "escalation", approver: $0) }
        }
        do {
            _ = try await transaction.execute(
                """
                insert into flow_levels (tenant_id, flow_id, level, name, webhook_id, quorum, deadline_seconds,
                    reminder_seconds, lapse, escalation_seconds, needs_passkey, needs_comment)
                select \(scope.tenant)::uuid, \(flow.id)::uuid, l.level, l.name, l.webhook, l.quorum, l.deadline,
                    l.reminder, l.lapse, l.escalation, l.passkey, l.comment
                from unnest(\(numbers)::int[], \(levels.map(\.name))::text[],
                    \(levels.map(\.webhook?.uuid))::uuid[], \(levels.map(\.quorum))::int[],
                    \(levels.map(\.deadline))::int[], \(levels.map(\.reminder))::int[],
                    \(levels.map(\.lapse.rawValue))::text[], \(levels.map(\.escalation?.after))::int[],
                    \(levels.map(\.needsPasskey))::boolean[],
                    \(levels.map(\.needsComment.rawValue))::text[])
                    as l (level, name, webhook, quorum, deadline, reminder, lapse, escalation, passkey,
                        comment)
                """)
            _ = try await transaction.execute(
                """
                insert into flow_approvers (tenant_id, flow_id, level, flow_approver_id, part, user_id, group_id,
                    role_id, relation)
                select \(scope.tenant)::uuid, \(flow.id)::uuid, a.level, gen_random_uuid(), a.part, a.person, a.crew,
                    a.role, a.relation
                from unnest(\(approvers.map(\.level))::int[], \(approvers.map(\.part))::text[],
                    \(approvers.map(\.approver.user?.uuid))::uuid[], \(approvers.map(\.approver.group?.uuid))::uuid[],
                    \(approvers.map(\.approver.role?.uuid))::uuid[],
                    \(approvers.map(\.approver.relation?.rawValue))::text[])
                    as a (level, part, person, crew, role, relation)
                """)
            _ = try await transaction.execute(
                """
                insert into flow_copies (tenant_id, flow_id, flow_copy_id, user_id, group_id)
                select \(scope.tenant)::uuid, \(flow.id)::uuid, gen_random_uuid(), c.person, c.crew
                from unnest(\(flow.copies.map(\.user?.uuid))::uuid[], \(flow.copies.map(\.group?.uuid))::uuid[])
                    as c (person, crew)
                """)
        } catch let error as DatabaseError where error.isForeignKeyViolation || error.isOutOfScope {
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
            id: try row.next(), organization: try row.next(), organizationName: try row.next(), name: try row.next(),
            isDefault: try row.next(), isEnabled: try row.next(), priority: try row.next(),
            conditions: try FlowConditions.schema.parse(row.next()), isParallel: try row.next(),
            approvesLowRisk: try row.next(), copies: copies(try row.next()), unusedAfter: try row.next(),
            levels: levels(try row.next()), version: try row.next())
    }

    private static func copies(_ json: JSON?) -> [FlowCopy] {
        items(json).compactMap { row in
            try? FlowCopy(user: row.id("user"), group: row.id("group"), name: row["name"]?.text ?? "")
        }
    }

    private static func levels(_ json: JSON?) -> [FlowLevel] {
        items(json).map { level in
            let approvers = items(level["approvers"])
            func part(_ name: String) -> [FlowApprover] {
                approvers.filter { $0["part"]?.text == name }.compactMap { row in
                    try? FlowApprover(
                        user: row.id("user"), group: row.id("group"), role: row.id("role"),
                        relation: row["relation"]?.text.flatMap(FlowApprover.Relation.init),
                        name: row["name"]?.text ?? "")
                }
            }
            let escalated = part("escalation")
            return FlowLevel(
                name: level["name"]?.text ?? "", webhook: level.id("webhook"), approvers: part("level"),
                quorum: level.number("quorum") ?? 1, deadline: level.number("deadline") ?? FlowLevel.standardDeadline,
                reminder: level.number("reminder"),
                lapse: level["lapse"]?.text.flatMap(PlannedLevel.Lapse.init) ?? .expired,
                escalation: level.number("escalation").flatMap { after in
                    escalated.isEmpty ? nil : FlowEscalation(after: after, approvers: escalated)
                },
                needsPasskey: level["needsPasskey"] == .bool(true),
                needsComment: level["needsComment"]?.text.flatMap(CommentNeed.init) ?? .always)
        }
    }

    private static func items(_ json: JSON?) -> [JSON] {
        if case .array(let items)? = json { items } else { [] }
    }
}

extension JSON {
    /// The id that the database wrote as a plain UUID under this name.
    func id<Kind>(_ name: String) -> ID<Kind>? {
        self[name]?.text.flatMap(UUID.init(uuidString:)).map(ID.init)
    }

    func number(_ name: String) -> Int? {
        if case .int(let number)? = self[name] { Int(number) } else { nil }
    }
}

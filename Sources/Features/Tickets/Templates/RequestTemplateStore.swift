import Access
import Assets
import FoundationEssentials
import Kernel
import Postgres

/// The SQL of templates of requests.
struct RequestTemplateStore: Sendable {
    /// A template as it is kept.
    struct Kept: Sendable {
        let id: RequestTemplateID
        let organization: OrganizationID
        let organizationName: String
        let owner: UserID?
        let body: SaveRequestTemplate
        let version: Int
    }

    private static let columns: SQL = """
        t.request_template_id, t.org_id, coalesce(o.name, ''), t.owner_id, t.name, t.note, t.is_enabled, t.kind,
        t.content, t.asset_ids, t.node_ids, t.labels, t.accounts, t.actions, t.duration_seconds, t.reason, t.group_ids,
        t.version
        """

    /// Those of the organizations in the scope.
    func shared(in scope: TenantScope, _ database: Database) async throws -> [Kept] {
        try await database.query(
            """
            select \(fragment: Self.columns) from request_templates t
            left join organization_directory o on o.tenant_id = t.tenant_id and o.org_id = t.org_id
            where t.tenant_id = \(scope.tenant) and t.owner_id is null
            order by t.name, t.request_template_id limit \(RequestTemplate.most)
            """, in: scope, Self.kept)
    }

    /// One of them, locked.
    func lock(_ id: RequestTemplateID, in scope: TenantScope, _ transaction: Transaction) async throws -> Kept? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from request_templates t
            left join organization_directory o on o.tenant_id = t.tenant_id and o.org_id = t.org_id
            where t.tenant_id = \(scope.tenant) and t.request_template_id = \(id) and t.owner_id is null
            for update of t
            """, Self.kept)
    }

    /// What this person has of their own, and what is offered to their groups at, above or below where they belong.
    func offered(
        to user: UserID, at home: [OrganizationID]?, only id: RequestTemplateID? = nil, in scope: TenantScope,
        _ database: Database
    ) async throws -> [Kept] {
        try await database.query(
            """
            select \(fragment: Self.columns) from request_templates t
            left join organization_directory o on o.tenant_id = t.tenant_id and o.org_id = t.org_id
            where t.tenant_id = \(scope.tenant)
                and (\(id)::uuid is null or t.request_template_id = \(id)::uuid)
                and (t.owner_id = \(user) or (t.owner_id is null and t.is_enabled
                    and (t.group_ids = '{}' or exists (select from user_groups m
                        where m.tenant_id = \(scope.tenant) and m.user_id = \(user)
                            and m.group_id = any(t.group_ids)))
                    and (\(home)::uuid[] is null or exists (select from organization_ancestry y
                        where y.tenant_id = \(scope.tenant)
                            and ((y.org_id = any(\(home)::uuid[]) and y.ancestor_id = t.org_id)
                                or (y.ancestor_id = any(\(home)::uuid[]) and y.org_id = t.org_id))))))
            order by t.owner_id is null, t.name, t.request_template_id limit \(RequestTemplate.most)
            """, in: scope.wholeTenant, Self.kept)
    }

    /// Of these assets those that can be asked for in the scope.
    func named(_ ids: [AssetID], in scope: TenantScope, _ database: Database) async throws -> [TicketAsset] {
        try await database.query(
            """
            select a.asset_id, a.name from asset_directory a
            where a.tenant_id = \(scope.tenant) and a.state = 'active' and a.asset_id = any(\(ids))
            order by a.name, a.asset_id
            """, in: scope, Self.asset)
    }

    /// What a template is about as things are now: those that it names, and what lies at its nodes and has its labels.
    func found(
        by body: SaveRequestTemplate, in scope: TenantScope, _ database: Database
    ) async throws -> [TicketAsset] {
        let (keys, values) = (body.labels.map(\.key), body.labels.map(\.value))
        return try await database.query(
            """
            select a.asset_id, a.name from asset_directory a
            where a.tenant_id = \(scope.tenant) and a.state = 'active' and (a.asset_id = any(\(body.assets))
                or (\(!body.nodes.isEmpty || !body.labels.isEmpty)
                    and (\(body.nodes.isEmpty) or exists (select from asset_ancestors n
                        where n.tenant_id = \(scope.tenant) and n.asset_id = a.asset_id
                            and n.node_id = any(\(body.nodes))))
                    and not exists (select from unnest(\(keys)::text[], \(values)::text[]) as w (key, value)
                        where not exists (select from asset_labels l
                            where l.tenant_id = \(scope.tenant) and l.asset_id = a.asset_id
                                and l.key = w.key and l.value = w.value))))
            order by a.name, a.asset_id limit 51
            """, in: scope, Self.asset)
    }

    /// The names of assets, nodes and groups that are in the scope.
    func names(
        of bodies: [SaveRequestTemplate], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [UUID: String] {
        let rows: [(UUID, String)] = try await transaction.query(
            """
            select a.asset_id, a.name from asset_directory a
            where a.tenant_id = \(scope.tenant) and a.asset_id = any(\(bodies.flatMap(\.assets)))
            union all
            select n.node_id, n.name from node_directory n
            where n.tenant_id = \(scope.tenant) and n.node_id = any(\(bodies.flatMap(\.nodes)))
            union all
            select g.group_id, g.name from group_directory g
            where g.tenant_id = \(scope.tenant) and g.group_id = any(\(bodies.flatMap(\.groups)))
            """
        ) { row in (try row.next(), try row.next()) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How many a person has of their own. The person is locked: two at once do not both take the last place.
    func countOwn(of user: UserID, in scope: TenantScope, _ transaction: Transaction) async throws -> Int {
        _ = try await transaction.execute(
            "select pg_advisory_xact_lock(hashtextextended('request-templates ' || \(user)::uuid::text, 0))")
        return try await transaction.first(
            "select count(*) from request_templates where tenant_id = \(scope.tenant) and owner_id = \(user)"
        ) { row in try row.next() } ?? 0
    }

    /// How many the organizations in the scope have. When many add one at once there may be a few more than are shown.
    func countShared(in scope: TenantScope, _ transaction: Transaction) async throws -> Int {
        try await transaction.first(
            "select count(*) from request_templates where tenant_id = \(scope.tenant) and owner_id is null"
        ) { row in try row.next() } ?? 0
    }

    func insert(
        _ id: RequestTemplateID, _ body: SaveRequestTemplate, at organization: OrganizationID, of owner: UserID?,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                insert into request_templates (tenant_id, request_template_id, org_id, owner_id, name, note, is_enabled,
                    kind, content, asset_ids, node_ids, labels, accounts, actions, duration_seconds, reason, group_ids,
                    created_at)
                values (\(scope.tenant), \(id), \(organization), \(owner), \(body.name), \(body.note), \(body.isEnabled),
                    \(body.kind), \(body.content), \(body.assets)::uuid[], \(body.nodes)::uuid[],
                    \(body.labelsJSON()), \(body.accounts.map(\.text))::text[],
                    \(body.actions.map(\.rawValue))::text[], \(body.durationSeconds), \(body.reason),
                    \(body.groups)::uuid[], \(now))
                """)
        }
    }

    func update(
        _ id: RequestTemplateID, _ body: SaveRequestTemplate, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                update request_templates set name = \(body.name), note = \(body.note), is_enabled = \(body.isEnabled),
                    kind = \(body.kind), content = \(body.content), asset_ids = \(body.assets)::uuid[],
                    node_ids = \(body.nodes)::uuid[], labels = \(body.labelsJSON()),
                    accounts = \(body.accounts.map(\.text))::text[], actions = \(body.actions.map(\.rawValue))::text[],
                    duration_seconds = \(body.durationSeconds), reason = \(body.reason),
                    group_ids = \(body.groups)::uuid[], version = version + 1
                where tenant_id = \(scope.tenant) and request_template_id = \(id)
                """)
        }
    }

    /// Removes one of an organization, or one of a person's own; its name, or nil if there is none.
    func delete(
        _ id: RequestTemplateID, of owner: UserID?, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> String? {
        try await transaction.first(
            """
            delete from request_templates
            where tenant_id = \(scope.tenant) and request_template_id = \(id)
                and owner_id is not distinct from \(owner)::uuid
            returning name
            """
        ) { row in try row.next() }
    }

    private func named(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as DatabaseError
            where ["request_templates_name_uq", "request_templates_own_name_uq"].contains(error.constraint)
        {
            throw TicketError.templateNameTaken
        }
    }

    private static func asset(_ row: inout Row) throws -> TicketAsset {
        TicketAsset(id: try row.next(), name: try row.next())
    }

    private static func kept(_ row: inout Row) throws -> Kept {
        let (id, organization, organizationName): (RequestTemplateID, OrganizationID, String) = (
            try row.next(), try row.next(), try row.next()
        )
        let owner: UserID? = try row.next()
        let body = SaveRequestTemplate(
            organization: organization, name: try row.next(), note: try row.next(), isEnabled: try row.next(),
            kind: try row.next(), content: try row.next(), assets: try row.next(), nodes: try row.next(),
            labels: try Schema<[AssetLabel]>.array(of: AssetLabel.schema, 0...20).parse(row.next()),
            accounts: try row.next([String].self).map { name throws(Invalid) in try AccountName(parsing: name) },
            actions: try row.next(), durationSeconds: try row.next(), reason: try row.next(), groups: try row.next())
        return Kept(
            id: id, organization: organization, organizationName: organizationName, owner: owner, body: body,
            version: try row.next())
    }
}

extension SaveRequestTemplate {
    fileprivate func labelsJSON() throws -> JSON {
        .array(try labels.map { try $0.written })
    }
}

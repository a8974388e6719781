import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of organizations and the closure of what lies above what. What a scope does not reach is not there: the
/// database sees to it.
enum OrganizationStore {
    private static let columns: SQL = """
        o.org_id, (select p.org_id from organizations p where p.tenant_id = o.tenant_id and p.org_id = o.parent_id),
        o.name, o.created_at, o.version
        """

    static func all(in scope: TenantScope, _ database: Database) async throws -> [Organization] {
        try await database.query(
            """
            select \(fragment: columns) from organizations o
            where o.tenant_id = \(scope.tenant) and o.merged_at is null
            order by (select count(*) from organization_closure c
              where c.tenant_id = o.tenant_id and c.descendant_id = o.org_id), o.name
            """, in: scope, organization)
    }

    /// Lets one change of a tenant's tree happen at a time: two moves at once could make a circle, or miss a branch.
    static func lockTree(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended('organizations ' || \(scope.tenant)::uuid::text, 0))")
    }

    /// One that is to be changed.
    static func find(_ id: OrganizationID, in scope: TenantScope, _ tx: Transaction) async throws -> Organization? {
        try await tx.first(
            """
            select \(fragment: columns) from organizations o
            where o.tenant_id = \(scope.tenant) and o.org_id = \(id) and o.merged_at is null for update of o
            """, organization)
    }

    /// One that stays as it is until the transaction ends. Whoever signs in takes people before organizations, and passes:
    /// whoever takes organizations first holds them by this.
    static func hold(_ id: OrganizationID, in scope: TenantScope, _ tx: Transaction) async throws -> Organization? {
        try await tx.first(
            """
            select \(fragment: columns) from organizations o
            where o.tenant_id = \(scope.tenant) and o.org_id = \(id) and o.merged_at is null for share of o
            """, organization)
    }

    /// Whether all of them are there; they stay until the transaction ends.
    static func exist(_ ids: Set<OrganizationID>, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        guard !ids.isEmpty else { return true }
        let found = try await tx.query(
            """
            select org_id from organizations
            where tenant_id = \(scope.tenant) and org_id = any(\(Array(ids))) and merged_at is null for key share
            """
        ) { try $0.next(OrganizationID.self) }
        return Set(found) == ids
    }

    static func insert(_ new: Organization, in scope: TenantScope, _ tx: Transaction) async throws {
        // The links come first: the scope must reach the new one when its row is written.
        try await tx.execute(
            """
            insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
            select \(scope.tenant)::uuid, c.ancestor_id, \(new.id)::uuid, c.depth + 1 from organization_closure c
            where c.tenant_id = \(scope.tenant) and c.descendant_id = \(new.parent)
            """)
        try await naming {
            try await tx.execute(
                """
                insert into organizations (tenant_id, org_id, parent_id, name, created_at)
                values (\(scope.tenant), \(new.id), \(new.parent), \(new.name), \(new.createdAt))
                """)
        }
        try await tx.execute(
            """
            insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
            values (\(scope.tenant), \(new.id), \(new.id), 0)
            """)
    }

    static func rename(_ id: OrganizationID, to name: String, in scope: TenantScope, _ tx: Transaction) async throws {
        try await naming {
            try await tx.execute(
                """
                update organizations set name = \(name), version = version + 1
                where tenant_id = \(scope.tenant) and org_id = \(id)
                """)
        }
    }

    static func isAbove(
        _ ancestor: OrganizationID, _ descendant: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select true from organization_closure
            where tenant_id = \(scope.tenant) and ancestor_id = \(ancestor) and descendant_id = \(descendant)
            """
        ) { try $0.next() } ?? false
    }

    /// Hangs the organization with everything below it under its new parent.
    static func move(
        _ id: OrganizationID, to parent: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from organization_closure link using organization_closure below, organization_closure above
            where link.tenant_id = \(scope.tenant) and below.tenant_id = link.tenant_id
              and above.tenant_id = link.tenant_id and below.ancestor_id = \(id) and above.descendant_id = \(id)
              and above.depth > 0 and link.ancestor_id = above.ancestor_id
              and link.descendant_id = below.descendant_id
            """)
        try await tx.execute(
            """
            insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
            select \(scope.tenant)::uuid, above.ancestor_id, below.descendant_id, above.depth + below.depth + 1
            from organization_closure above, organization_closure below
            where above.tenant_id = \(scope.tenant) and below.tenant_id = above.tenant_id
              and above.descendant_id = \(parent) and below.ancestor_id = \(id)
            """)
        try await naming {
            try await tx.execute(
                """
                update organizations set parent_id = \(parent), version = version + 1
                where tenant_id = \(scope.tenant) and org_id = \(id)
                """)
        }
    }

    /// Removes an organization that has nothing. What was merged into it is left to the one above.
    static func remove(_ id: OrganizationID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update organizations o set parent_id = gone.parent_id from organizations gone
            where o.tenant_id = \(scope.tenant) and o.parent_id = \(id) and o.merged_at is not null
              and gone.tenant_id = o.tenant_id and gone.org_id = \(id)
            """)
        do {
            try await tx.execute("delete from organizations where tenant_id = \(scope.tenant) and org_id = \(id)")
        } catch let error as DatabaseError where error.isForeignKeyViolation {
            throw IdentityError.organizationNotEmpty
        }
    }

    /// Gives everything of one organization to another, and keeps its name for the trail.
    static func merge(
        _ source: OrganizationID, into target: OrganizationID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        for ledger in RuleExchange.Ledger.allCases {
            try await mergeGiven(in: ledger.roles, source, into: target, in: scope, tx)
            try await mergePlaces(in: ledger.places, source, into: target, in: scope, tx)
        }
        // A role for a part is none for what it became part of. Whoever was to belong there is to belong to what it became
        // part of; to the top everybody belongs by no rule.
        try await tx.execute(
            """
            delete from identity_provider_rules where tenant_id = \(scope.tenant) and org_id = \(source)
              and (role_id is not null or \(target)::uuid = tenant_id)
            """)
        try await tx.execute(
            """
            update identity_provider_rules set org_id = \(target)
            where tenant_id = \(scope.tenant) and org_id = \(source)
            """)
        try await tx.execute("select gatehouse_merge_organizations(\(scope.tenant), \(source), \(target))")
        try await naming {
            try await tx.execute(
                """
                update organizations set parent_id = \(target), version = version + 1
                where tenant_id = \(scope.tenant) and parent_id = \(source)
                """)
        }
        try await tx.execute(
            """
            update organizations set merged_at = \(now)
            where tenant_id = \(scope.tenant) and org_id = \(source)
            """)
        try await move(source, to: target, in: scope, tx)
        try await tx.execute(
            """
            delete from organization_closure
            where tenant_id = \(scope.tenant) and ancestor_id = \(source) and descendant_id <> \(source)
            """)
    }

    /// Of roles at the one that goes only that of every person is held at the other one, and what rules gave with it.
    private static func mergeGiven(
        in ledger: SQL, _ source: OrganizationID, into target: OrganizationID, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            with gone as (
              delete from \(fragment: ledger) g where g.tenant_id = \(scope.tenant) and g.org_id = \(source)
              returning g.identity_provider_id, g.user_id, g.role_id, g.lent_until
            )
            insert into \(fragment: ledger) (tenant_id, identity_provider_id, user_id, role_id, org_id, lent_until)
            select \(scope.tenant)::uuid, g.identity_provider_id, g.user_id, g.role_id, \(target)::uuid, g.lent_until
            from gone g
            join roles r on r.tenant_id = \(scope.tenant) and r.role_id = g.role_id and r.built_in = 'user'
            where not exists (
              select from role_bindings b
              where b.tenant_id = \(scope.tenant) and b.user_id = g.user_id and b.role_id = g.role_id
                and b.org_id = \(target) and b.ends_at is null)
            on conflict do nothing
            """)
    }

    /// Whom rules placed in the one that goes they have placed in the other one.
    private static func mergePlaces(
        in ledger: SQL, _ source: OrganizationID, into target: OrganizationID, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            with gone as (
              delete from \(fragment: ledger) g where g.tenant_id = \(scope.tenant) and g.org_id = \(source)
              returning g.identity_provider_id, g.user_id
            )
            insert into \(fragment: ledger) (tenant_id, identity_provider_id, user_id, org_id)
            select \(scope.tenant)::uuid, g.identity_provider_id, g.user_id, \(target)::uuid
            from gone g where \(target)::uuid <> \(scope.tenant)::uuid
            on conflict do nothing
            """)
    }

    private static func organization(_ row: inout Row) throws -> Organization {
        Organization(
            id: try row.next(), parent: try row.next(), name: try row.next(), createdAt: try row.next(),
            version: try row.next())
    }

    private static func naming(_ body: () async throws -> Int) async throws {
        do {
            _ = try await body()
        } catch let error as DatabaseError where error.constraint == "organizations_name_uq" {
            throw IdentityError.nameTaken
        }
    }
}

import Audit
package import FoundationEssentials
package import Kernel
package import Postgres
import TestSupport

// People and things, put straight into their tables: their own features are tested elsewhere.
extension Stage {
    package func makeUser(_ login: String, in scope: TenantScope) async throws -> UserID {
        let id = UserID.new()
        let name = login.prefix(1).uppercased() + String(login.dropFirst())
        try await database.execute(
            """
            insert into users (tenant_id, user_id, login, name)
            values (\(scope.tenant), \(id), \(login), \(name))
            """, in: scope)
        return id
    }

    package func disable(_ user: UserID, in scope: TenantScope) async throws {
        try await database.execute("update users set state = 'disabled' where user_id = \(user)", in: scope)
    }

    package func makeGroup(_ name: String, of users: [UserID], in scope: TenantScope) async throws -> GroupID {
        let id = GroupID.new()
        try await database.execute(
            "insert into groups (tenant_id, group_id, name) values (\(scope.tenant), \(id), \(name))", in: scope)
        try await database.execute(
            """
            insert into group_members (tenant_id, group_id, user_id)
            select \(scope.tenant)::uuid, \(id)::uuid, u from unnest(\(users)::uuid[]) as u
            """, in: scope)
        return id
    }

    package func makeRole(_ name: String, of users: [UserID], in scope: TenantScope) async throws -> RoleID {
        let id = RoleID.new()
        try await database.execute(
            "insert into roles (tenant_id, role_id, name) values (\(scope.tenant), \(id), \(name))", in: scope)
        try await database.execute(
            """
            insert into role_bindings (tenant_id, role_id, user_id)
            select \(scope.tenant)::uuid, \(id)::uuid, u from unnest(\(users)::uuid[]) as u
            """, in: scope)
        return id
    }

    /// An organization below another one; below the tenant as a whole for nil.
    package func makeOrganization(
        _ name: String, below parent: OrganizationID? = nil, in scope: TenantScope
    ) async throws -> OrganizationID {
        let id = OrganizationID.new()
        let above = parent ?? OrganizationID(scope.tenant.uuid)
        try await database.execute(
            """
            insert into organizations (tenant_id, org_id, parent_id, name)
            values (\(scope.tenant), \(id), \(above), \(name))
            """, in: scope)
        try await database.execute(
            """
            insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
            select \(scope.tenant)::uuid, c.ancestor_id, \(id)::uuid, c.depth + 1 from organization_closure c
            where c.tenant_id = \(scope.tenant) and c.descendant_id = \(above)
            union all select \(scope.tenant)::uuid, \(id)::uuid, \(id)::uuid, 0
            """, in: scope)
        return id
    }

    package func makeAsset(
        _ name: String, accounts: [String] = ["root"], in scope: TenantScope
    ) async throws -> AssetID {
        let id = AssetID.new()
        try await database.execute(
            """
            insert into assets (tenant_id, asset_id, name, address)
            values (\(scope.tenant), \(id), \(name), \(name + ".example"))
            """, in: scope)
        for account in accounts {
            try await database.execute(
                """
                insert into accounts (tenant_id, account_id, asset_id, name, kind)
                values (\(scope.tenant), \(AccountID.new()), \(id), \(account), 'password')
                """, in: scope)
        }
        return id
    }
}

// What is left behind.
extension Stage {
    /// The types of the events in the outbox, the first one first.
    package func events(in scope: TenantScope) async throws -> [String] {
        try await database.query(
            "select type from events where tenant_id = \(scope.tenant) order by sequence", in: scope
        ) { try $0.next() }
    }

    /// The trail as `action outcome target`, the first line first.
    package func lines(in scope: TenantScope) async throws -> [String] {
        try await trail.records("order by at, audit_event_id", in: scope).map {
            "\($0.action) \($0.outcome.rawValue) \($0.target?.name ?? "-")"
        }
    }

    /// Jobs of a kind that wait, by their payload.
    package func jobs(_ kind: String) async throws -> [(payload: JSON, at: Date)] {
        try await database.query(
            "select payload, run_at from jobs where kind = \(kind) order by run_at",
            in: SystemScope(reason: "test")
        ) { (try $0.next(), try $0.next()) }
    }

    package func count(_ sql: SQL, in scope: TenantScope) async throws -> Int {
        try await database.first(sql, in: scope) { try $0.next() } ?? -1
    }

    /// Everything that lies in the database, as text.
    package func dump() async throws -> String {
        let server = test.ownerConfiguration
        return try await ChildProcess.run(
            TestCluster.program(
                "pg_dump",
                ["--host=\(server.host)", "--port=\(server.port)", "--username=postgres", test.name]))
    }
}

import HTTPAPI
import Kernel
import Postgres

/// Moves people, groups, assets and nodes from one organization to another: from any to any that the caller administers.
///
/// A person's roles at the organization that they leave go with them, so the caller must be somebody who may handle them.
struct FillOrganizations {
    let database: Database
    let catalogue: PermissionCatalogue

    func callAsFunction(
        _ id: OrganizationID, with request: FillOrganization, _ acting: Acting
    ) async throws -> Organization {
        try await database.transaction(in: acting.scope) { tx in
            try await OrganizationStore.lockTree(in: acting.scope, tx)
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            guard let organization = try await OrganizationStore.hold(id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("organization", id.text, name: organization.name)
            try await move(request.users, to: id, acting, tx)
            guard try await FillStore.move(request.groups, to: id, in: acting.scope, tx) else {
                throw IdentityError.unknownOrganization("groups")
            }
            guard try await FillStore.move(request.assets, request.nodes, to: id, in: acting.scope, tx) else {
                throw IdentityError.unknownOrganization("assets")
            }
            let ids: [(String, [String])] = [
                ("users", request.users.map(\.text)), ("groups", request.groups.map(\.text)),
                ("assets", request.assets.map(\.text)), ("nodes", request.nodes.map(\.text)),
            ]
            for (name, ids) in ids where !ids.isEmpty {
                acting.audit.detail(name, .array(ids.map(JSON.string)))
            }
            try await acting.audit.write(in: tx)
            try await IdentityEvent.organizationsChanged.publish(
                acting.scope.tenant.text, at: acting.now, in: acting.scope, tx)
            return organization
        }
    }

    private func move(_ users: [UserID], to id: OrganizationID, _ acting: Acting, _ tx: Transaction) async throws {
        var ended: [JSON] = []
        for user in Set(users).sorted(by: { $0.text < $1.text }) {
            guard try await AccountStore.lock(user, in: acting.scope, tx) != nil else {
                throw IdentityError.unknownOrganization("users")
            }
            try await acting.mayHandle(user, catalogue, tx)
            let left =
                id == .root(of: acting.scope.tenant)
                ? [] : try await FillStore.rolesOfTenant(of: user, in: acting.scope, tx)
            try await FillStore.move(user, to: id, in: acting.scope, tx)
            if !left.isEmpty { ended.append(["user": .string(user.text), "roles": .array(left.map(JSON.string))]) }
            try await IdentityEvent.rolesChanged.publish(user.text, at: acting.now, in: acting.scope, tx)
        }
        if !ended.isEmpty { acting.audit.detail("rolesEnded", .array(ended)) }
        guard try await RoleStore.hasAdministrator(in: acting.scope, tx) else { throw IdentityError.lastAdministrator }
    }
}

/// The statements that move rows from one organization to another.
enum FillStore {
    /// Names of the roles that a person has for the tenant as a whole and nowhere else.
    static func rolesOfTenant(
        of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [String] {
        try await tx.query(
            """
            select r.name from role_bindings b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id and r.scope = 'tenant'
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id and u.org_id = b.org_id
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) order by r.name
            """
        ) { try $0.next() }
    }

    static func move(_ user: UserID, to id: OrganizationID, in scope: TenantScope, _ tx: Transaction) async throws {
        for ledger in RuleExchange.Ledger.allCases {
            try await moveGiven(in: ledger.roles, of: user, to: id, in: scope, tx)
            // Who is put by hand where a rule has put them, is there by hand.
            try await tx.execute(
                """
                delete from \(fragment: ledger.places)
                where tenant_id = \(scope.tenant) and user_id = \(user) and org_id = \(id)
                """)
        }
        try await tx.execute(
            """
            insert into role_bindings as t (tenant_id, role_id, user_id, org_id, ends_at)
            select b.tenant_id, b.role_id, b.user_id, \(id)::uuid, b.ends_at
            from role_bindings b join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.org_id = u.org_id and u.org_id <> \(id)
            on conflict on constraint role_bindings_pk do update set ends_at = case
              when t.ends_at is not null and excluded.ends_at is not null then greatest(t.ends_at, excluded.ends_at) end
            """)
        try await tx.execute(
            """
            delete from role_bindings b using users u
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and u.tenant_id = b.tenant_id
              and u.user_id = b.user_id and b.org_id = u.org_id and u.org_id <> \(id)
            """)
        try await tx.execute(
            """
            update users set org_id = \(id), version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
        // What a rule gave and is not held any more, the rule gives again when the person is back.
        for ledger in RuleExchange.Ledger.allCases {
            try await tx.execute(
                """
                delete from \(fragment: ledger.roles) g
                where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and not exists (
                  select from role_bindings b
                  where b.tenant_id = g.tenant_id and b.user_id = g.user_id and b.role_id = g.role_id
                    and b.org_id = g.org_id)
                """)
        }
    }

    /// What rules gave somebody where they belong goes with them, and is theirs by hand where they have it by hand already.
    private static func moveGiven(
        in ledger: SQL, of user: UserID, to id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            with gone as (
              delete from \(fragment: ledger) g using users u
              where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and u.tenant_id = g.tenant_id
                and u.user_id = g.user_id and g.org_id = u.org_id and u.org_id <> \(id)
              returning g.identity_provider_id, g.role_id, g.lent_until
            )
            insert into \(fragment: ledger) (tenant_id, identity_provider_id, user_id, role_id, org_id, lent_until)
            select \(scope.tenant)::uuid, g.identity_provider_id, \(user)::uuid, g.role_id, \(id)::uuid, g.lent_until
            from gone g where not exists (
              select from role_bindings b
              where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.role_id = g.role_id and b.org_id = \(id)
                and b.ends_at is null)
            on conflict do nothing
            """)
    }

    /// False if one of them is not there.
    static func move(
        _ groups: [GroupID], to id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            update groups set org_id = \(id), version = version + 1
            where tenant_id = \(scope.tenant) and group_id = any(\(groups))
            """)
        return rows == Set(groups).count
    }

    /// False if one of them is not there.
    static func move(
        _ assets: [AssetID], _ nodes: [NodeID], to id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let found = try await tx.first(
            "select gatehouse_place(\(scope.tenant), \(id), \(assets)::uuid[], \(nodes)::uuid[])"
        ) { try $0.next(Int.self) }
        return found == Set(assets).count + Set(nodes).count
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The row that says whether a tenant's administrators are divided.
enum DutyStore {
    struct State: Sendable {
        var isOn = false
        var since: Date?
        var wanted: Wanted?
    }
    struct Wanted: Sendable {
        let on: Bool
        let by: BoundUser
        let at: Date

        var until: Date { at + 7 * 86_400 }
    }

    static func isOn(in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first("select is_on from duty_separations where tenant_id = \(scope.tenant)") {
            try $0.next(Bool.self)
        } ?? false
    }

    private static let columns: SQL = """
        d.is_on, d.since, d.wanted, d.wanted_at, u.user_id, u.login, u.name from duty_separations d
        left join users u on u.tenant_id = d.tenant_id and u.user_id = d.wanted_by
        """

    static func find(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> State {
        try await tx.first("select \(fragment: columns) where d.tenant_id = \(scope.tenant)") {
            try state(&$0, at: now)
        } ?? State()
    }

    /// Holds the row, which is there then, until the transaction ends.
    static func lock(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> State {
        try await tx.execute(
            "insert into duty_separations (tenant_id) values (\(scope.tenant)) on conflict do nothing")
        return try await tx.first(
            "select \(fragment: columns) where d.tenant_id = \(scope.tenant) for update of d"
        ) { try state(&$0, at: now) } ?? State()
    }

    private static func state(_ row: inout Row, at now: Date) throws -> State {
        var state = State(isOn: try row.next(), since: try row.next())
        let (on, at): (Bool?, Date?) = (try row.next(), try row.next())
        let (user, login, name): (UserID?, String?, String?) = (try row.next(), try row.next(), try row.next())
        if let on, let at, let user, let login, let name {
            let wanted = Wanted(on: on, by: BoundUser(id: user, login: login, name: name), at: at)
            if now < wanted.until { state.wanted = wanted }
        }
        return state
    }

    static func want(
        _ on: Bool?, by user: UserID?, at now: Date?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update duty_separations set wanted = \(on), wanted_by = \(user), wanted_at = \(now)
            where tenant_id = \(scope.tenant)
            """)
    }

    static func turn(_ on: Bool, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update duty_separations
            set is_on = \(on), since = \(now), wanted = null, wanted_by = null, wanted_at = null
            where tenant_id = \(scope.tenant)
            """)
    }

    /// Whoever holds a role that can administer, by login; one of them alone if `user` is given, and by roles that were given
    /// to stay alone if those are asked for.
    static func holders(
        of user: UserID? = nil, forGood: Bool = false, at now: Date, _ catalogue: PermissionCatalogue,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> [DutyHolder] {
        let rows = try await tx.query(
            """
            select u.user_id, u.login, u.name, u.state = 'active' and u.expires_at is null, r.role_id, r.name,
              r.built_in, r.permissions, bool_or(b.org_id = b.tenant_id)
            from roles_held(\(now)) b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where b.tenant_id = \(scope.tenant) and r.built_in is distinct from 'user'
              and u.user_id = coalesce(\(user), u.user_id) and (b.ends_at is null or not \(forGood))
            group by u.user_id, u.login, u.name, u.state, u.expires_at, r.role_id, r.name, r.built_in, r.permissions
            order by u.login, r.name
            """
        ) { row in
            let who = BoundUser(id: try row.next(), login: try row.next(), name: try row.next())
            let isActive = try row.next(Bool.self)
            let role = RoleReference(id: try row.next(), name: try row.next(), builtIn: try row.next())
            let codes = try row.next([String].self)
            let permissions = catalogue.permissions(
                builtIn: role.builtIn.map { [$0] } ?? [], codes: role.builtIn == nil ? codes : [])
            return (
                who: who, isActive: isActive,
                held: DutyHolder.Held(role: role, permissions: permissions, isOfWhole: try row.next())
            )
        }
        var holders: [DutyHolder] = []
        for row in rows {
            if holders.last?.user.id == row.who.id {
                holders[holders.count - 1].roles.append(row.held)
            } else {
                holders.append(DutyHolder(user: row.who, isActive: row.isActive, roles: [row.held]))
            }
        }
        return holders
    }

    /// The roles that rules of identity providers give.
    static func rules(
        _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        let roles = try await tx.query(
            """
            select r.built_in, r.permissions from identity_provider_rules i
            join roles r on r.tenant_id = i.tenant_id and r.role_id = i.role_id
            where i.tenant_id = \(scope.tenant)
            """
        ) { (try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        return roles.count { builtIn, codes in
            !catalogue.isPlain(
                catalogue.permissions(builtIn: builtIn.map { [$0] } ?? [], codes: builtIn == nil ? codes : []))
        }
    }

    /// Those of them that a provider's rules give, and that can administer something.
    static func administering(
        by provider: IdentityProviderID, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [RoleID] {
        let roles = try await tx.query(
            """
            select r.role_id, r.built_in, r.permissions from roles r
            where r.tenant_id = \(scope.tenant) and exists (
              select from identity_provider_rules i
              where i.tenant_id = r.tenant_id and i.identity_provider_id = \(provider) and i.role_id = r.role_id)
            """
        ) { (try $0.next(RoleID.self), try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        return roles.filter { _, builtIn, codes in
            !catalogue.isPlain(
                catalogue.permissions(builtIn: builtIn.map { [$0] } ?? [], codes: builtIn == nil ? codes : []))
        }.map(\.0)
    }

    /// Whether a provider says of people who are here who they are, or handles those who may do more than it gives: whoever
    /// keeps providers could come in as anybody by it.
    static func hasOpenProvider(in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select exists (
                select from identity_providers p where p.tenant_id = \(scope.tenant) and p.links_users)
              or exists (
                select from provisionings p where p.tenant_id = \(scope.tenant) and p.handles_privileged)
            """
        ) { try $0.next() } ?? true
    }

    /// Whoever is no administrator any more is a person of the company all the same.
    static func makeUsers(_ users: [UserID], in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            insert into role_bindings (tenant_id, role_id, user_id, org_id)
            select u.tenant_id, r.role_id, u.user_id, u.org_id
            from users u join roles r on r.tenant_id = u.tenant_id and r.built_in = 'user'
            where u.tenant_id = \(scope.tenant) and u.user_id = any(\(users)) on conflict do nothing
            """)
    }

    /// What a rule of before gave is by hand from now on, so that no directory takes a duty back.
    static func keepGiven(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from identity_given_roles g using roles r
            where g.tenant_id = \(scope.tenant) and r.tenant_id = g.tenant_id and r.role_id = g.role_id
              and r.built_in is distinct from 'user'
            """)
        try await tx.execute(
            """
            delete from provisioning_given_roles g using roles r
            where g.tenant_id = \(scope.tenant) and r.tenant_id = g.tenant_id and r.role_id = g.role_id
              and r.built_in is distinct from 'user'
            """)
    }

    static func take(
        _ bindings: [(user: UserID, role: RoleID)], in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from role_bindings b
            using unnest(\(bindings.map(\.user))::uuid[], \(bindings.map(\.role))::uuid[]) as l (user_id, role_id)
            where b.tenant_id = \(scope.tenant) and b.user_id = l.user_id and b.role_id = l.role_id
            """)
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The rows of roles and of who has them.
enum RoleStore {
    static func list(
        _ page: PageRequest, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ database: Database
    ) async throws -> [Role] {
        try await database.query(
            "select \(fragment: columns) from roles r where r.tenant_id = \(scope.tenant) \(page)", in: scope
        ) { try role(&$0, catalogue) }
    }

    /// Holds the role until the transaction ends.
    static func lock(
        _ id: RoleID, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Role? {
        try await tx.first(
            """
            select \(fragment: columns) from roles r
            where r.tenant_id = \(scope.tenant) and r.role_id = \(id) for no key update of r
            """
        ) { try role(&$0, catalogue) }
    }

    private static let columns: SQL = """
        r.role_id, r.name, r.description, r.built_in, r.scope, r.permissions, r.created_at, r.version
        """

    private static func role(_ row: inout Row, _ catalogue: PermissionCatalogue) throws -> Role {
        let (id, name, description): (RoleID, String, String) = (try row.next(), try row.next(), try row.next())
        let (builtIn, scope): (BuiltInRole?, RoleScope) = (try row.next(), try row.next())
        let permissions = catalogue.permissions(builtIn: builtIn.map { [$0] } ?? [], codes: try row.next())
        return Role(
            id: id, name: name, description: description, builtIn: builtIn, scope: scope,
            permissions: permissions.map(\.code).sorted(), createdAt: try row.next(), version: try row.next())
    }

    /// How many the tenant has made.
    static func count(in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            "select count(*) from roles where tenant_id = \(scope.tenant) and built_in is null"
        ) { try $0.next() } ?? 0
    }

    static func insert(_ role: Role, in scope: TenantScope, _ tx: Transaction) async throws {
        try await naming {
            try await tx.execute(
                """
                insert into roles (tenant_id, role_id, name, description, scope, permissions, created_at)
                values (\(scope.tenant), \(role.id), \(role.name), \(role.description), \(role.scope),
                  \(role.permissions), \(role.createdAt))
                """)
        }
    }

    static func update(_ role: Role, in scope: TenantScope, _ tx: Transaction) async throws {
        try await naming {
            try await tx.execute(
                """
                update roles set name = \(role.name), description = \(role.description),
                  permissions = \(role.permissions), version = \(role.version)
                where tenant_id = \(scope.tenant) and role_id = \(role.id)
                """)
        }
    }

    static func remove(_ id: RoleID, in scope: TenantScope, _ tx: Transaction) async throws {
        do {
            try await tx.execute("delete from roles where tenant_id = \(scope.tenant) and role_id = \(id)")
        } catch let error as DatabaseError where error.isForeignKeyViolation {
            throw IdentityError.roleNamed
        }
    }

    private static func naming(_ body: () async throws -> Int) async throws {
        do {
            _ = try await body()
        } catch let error as DatabaseError where error.constraint == "roles_name_uq" {
            throw IdentityError.nameTaken
        }
    }

    /// Logins of some who hold the role, anywhere; also of those of whom it is taken only now.
    static func holders(of id: RoleID, in scope: TenantScope, _ tx: Transaction) async throws -> [String] {
        try await tx.query(
            """
            select distinct u.login from role_bindings b
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where b.tenant_id = \(scope.tenant) and b.role_id = \(id) order by u.login limit 6
            """
        ) { try $0.next() }
    }

    static func holders(
        _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [RoleHolder] {
        try await database.query(
            """
            select r.role_id, r.name, r.built_in, u.user_id, u.login, u.name, o.org_id, o.name
            from user_roles b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            join organizations o on o.tenant_id = b.tenant_id and o.org_id = b.org_id
            where b.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) { row in
            RoleHolder(
                role: RoleReference(id: try row.next(), name: try row.next(), builtIn: try row.next()),
                user: BoundUser(id: try row.next(), login: try row.next(), name: try row.next()),
                organization: OrganizationReference(id: try row.next(), name: try row.next()))
        }
    }

    /// Gives a tenant the built-in roles that it has not got yet, and names those.
    static func establish(
        at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [BuiltInRole: RoleID] {
        let roles = BuiltInRole.allCases
        let ids = roles.map { _ in RoleID.new(at: now) }
        let (names, words) = (roles.map(\.name), roles.map(\.rawValue))
        let added = try await tx.query(
            """
            insert into roles (tenant_id, role_id, name, built_in, created_at)
            select \(scope.tenant)::uuid, r.id, r.name, r.word, \(now)::timestamptz
            from unnest(\(ids)::uuid[], \(names)::text[], \(words)::text[]) as r (id, name, word)
            on conflict on constraint roles_built_in_uq do nothing
            returning built_in, role_id
            """
        ) { (try $0.next(BuiltInRole.self), try $0.next(RoleID.self)) }
        return Dictionary(uniqueKeysWithValues: added)
    }

    /// The roles that a request names, with what they allow; throws if one does not exist.
    static func resolve(
        _ names: [RoleName], _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> ResolvedRoles {
        let ids = names.compactMap { if case .id(let id) = $0 { id } else { nil } }
        let words = names.compactMap { if case .builtIn(let role) = $0 { role } else { nil } }
        let rows = try await tx.query(
            """
            select role_id, built_in, permissions, scope from roles
            where tenant_id = \(scope.tenant) and (role_id = any(\(ids)) or built_in = any(\(words)))
            """
        ) {
            (
                try $0.next(RoleID.self), try $0.next(BuiltInRole?.self), try $0.next([String].self),
                try $0.next(RoleScope.self)
            )
        }
        guard Set(ids).isSubset(of: rows.map(\.0)), Set(words).isSubset(of: rows.compactMap(\.1)) else {
            throw IdentityError.unknownRole
        }
        return ResolvedRoles(
            ids: Set(rows.map(\.0)),
            permissions: catalogue.permissions(
                builtIn: rows.compactMap(\.1), codes: rows.flatMap { $0.1 == nil ? $0.2 : [] }),
            isOfTenant: rows.contains { $0.3 == .tenant })
    }

    /// What a person may do, wherever it is, and what of it in organizations that the scope does not reach.
    static func permissions(
        of user: UserID, at now: Date, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (all: Set<Permission>, outside: Set<Permission>) {
        let roles = try await tx.query(
            """
            select r.built_in, r.permissions, exists (
                select from organizations o where o.tenant_id = b.tenant_id and o.org_id = b.org_id)
            from roles_held(\(now)) b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user)
            """
        ) {
            let (builtIn, codes): (BuiltInRole?, [String]) = (try $0.next(), try $0.next())
            let permissions = catalogue.permissions(
                builtIn: builtIn.map { [$0] } ?? [], codes: builtIn == nil ? codes : [])
            return (permissions: permissions, isInside: try $0.next(Bool.self))
        }
        return (
            roles.reduce(into: []) { $0.formUnion($1.permissions) },
            roles.reduce(into: []) { if !$1.isInside { $0.formUnion($1.permissions) } }
        )
    }

    /// What those may do whom a provider knows or confirms, all of them together.
    static func permissions(
        ofPeopleAt provider: IdentityProviderID, at now: Date, _ catalogue: PermissionCatalogue, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Set<Permission> {
        let roles = try await tx.query(
            """
            select r.built_in, r.permissions from roles r
            where r.tenant_id = \(scope.tenant) and exists (
              select from roles_held(\(now)) b join (
                  select tenant_id, user_id from identity_links
                  where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                  union
                  select tenant_id, user_id from provisioned_users
                  where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                  union
                  select tenant_id, user_id from radius_factors
                  where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                ) l on l.tenant_id = b.tenant_id and l.user_id = b.user_id
              where b.tenant_id = r.tenant_id and b.role_id = r.role_id)
            """
        ) { (try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        return catalogue.permissions(builtIn: roles.compactMap(\.0), codes: roles.flatMap(\.1))
    }

    /// Makes these what a person has for good at the person's own organization. What is lent is no part of it: it goes on
    /// and ends as it would have, named here or not.
    static func bind(
        _ roles: Set<RoleID>, to user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let ids = Array(roles)
        try await tx.enqueue(
            """
            delete from role_bindings b using users u
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.role_id <> all(\(ids))
              and b.ends_at is null and u.tenant_id = b.tenant_id and u.user_id = b.user_id and b.org_id = u.org_id
            """)
        // What a rule gave and somebody took is no rule's any more once it is given anew.
        try await tx.enqueue(
            """
            with given as (
              insert into role_bindings (tenant_id, role_id, user_id, org_id)
              select r.tenant_id, r.role_id, u.user_id, u.org_id
              from roles r join users u on u.tenant_id = r.tenant_id
              where r.tenant_id = \(scope.tenant) and r.role_id = any(\(ids)) and u.user_id = \(user)
              on conflict on constraint role_bindings_pk do update set ends_at = null
                where role_bindings.ends_at <= now()
              returning role_id, org_id
            ), forgotten as (
              delete from identity_given_roles g using given n
              where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and g.role_id = n.role_id
                and g.org_id = n.org_id
            )
            delete from provisioning_given_roles g using given n
            where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and g.role_id = n.role_id
              and g.org_id = n.org_id
            """)
    }

    /// Holds the administrators' role until the transaction ends: two administrators who remove each other come one
    /// after the other. It comes before anybody's account, and stops nobody who gives the role to somebody more.
    static func holdAdministrators(in scope: TenantScope, _ tx: Transaction) async throws {
        _ = try await tx.first(
            """
            select role_id from roles where tenant_id = \(scope.tenant) and built_in = 'administrator' for no key update
            """
        ) { try $0.next(RoleID.self) }
    }

    static func administrator(in scope: TenantScope, _ tx: Transaction) async throws -> RoleID? {
        try await tx.first(
            "select role_id from roles where tenant_id = \(scope.tenant) and built_in = 'administrator'"
        ) { try $0.next() }
    }

    /// The active people who administer the tenant without a last day; where duties are separated, those of each duty. Of
    /// each of these one has to stay.
    static func administrators(in scope: TenantScope, _ tx: Transaction) async throws -> [[UserID]] {
        let people = try await tx.query(
            """
            select r.built_in, u.user_id from roles r
            join roles_held(now()) b on b.tenant_id = r.tenant_id and b.role_id = r.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where r.tenant_id = \(scope.tenant) and b.org_id = b.tenant_id and u.state = 'active'
              and u.expires_at is null and b.ends_at is null and r.built_in not in ('auditor', 'user')
              and (r.built_in = 'administrator') <> exists (
                select from duty_separations d where d.tenant_id = r.tenant_id and d.is_on)
            """
        ) { (role: try $0.next(BuiltInRole.self), user: try $0.next(UserID.self)) }
        return Dictionary(grouping: people, by: \.role).values.map { $0.map(\.user) }
    }

    /// Whether anybody active administers the tenant. Whoever is confined to a part of it cannot touch anybody who does.
    static func hasAdministrator(in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        guard scope.organizations == nil else { return true }
        return try await tx.first(
            """
            with filled as (
              select distinct r.built_in from roles r
              join roles_held(now()) b on b.tenant_id = r.tenant_id and b.role_id = r.role_id
              join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
              where r.tenant_id = \(scope.tenant) and r.built_in not in ('auditor', 'user') and b.org_id = b.tenant_id
                and u.state = 'active' and u.expires_at is null and b.ends_at is null)
            select case
                when exists (select from duty_separations d where d.tenant_id = \(scope.tenant) and d.is_on)
                then (select count(*) from filled where built_in <> 'administrator') = 3
                else exists (select from filled where built_in = 'administrator')
              end
            """
        ) { try $0.next() } ?? false
    }
}

/// The roles that a request names.
struct ResolvedRoles {
    let ids: Set<RoleID>
    /// What they allow together.
    let permissions: Set<Permission>
    /// Whether one of them is held for the tenant as a whole and nowhere else.
    let isOfTenant: Bool

    init(ids: Set<RoleID>, permissions: Set<Permission>, isOfTenant: Bool) {
        (self.ids, self.permissions, self.isOfTenant) = (ids, permissions, isOfTenant)
    }

    init(_ role: Role) {
        self.init(
            ids: [role.id], permissions: Set(role.permissions.map(Permission.init)), isOfTenant: role.scope == .tenant)
    }

    /// Fails if one of them cannot be held at the organization.
    func check(at organization: OrganizationID, in scope: TenantScope) throws(IdentityError) {
        guard !isOfTenant || organization == .root(of: scope.tenant) else { throw .tenantRole }
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of roles and of who has them.
enum RoleStore {
    static func list(
        _ page: PageRequest, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ database: Database
    ) async throws -> [Role] {
        try await database.query(
            """
            select r.role_id, r.name, r.built_in, r.permissions, r.created_at from roles r
            where r.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) { row in
            let (id, name): (RoleID, String) = (try row.next(), try row.next())
            let (builtIn, codes): (BuiltInRole?, [String]) = (try row.next(), try row.next())
            let permissions = catalogue.permissions(builtIn: builtIn.map { [$0] } ?? [], codes: codes)
            return Role(
                id: id, name: name, builtIn: builtIn, permissions: permissions.map(\.code).sorted(),
                createdAt: try row.next())
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
    ) async throws -> (ids: Set<RoleID>, permissions: Set<Permission>) {
        let ids = names.compactMap { if case .id(let id) = $0 { id } else { nil } }
        let words = names.compactMap { if case .builtIn(let role) = $0 { role } else { nil } }
        let rows = try await tx.query(
            """
            select role_id, built_in, permissions from roles
            where tenant_id = \(scope.tenant) and (role_id = any(\(ids)) or built_in = any(\(words)))
            """
        ) { (try $0.next(RoleID.self), try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        guard Set(ids).isSubset(of: rows.map(\.0)), Set(words).isSubset(of: rows.compactMap(\.1)) else {
            throw IdentityError.unknownRole
        }
        return (
            Set(rows.map(\.0)),
            catalogue.permissions(
                builtIn: rows.compactMap(\.1), codes: rows.flatMap { $0.1 == nil ? $0.2 : [] })
        )
    }

    /// What a person may do, wherever it is, and what of it in organizations that the scope does not reach.
    static func permissions(
        of user: UserID, _ catalogue: PermissionCatalogue, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (all: Set<Permission>, outside: Set<Permission>) {
        let roles = try await tx.query(
            """
            select r.built_in, r.permissions, exists (
                select from organizations o where o.tenant_id = b.tenant_id and o.org_id = b.org_id)
            from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
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

    /// Gives a person these roles at the person's own organization, and no others there.
    static func bind(
        _ roles: Set<RoleID>, to user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let ids = Array(roles)
        try await tx.enqueue(
            """
            delete from role_bindings b using users u
            where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.role_id <> all(\(ids))
              and u.tenant_id = b.tenant_id and u.user_id = b.user_id and b.org_id = u.org_id
            """)
        try await tx.enqueue(
            """
            insert into role_bindings (tenant_id, role_id, user_id, org_id)
            select r.tenant_id, r.role_id, u.user_id, u.org_id
            from roles r join users u on u.tenant_id = r.tenant_id
            where r.tenant_id = \(scope.tenant) and r.role_id = any(\(ids)) and u.user_id = \(user)
            on conflict do nothing
            """)
    }

    /// Holds the administrators' role until the transaction ends: two administrators who remove each other come one
    /// after the other.
    static func holdAdministrators(in scope: TenantScope, _ tx: Transaction) async throws {
        _ = try await tx.first(
            """
            select role_id from roles where tenant_id = \(scope.tenant) and built_in = 'administrator' for update
            """
        ) { try $0.next(RoleID.self) }
    }

    static func administrator(in scope: TenantScope, _ tx: Transaction) async throws -> RoleID? {
        try await tx.first(
            "select role_id from roles where tenant_id = \(scope.tenant) and built_in = 'administrator'"
        ) { try $0.next() }
    }

    /// The active people who administer the tenant.
    static func administrators(in scope: TenantScope, _ tx: Transaction) async throws -> [UserID] {
        try await tx.query(
            """
            select u.user_id from roles r
            join role_bindings b on b.tenant_id = r.tenant_id and b.role_id = r.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where r.tenant_id = \(scope.tenant) and r.built_in = 'administrator' and b.org_id = b.tenant_id
              and u.state = 'active'
            """
        ) { try $0.next() }
    }

    /// Whether anybody active administers the tenant. Whoever is confined to a part of it cannot touch anybody who does.
    static func hasAdministrator(in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        guard scope.organizations == nil else { return true }
        return try await tx.first(
            """
            select exists (
              select from roles r
              join role_bindings b on b.tenant_id = r.tenant_id and b.role_id = r.role_id
              join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
              where r.tenant_id = \(scope.tenant) and r.built_in = 'administrator' and b.org_id = b.tenant_id
                and u.state = 'active' and u.expires_at is null)
            """
        ) { try $0.next() } ?? false
    }
}

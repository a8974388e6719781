import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of users, as administrators and other features read and change them.
enum UserStore {
    /// The clock is the database's here: whether an account is locked is only shown.
    private static let select: SQL = """
        select u.user_id, u.login, u.name, u.email, u.state, (
            select coalesce(
              jsonb_agg(jsonb_build_object('id', r.role_id, 'name', r.name, 'builtIn', r.built_in) order by r.name), '[]')
            from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.org_id = u.org_id and b.ends_at is null),
          coalesce(u.locked_until > now(), false), exists (
            select from totp_secrets s
            where s.tenant_id = u.tenant_id and s.user_id = u.user_id and s.confirmed_at is not null)
          or exists (select from passkeys k where k.tenant_id = u.tenant_id and k.user_id = u.user_id)
          or exists (select from code_factors f where f.tenant_id = u.tenant_id and f.user_id = u.user_id)
          or exists (select from radius_factors f where f.tenant_id = u.tenant_id and f.user_id = u.user_id)
          or exists (select from face_factors f where f.tenant_id = u.tenant_id and f.user_id = u.user_id),
          u.must_change_password or u.password_hash is not null and coalesce(gatehouse_password_end(
            u.tenant_id, u.org_id, coalesce(u.password_changed_at, u.created_at)) <= now(), false),
          u.expires_at, u.last_sign_in_at, u.created_at, u.version,
          (select m.user_id || ' ' || m.name from users m where m.tenant_id = u.tenant_id and m.user_id = u.manager_id),
          u.manager_provider_id is not null, (
            select coalesce(
              jsonb_agg(jsonb_build_object('id', r.role_id, 'name', r.name, 'builtIn', r.built_in, 'until',
                (extract(epoch from b.ends_at) * 1000)::bigint) order by r.name), '[]')
            from roles_held(now()) b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.org_id = u.org_id
              and b.ends_at is not null)
        from users u
        """

    private static func user(_ row: inout Row) throws -> User {
        User(
            id: try row.next(), login: try row.next(), name: try row.next(), email: try row.next(),
            state: try row.next(), roles: RoleReference.list(from: try row.next()), locked: try row.next(),
            secondFactor: try row.next(), mustChangePassword: try row.next(), expiresAt: try row.next(),
            lastSignInAt: try row.next(), createdAt: try row.next(),
            version: try row.next(), manager: try row.next(), hasManagerByProvider: try row.next(),
            lentRoles: LentRole.list(from: try row.next()))
    }

    static func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [User] {
        try await database.query(
            "\(fragment: select) where u.tenant_id = \(scope.tenant) \(page)", in: scope, user)
    }

    static func locked(
        _ page: PageRequest, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [LockedAccount] {
        try await database.query(
            """
            select u.user_id, u.login, u.name, u.failed_attempts, u.locked_until from users u
            where u.tenant_id = \(scope.tenant) and u.locked_until > \(now) \(page)
            """, in: scope
        ) {
            LockedAccount(
                user: try $0.next(), login: try $0.next(), name: try $0.next(), failures: try $0.next(),
                lockedUntil: try $0.next())
        }
    }

    static func find(_ id: UserID, in scope: TenantScope, _ database: Database) async throws -> User? {
        try await database.first(
            "\(fragment: select) where u.tenant_id = \(scope.tenant) and u.user_id = \(id)", in: scope, user)
    }

    static func find(_ id: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> User? {
        try await tx.first("\(fragment: select) where u.tenant_id = \(scope.tenant) and u.user_id = \(id)", user)
    }

    static func find(_ login: Login, in scope: TenantScope, _ tx: Transaction) async throws -> User? {
        try await tx.first("\(fragment: select) where u.tenant_id = \(scope.tenant) and u.login = \(login)", user)
    }

    static func insert(
        _ id: UserID, _ request: CreateUserRequest, passwordHash: String?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await naming {
            try await tx.execute(
                """
                insert into users (tenant_id, user_id, login, name, email, password_hash, password_changed_at,
                  must_change_password, expires_at, created_at)
                values (\(scope.tenant), \(id), \(request.login), \(request.name.text), \(request.email),
                  \(passwordHash), \(passwordHash.map { _ in now }), \(passwordHash != nil),
                  \(request.expiresAt), \(now))
                """)
        }
    }

    /// Changes a user if the version is still the one that was seen.
    static func update(
        _ id: UserID, login: String, name: String, email: String?, expiresAt: Date?, from version: Int,
        in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        let rows = try await naming {
            try await tx.execute(
                """
                update users set login = \(login), name = \(name), email = \(email),
                  expiry_told_at = case when expires_at is not distinct from \(expiresAt) then expiry_told_at end,
                  expires_at = \(expiresAt), version = version + 1
                where tenant_id = \(scope.tenant) and user_id = \(id) and version = \(version)
                """)
        }
        guard rows == 1 else { throw IdentityError.changed }
    }

    /// Somebody active whom the scope sees: the references of the database see past it.
    static func setManager(
        _ manager: UserID?, of id: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let rows = try await tx.execute(
            """
            update users u set manager_id = \(manager)
            where u.tenant_id = \(scope.tenant) and u.user_id = \(id) and (\(manager)::uuid is null or exists (
              select from users m
              where m.tenant_id = u.tenant_id and m.user_id = \(manager) and m.user_id <> u.user_id and m.state = 'active'))
            """)
        guard rows == 1 else {
            throw Invalid("must be somebody else, who is there and not disabled", field: "manager")
        }
    }

    /// Tells whether the user was in another state before.
    static func setState(
        _ state: User.State, of id: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let before = try await tx.first(
            "select state from users where tenant_id = \(scope.tenant) and user_id = \(id) for update",
            { try $0.next(User.State.self) })
        try await tx.execute(
            """
            update users set state = \(state), version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(id)
            """)
        return before != state
    }

    /// For what is shown beside a user and lives in other tables: an ETag must not outlive it.
    /// Where a person belongs who is there.
    static func organization(
        of id: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> OrganizationID {
        let found = try await tx.first(
            "select org_id from users where tenant_id = \(scope.tenant) and user_id = \(id)"
        ) { try $0.next(OrganizationID.self) }
        guard let found else { throw IdentityError.notFound }
        return found
    }

    static func bump(_ id: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "update users set version = version + 1 where tenant_id = \(scope.tenant) and user_id = \(id)")
    }

    static func hasPassword(_ id: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            "select password_hash is not null from users where tenant_id = \(scope.tenant) and user_id = \(id)"
        ) { try $0.next() } ?? false
    }

    @discardableResult
    private static func naming<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError where error.constraint == "users_login_uq" {
            throw IdentityError.loginTaken
        }
    }
}

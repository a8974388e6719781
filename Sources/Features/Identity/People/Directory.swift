import FoundationEssentials
package import Kernel
package import Postgres

/// People, groups and roles for other features: names to show, and who is meant.
package struct Directory: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// A person, active or not; nil if there is none such.
    package func user(_ id: UserID, in scope: TenantScope) async throws -> Person? {
        try await people([id], in: scope).first
    }

    /// People by their ids, in the order of their logins; unknown ids are left out.
    package func people(_ ids: [UserID], in scope: TenantScope) async throws -> [Person] {
        try await database.query(
            """
            select user_id, login, name, email, state from users
            where tenant_id = \(scope.tenant) and user_id = any(\(ids)) order by login
            """, in: scope, Self.person)
    }

    /// The person who signs in by this login.
    package func user(login text: String, in scope: TenantScope) async throws -> Person? {
        guard let login = Login(text) else { return nil }
        return try await database.first(
            """
            select user_id, login, name, email, state from users
            where tenant_id = \(scope.tenant) and login = \(login)
            """, in: scope, Self.person)
    }

    /// Every active person whom the audience means, each once; a role means those who hold it for the whole tenant.
    package func resolve(_ audience: Audience, in scope: TenantScope) async throws -> [UserID] {
        try await database.query(Self.resolving(audience, in: scope), in: scope) { try $0.next() }
    }

    /// The same inside a transaction, so that a snapshot of approvers commits with what it is for.
    package func resolve(_ audience: Audience, in scope: TenantScope, _ tx: Transaction) async throws -> [UserID] {
        try await tx.query(Self.resolving(audience, in: scope)) { try $0.next() }
    }

    /// Names of groups; unknown ids are left out.
    package func groups(_ ids: [GroupID], in scope: TenantScope) async throws -> [GroupID: String] {
        let rows = try await database.query(
            "select group_id, name from groups where tenant_id = \(scope.tenant) and group_id = any(\(ids))", in: scope
        ) { (try $0.next(GroupID.self), try $0.next(String.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Names of roles; unknown ids are left out.
    package func roles(_ ids: [RoleID], in scope: TenantScope) async throws -> [RoleID: String] {
        let rows = try await database.query(
            "select role_id, name from roles where tenant_id = \(scope.tenant) and role_id = any(\(ids))", in: scope
        ) { (try $0.next(RoleID.self), try $0.next(String.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// A built-in role's id in this tenant.
    package func role(_ builtIn: BuiltInRole, in scope: TenantScope) async throws -> RoleID? {
        try await database.first(
            "select role_id from roles where tenant_id = \(scope.tenant) and built_in = \(builtIn)", in: scope
        ) { try $0.next() }
    }

    /// Whether administrators are divided, so that nobody has two duties.
    package func areDutiesSeparated(in scope: TenantScope) async throws -> Bool {
        try await database.first(
            "select is_on from duty_separations where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(Bool.self) } ?? false
    }

    private static func person(_ row: inout Row) throws -> Person {
        let (id, login, name): (UserID, String, String) = (try row.next(), try row.next(), try row.next())
        let (email, state): (String?, User.State) = (try row.next(), try row.next())
        return Person(id: id, login: login, name: name, email: email, isActive: state == .active)
    }

    private static func resolving(_ audience: Audience, in scope: TenantScope) -> SQL {
        """
        select u.user_id from users u
        where u.tenant_id = \(scope.tenant) and u.state = 'active' and u.user_id in (
          select x.user_id from users x where x.tenant_id = \(scope.tenant) and x.user_id = any(\(audience.users))
          union
          select m.user_id from group_members m
          where m.tenant_id = \(scope.tenant) and m.group_id = any(\(audience.groups))
          union
          select b.user_id from user_roles b
          where b.tenant_id = \(scope.tenant) and b.org_id = b.tenant_id and b.role_id = any(\(audience.roles)))
        order by u.user_id
        """
    }
}

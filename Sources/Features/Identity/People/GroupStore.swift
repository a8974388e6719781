import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of groups and of who is in them.
enum GroupStore {
    private static let select: SQL = """
        select g.group_id, g.name, (
            select count(*) from group_members m where m.tenant_id = g.tenant_id and m.group_id = g.group_id),
          g.created_at, g.version, g.identity_provider_id, (
            select p.name from identity_providers p
            where p.tenant_id = g.tenant_id and p.identity_provider_id = g.identity_provider_id),
          g.left_at
        from groups g
        """

    private static func group(_ row: inout Row) throws -> Group {
        let (id, name, members): (GroupID, String, Int) = (try row.next(), try row.next(), try row.next())
        let (createdAt, version): (Date, Int) = (try row.next(), try row.next())
        let (provider, called): (IdentityProviderID?, String?) = (try row.next(), try row.next())
        let leftAt: Date? = try row.next()
        let keeper = provider.map { GroupKeeper(id: $0, name: called ?? "", leftAt: leftAt) }
        return Group(
            id: id, name: name, members: members, createdAt: createdAt, version: version, keeper: keeper)
    }

    static func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Group] {
        try await database.query(
            "\(fragment: select) where g.tenant_id = \(scope.tenant) \(page)", in: scope, group)
    }

    static func find(_ id: GroupID, in scope: TenantScope, _ database: Database) async throws -> Group? {
        try await database.first(
            "\(fragment: select) where g.tenant_id = \(scope.tenant) and g.group_id = \(id)", in: scope, group)
    }

    /// Holds the group until the transaction ends.
    static func lock(_ id: GroupID, in scope: TenantScope, _ tx: Transaction) async throws -> Group? {
        try await tx.first(
            """
            \(fragment: select) where g.tenant_id = \(scope.tenant) and g.group_id = \(id) for no key update of g
            """, group)
    }

    static func insert(_ group: Group, in scope: TenantScope, _ tx: Transaction) async throws {
        try await naming {
            try await tx.execute(
                """
                insert into groups (tenant_id, group_id, name, created_at)
                values (\(scope.tenant), \(group.id), \(group.name), \(group.createdAt))
                """)
        }
    }

    static func rename(_ id: GroupID, to name: String, in scope: TenantScope, _ tx: Transaction) async throws {
        try await naming {
            try await tx.execute(
                """
                update groups set name = \(name), version = version + 1
                where tenant_id = \(scope.tenant) and group_id = \(id)
                """)
        }
    }

    static func remove(_ id: GroupID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from groups where tenant_id = \(scope.tenant) and group_id = \(id)")
    }

    /// False if the person was in it already. Whoever is put in by hand is taken out by no rule, though one put them in too.
    static func add(
        _ user: UserID, to id: GroupID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            with added as (
              insert into group_members (tenant_id, group_id, user_id) values (\(scope.tenant), \(id), \(user))
              on conflict do nothing returning user_id
            ), forgotten as (
              delete from identity_given_groups
              where tenant_id = \(scope.tenant) and user_id = \(user) and group_id = \(id)
            ), forgotten_too as (
              delete from provisioning_given_groups
              where tenant_id = \(scope.tenant) and user_id = \(user) and group_id = \(id)
            )
            select exists (select from added)
            """
        ) { try $0.next() } ?? false
    }

    static func remove(
        _ user: UserID, from id: GroupID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            delete from group_members
            where tenant_id = \(scope.tenant) and group_id = \(id) and user_id = \(user)
            """)
        return rows == 1
    }

    static func bump(_ id: GroupID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "update groups set version = version + 1 where tenant_id = \(scope.tenant) and group_id = \(id)")
    }

    static func members(
        of id: GroupID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [Member] {
        try await database.query(
            """
            select u.user_id, u.login, u.name, u.state from group_members m
            join users u on u.tenant_id = m.tenant_id and u.user_id = m.user_id
            where m.tenant_id = \(scope.tenant) and m.group_id = \(id) \(page)
            """, in: scope
        ) { Member(id: try $0.next(), login: try $0.next(), name: try $0.next(), state: try $0.next()) }
    }

    @discardableResult
    private static func naming<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError where error.constraint == "groups_name_uq" {
            throw IdentityError.nameTaken
        }
    }
}

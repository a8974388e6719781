import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of groups as programs know them, and of who is in them: one statement for all members of a change.
enum ProvisionedGroupStore {
    private static let columns: SQL = """
        g.provisioned_group_id, g.name, g.external_id, g.created_at, g.changed_at, g.version from provisioned_groups g
        """

    private static func group(_ row: inout Row) throws -> ProvisionedGroup {
        ProvisionedGroup(
            id: try row.next(), name: try row.next(), externalId: try row.next(), createdAt: try row.next(),
            changedAt: try row.next(), version: try row.next())
    }

    static func find(
        _ id: ProvisionedGroupID, of provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> ProvisionedGroup? {
        try await database.first(
            """
            select \(fragment: columns)
            where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider)
              and g.provisioned_group_id = \(id)
            """, in: scope, group)
    }

    /// Holds the group until the transaction ends.
    static func lock(
        _ id: ProvisionedGroupID, of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> ProvisionedGroup? {
        try await tx.first(
            """
            select \(fragment: columns)
            where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider)
              and g.provisioned_group_id = \(id) for no key update
            """, group)
    }

    struct Narrowing {
        var id: ProvisionedGroupID?
        var foldedName: String?
        var externalId: String?
        var member: UserID?
    }

    static func count(
        of provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> Int {
        try await database.first(
            """
            select count(*) from provisioned_groups
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    static func count(of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from provisioned_groups
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """
        ) { try $0.next() } ?? 0
    }

    /// How many there are to look through, as far as anybody wants to know.
    static func count(
        _ narrowing: Narrowing, upTo most: Int, of provider: IdentityProviderID, in scope: TenantScope,
        _ database: Database
    ) async throws -> Int {
        // At most one of each.
        if narrowing.id != nil || narrowing.foldedName != nil || narrowing.externalId != nil { return 1 }
        return try await database.first(
            """
            select count(*) from (
              select from provisioned_groups g
              where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider)
                and (\(narrowing.member)::uuid is null or exists (
                  select from provisioned_members m where m.tenant_id = g.tenant_id
                    and m.provisioned_group_id = g.provisioned_group_id and m.user_id = \(narrowing.member)))
              limit \(most)) p
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    static func list(
        _ narrowing: Narrowing, after: ProvisionedGroupID? = nil, offset: Int = 0, limit: Int,
        of provider: IdentityProviderID, in scope: TenantScope,
        _ database: Database
    ) async throws -> [ProvisionedGroup] {
        try await database.query(
            """
            select g.provisioned_group_id, g.name, g.external_id, g.created_at, g.changed_at, g.version
            from provisioned_groups g
            where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider)
              and (\(after)::uuid is null or g.provisioned_group_id > \(after))
              and (\(narrowing.id)::uuid is null or g.provisioned_group_id = \(narrowing.id))
              and (\(narrowing.foldedName)::text is null or g.folded_name = \(narrowing.foldedName))
              and (\(narrowing.externalId)::text is null or g.external_id = \(narrowing.externalId))
              and (\(narrowing.member)::uuid is null or exists (
                select from provisioned_members m where m.tenant_id = g.tenant_id
                  and m.provisioned_group_id = g.provisioned_group_id and m.user_id = \(narrowing.member)))
            order by g.provisioned_group_id offset \(offset) limit \(limit)
            """, in: scope, group)
    }

    static func insert(
        _ group: ProvisionedGroup, of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await naming {
            try await tx.execute(
                """
                insert into provisioned_groups (tenant_id, provisioned_group_id, identity_provider_id, name, folded_name,
                  external_id, folded_external, created_at, changed_at)
                values (\(scope.tenant), \(group.id), \(provider), \(group.name), \(GroupRules.folded(group.name)),
                  \(group.externalId), \(group.externalId.map(GroupRules.folded)), \(group.createdAt),
                  \(group.createdAt))
                """)
        }
    }

    /// Takes name and external id, and counts the change in any case.
    static func update(
        _ id: ProvisionedGroupID, name: String, externalId: String?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await naming {
            try await tx.execute(
                """
                update provisioned_groups set name = \(name), folded_name = \(GroupRules.folded(name)),
                  external_id = \(externalId), folded_external = \(externalId.map(GroupRules.folded)),
                  changed_at = \(now), version = version + 1
                where tenant_id = \(scope.tenant) and provisioned_group_id = \(id)
                """)
        }
    }

    static func remove(_ id: ProvisionedGroupID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from provisioned_groups where tenant_id = \(scope.tenant) and provisioned_group_id = \(id)
            """)
    }

    // MARK: members

    /// Makes a change, and names whoever is in the group now and was not, or was and is not.
    static func change(
        _ change: MemberChange, of id: ProvisionedGroupID, at provider: IdentityProviderID, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> [UserID] {
        let (added, removed) = (Array(change.added), Array(change.removed))
        let gone =
            change.clears || !removed.isEmpty
            ? try await tx.query(
                """
                delete from provisioned_members
                where tenant_id = \(scope.tenant) and provisioned_group_id = \(id)
                  and (\(change.clears) and user_id <> all(\(added)) or user_id = any(\(removed)))
                returning user_id
                """
            ) { try $0.next(UserID.self) } : []
        guard !added.isEmpty else { return gone }
        let come = try await tx.query(
            """
            insert into provisioned_members (tenant_id, provisioned_group_id, identity_provider_id, user_id)
            select p.tenant_id, \(id)::uuid, p.identity_provider_id, p.user_id from provisioned_users p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider)
              and p.user_id = any(\(added)) and p.removed_at is null
            on conflict do nothing returning user_id
            """
        ) { try $0.next(UserID.self) }
        return gone + come
    }

    /// How many of these people are in the group.
    static func count(
        _ people: [UserID], in id: ProvisionedGroupID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        try await tx.first(
            """
            select count(*) from provisioned_members
            where tenant_id = \(scope.tenant) and provisioned_group_id = \(id) and user_id = any(\(people))
            """
        ) { try $0.next() } ?? 0
    }

    static func size(of id: ProvisionedGroupID, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from provisioned_members
            where tenant_id = \(scope.tenant) and provisioned_group_id = \(id)
            """
        ) { try $0.next() } ?? 0
    }

    static func everybody(
        in id: ProvisionedGroupID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID] {
        try await tx.query(
            """
            select user_id from provisioned_members
            where tenant_id = \(scope.tenant) and provisioned_group_id = \(id)
            """
        ) { try $0.next(UserID.self) }
    }

    /// Who is in these groups, as members are shown; one more than `limit` tells that there are more.
    static func members(
        of groups: [ProvisionedGroupID], base: String, limit: Int, in scope: TenantScope, _ database: Database
    ) async throws -> [ProvisionedGroupID: [JSON]] {
        let rows = try await database.query(
            """
            select m.provisioned_group_id, m.user_id from provisioned_members m
            where m.tenant_id = \(scope.tenant) and m.provisioned_group_id = any(\(groups))
            order by m.provisioned_group_id, m.user_id limit \(limit + 1)
            """, in: scope
        ) { (group: try $0.next(ProvisionedGroupID.self), user: try $0.next(UserID.self)) }
        guard rows.count <= limit else {
            throw SCIMFault.invalid(.tooMany, "these groups have more than \(limit) members; exclude members")
        }
        return Dictionary(grouping: rows, by: \.group).mapValues { rows in
            rows.map { ["value": .string($0.user.text), "$ref": .string("\(base)/Users/\($0.user.text)")] }
        }
    }

    /// In which groups these people are, as groups are shown beside a person; a thousand at most each time.
    static func groups(
        of people: [UserID], at provider: IdentityProviderID, base: String, in scope: TenantScope, _ database: Database
    ) async throws -> [UserID: [JSON]] {
        let rows = try await database.query(
            """
            select m.user_id, g.provisioned_group_id, g.name from provisioned_members m
            join provisioned_groups g on g.tenant_id = m.tenant_id and g.provisioned_group_id = m.provisioned_group_id
            where m.tenant_id = \(scope.tenant) and m.identity_provider_id = \(provider)
              and m.user_id = any(\(people))
            order by m.user_id, g.provisioned_group_id limit 10000
            """, in: scope
        ) { (try $0.next(UserID.self), try $0.next(ProvisionedGroupID.self), try $0.next(String.self)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { rows in
            rows.map { row in
                [
                    "value": .string(row.1.text), "$ref": .string("\(base)/Groups/\(row.1.text)"),
                    "display": .string(row.2),
                ]
            }
        }
    }

    private static func naming(_ body: () async throws -> Int) async throws {
        do {
            _ = try await body()
        } catch let error as DatabaseError
            where ["provisioned_groups_name_uq", "provisioned_groups_external_uq"].contains(error.constraint)
        {
            throw SCIMFault.taken("a group has this displayName or externalId")
        }
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The row of a tenant's sign-in rules, and what about a person they look at.
enum SignInRuleStore {
    /// What a tenant that has said nothing starts from.
    static let firstVersion = 1

    static func find(in scope: TenantScope, _ tx: Transaction) async throws -> SignInRules {
        try await tx.first(
            "select rules, version from tenant_sign_in_rules where tenant_id = \(scope.tenant)", decode)
            ?? SignInRules(rules: [], version: firstVersion)
    }

    /// The same, held until the transaction ends.
    static func lock(in scope: TenantScope, _ tx: Transaction) async throws -> SignInRules {
        try await tx.first(
            "select rules, version from tenant_sign_in_rules where tenant_id = \(scope.tenant) for update", decode)
            ?? SignInRules(rules: [], version: firstVersion)
    }

    /// Whether these are still the rules; they stay so until the transaction ends.
    static func hold(_ rules: SignInRules, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first("select version from tenant_sign_in_rules where tenant_id = \(scope.tenant) for share") {
            row in
            try row.next(Int.self)
        } == rules.version
    }

    private static func decode(_ row: inout Row) throws -> SignInRules {
        let json: JSON = try row.next()
        return SignInRules(
            rules: try Schema<[SignInRule]>.array(of: SignInRule.schema, 0...SignInRule.most).parse(json),
            version: try row.next())
    }

    /// False if somebody was quicker.
    static func set(
        _ rules: [SignInRule], from version: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let json = JSON.array(try rules.map { try JSONParser.parse(SignInRule.schema.bytes(of: $0)) })
        let rows = try await tx.execute(
            """
            insert into tenant_sign_in_rules as r (tenant_id, rules, version, changed_at)
            values (\(scope.tenant), \(json), \(version + 1), \(now))
            on conflict (tenant_id) do update
              set rules = excluded.rules, version = excluded.version, changed_at = excluded.changed_at
              where r.tenant_id = \(scope.tenant) and r.version = \(version)
            """)
        return rows == 1
    }

    /// Nil if there is no such person.
    static func circumstances(
        of user: UserID, from address: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> SignInCircumstances? {
        try await tx.first(
            """
            select extract(isodow from \(now)::timestamptz at time zone t.time_zone)::int,
              (extract(hour from \(now)::timestamptz at time zone t.time_zone) * 60
                + extract(minute from \(now)::timestamptz at time zone t.time_zone))::int,
              array(select m.group_id from group_members m where m.tenant_id = u.tenant_id and m.user_id = u.user_id),
              array(
                select distinct b.role_id from roles_held(\(now)) b
                where b.tenant_id = u.tenant_id and b.user_id = u.user_id)
            from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """
        ) { row in
            let moment = WallClock(weekday: try row.next(), minute: try row.next())
            return SignInCircumstances(
                user: user, groups: Set(try row.next([GroupID].self)), roles: Set(try row.next([RoleID].self)),
                address: ClientAddress(address).bytes, moment: moment)
        }
    }

    /// Those who are asked, and why: people by name, by a group, and by a role that is held for the whole tenant.
    static func people(
        _ asked: [PeopleReference], in scope: TenantScope, _ tx: Transaction
    ) async throws -> [SignInReviews.Asked] {
        let audience = asked.audience
        return try await tx.query(
            """
            select u.user_id, a.reason, a.detail from (
              select p.user_id, 1 as place, 'named' as reason, '' as detail
              from unnest(\(audience.users)::uuid[]) as p (user_id)
              union all
              select m.user_id, 2, 'group', g.name from group_members m
              join groups g on g.tenant_id = m.tenant_id and g.group_id = m.group_id
              where m.tenant_id = \(scope.tenant) and m.group_id = any(\(audience.groups)::uuid[])
              union all
              select b.user_id, 3, 'role', r.name from user_roles b
              join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
              where b.tenant_id = \(scope.tenant) and b.role_id = any(\(audience.roles)::uuid[])
                and b.org_id = b.tenant_id
            ) a join users u on u.tenant_id = \(scope.tenant) and u.user_id = a.user_id and u.state = 'active'
            order by a.place, u.user_id, a.detail limit 1000
            """
        ) { SignInReviews.Asked(user: try $0.next(), reason: try $0.next(), detail: try $0.next()) }
    }

    /// The names of those that are there.
    static func names(
        of members: [PeopleReference], in scope: TenantScope, _ tx: Transaction
    ) async throws -> [PeopleReference.Member: String] {
        let audience = members.audience
        let rows = try await tx.query(
            """
            select 'user', u.user_id, u.name from users u
            where u.tenant_id = \(scope.tenant) and u.user_id = any(\(audience.users))
            union all
            select 'group', g.group_id, g.name from groups g
            where g.tenant_id = \(scope.tenant) and g.group_id = any(\(audience.groups))
            union all
            select 'role', r.role_id, r.name from roles r
            where r.tenant_id = \(scope.tenant) and r.role_id = any(\(audience.roles))
            """
        ) { (kind: try $0.next(String.self), id: try $0.next(UUID.self), name: try $0.next(String.self)) }
        var names: [PeopleReference.Member: String] = [:]
        for row in rows {
            switch row.kind {
            case "user": names[.user(UserID(row.id))] = row.name
            case "group": names[.group(GroupID(row.id))] = row.name
            default: names[.role(RoleID(row.id))] = row.name
            }
        }
        return names
    }
}

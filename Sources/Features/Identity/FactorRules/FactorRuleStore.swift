import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The row of a tenant's rules about second factors, and what about a person they look at.
enum FactorRuleStore {
    /// What holds for a tenant that has said nothing: everybody is asked.
    static let standard = FactorRules(level: .all, rules: [], version: 1)

    static func find(in scope: TenantScope, _ tx: Transaction) async throws -> FactorRules {
        try await tx.first(
            "select level, rules, version from tenant_factor_rules where tenant_id = \(scope.tenant)", decode)
            ?? standard
    }

    /// The same, held until the transaction ends.
    static func lock(in scope: TenantScope, _ tx: Transaction) async throws -> FactorRules {
        try await tx.first(
            "select level, rules, version from tenant_factor_rules where tenant_id = \(scope.tenant) for update", decode
        ) ?? standard
    }

    private static func decode(_ row: inout Row) throws -> FactorRules {
        let (level, json): (FactorLevel, JSON) = (try row.next(), try row.next())
        let schema = Schema<[FactorRule]>.array(of: FactorRule.schema, 0...FactorRule.mostKept)
        return FactorRules(level: level, rules: try schema.parse(json), version: try row.next())
    }

    /// False if somebody was quicker.
    static func set(
        _ request: SetFactorRules, from version: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let json = JSON.array(try request.rules.map { try JSONParser.parse(FactorRule.schema.bytes(of: $0)) })
        let rows = try await tx.execute(
            """
            insert into tenant_factor_rules as r (tenant_id, level, rules, version, changed_at)
            values (\(scope.tenant), \(request.level), \(json), \(version + 1), \(now))
            on conflict (tenant_id) do update
              set level = excluded.level, rules = excluded.rules, version = excluded.version,
                changed_at = excluded.changed_at
              where r.tenant_id = \(scope.tenant) and r.version = \(version)
            """)
        return rows == 1
    }

    /// The rules and what they look at, read at once. Nil if there is no such person.
    static func question(
        of user: UserID, at entrance: SignInEntrance, from address: String?, now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> FactorQuestion? {
        try await tx.first(
            """
            select \(fragment: questionColumns(at: now)) from users u \(fragment: questionJoin)
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """
        ) { try question(&$0, of: user, at: entrance, from: address) }
    }

    /// The columns that `question` reads, of a statement about `users u` with `questionJoin`.
    static func questionColumns(at now: Date) -> SQL {
        """
        array(select m.group_id from group_members m where m.tenant_id = u.tenant_id and m.user_id = u.user_id),
          array(
            select distinct b.role_id from roles_held(\(now)) b
            where b.tenant_id = u.tenant_id and b.user_id = u.user_id),
          exists (
            select from roles_held(\(now)) b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where b.tenant_id = u.tenant_id and b.user_id = u.user_id and r.built_in is distinct from 'user'),
          u.wants_second_factor, coalesce(f.level, \(standard.level)),
          coalesce(f.rules, '[]'), coalesce(f.version, \(standard.version))
        """
    }

    static let questionJoin: SQL = "left join tenant_factor_rules f on f.tenant_id = u.tenant_id"

    static func question(
        _ row: inout Row, of user: UserID, at entrance: SignInEntrance, from address: String?
    ) throws -> FactorQuestion {
        let (groups, roles): ([GroupID], [RoleID]) = (try row.next(), try row.next())
        let circumstances = FactorCircumstances(
            user: user, groups: Set(groups), roles: Set(roles), isAdministrator: try row.next(),
            wantsIt: try row.next(), entrance: entrance, address: ClientAddress(address).bytes, after: .password)
        return FactorQuestion(circumstances: circumstances, rules: try decode(&row))
    }

    /// From the next sign-in on somebody is asked although nobody demands it.
    static func want(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update users set wants_second_factor = true
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
    }
}

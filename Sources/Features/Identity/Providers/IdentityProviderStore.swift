import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The rows of identity providers and their rules.
enum IdentityProviderStore {
    /// The table, which every sealed secret is bound to.
    static let table = "identity_providers"

    private static let columns: SQL = """
        p.identity_provider_id, p.name, p.position, p.enabled, p.domains, p.creates_users, p.links_users, p.binds_users, (
            select coalesce(
              jsonb_agg(
                jsonb_build_object(
                  'directoryGroup', r.directory_group, 'conditions', r.conditions, 'role', r.role_id,
                  'builtIn', o.built_in, 'organization', r.org_id, 'group', r.group_id)
                order by r.rule_number), '[]')
            from identity_provider_rules r
            left join roles o on o.tenant_id = r.tenant_id and o.role_id = r.role_id
            where r.tenant_id = p.tenant_id and r.identity_provider_id = p.identity_provider_id),
          p.settings, p.sealed_secret is not null, p.created_at, p.version
        """

    private static func provider(_ row: inout Row) throws -> IdentityProvider {
        let (id, name, position): (IdentityProviderID, String, Int) = (try row.next(), try row.next(), try row.next())
        let (enabled, domains): (Bool, [String]) = (try row.next(), try row.next())
        let (creates, links, binds): (Bool, Bool, Bool) = (try row.next(), try row.next(), try row.next())
        let rules: JSON = try row.next()
        let settings: JSON = try row.next()
        return IdentityProvider(
            id: id, name: name, position: position, enabled: enabled,
            domains: try domains.map { domain throws(Invalid) in try MailDomain(parsing: domain) },
            createsUsers: creates, linksUsers: links, bindsUsers: binds, rules: Self.rules(rules),
            settings: try ProviderSettings.schema.parse(settings), hasSecret: try row.next(),
            createdAt: try row.next(), version: try row.next())
    }

    private static func rules(_ json: JSON) -> [ProviderRule] {
        guard case .array(let items) = json else { return [] }
        func uuid(_ item: JSON, _ name: String) -> UUID? { item[name]?.text.flatMap { UUID(uuidString: $0) } }
        return items.compactMap { item in
            let builtIn = item["builtIn"]?.text.flatMap(BuiltInRole.init(rawValue:)).map(RoleName.builtIn)
            guard let conditions = try? ProviderRule.list.parse(item["conditions"] ?? .null) else { return nil }
            return try? ProviderRule(
                directoryGroup: item["directoryGroup"]?.text, conditions: conditions,
                role: builtIn ?? uuid(item, "role").map { .id(RoleID($0)) },
                organization: uuid(item, "organization").map(OrganizationID.init),
                group: uuid(item, "group").map(GroupID.init))
        }
    }

    static func list(
        _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [IdentityProvider] {
        try await database.query(
            "select \(fragment: columns) from identity_providers p where p.tenant_id = \(scope.tenant) \(page)",
            in: scope, provider)
    }

    static func find(
        _ id: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> ProviderCandidate? {
        try await database.first(
            """
            select \(fragment: columns), p.sealed_secret from identity_providers p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(id)
            """, in: scope
        ) { ProviderCandidate(provider: try provider(&$0), sealedSecret: try $0.next(), isLinked: false) }
    }

    static func exists(_ id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            "select true from identity_providers where tenant_id = \(scope.tenant) and identity_provider_id = \(id)"
        ) { try $0.next() } ?? false
    }

    /// Holds the provider until the transaction ends.
    static func lock(
        _ id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> IdentityProvider? {
        try await tx.first(
            """
            select \(fragment: columns) from identity_providers p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(id) for no key update of p
            """, provider)
    }

    static func count(in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first("select count(*) from identity_providers where tenant_id = \(scope.tenant)") {
            try $0.next()
        } ?? 0
    }

    /// Whether it is a provider of CAS that is switched on.
    static func isCAS(_ id: IdentityProviderID, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            """
            select enabled and kind = 'cas' from identity_providers
            where tenant_id = \(scope.tenant) and identity_provider_id = \(id)
            """, in: scope
        ) { try $0.next() } ?? false
    }

    /// Whether it is switched on, and if `binding` lets people come by links of their own; it stays so until the transaction
    /// ends.
    static func holdEnabled(
        _ id: IdentityProviderID, binding: Bool = false, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select enabled and (binds_users or not \(binding)) from identity_providers
            where tenant_id = \(scope.tenant) and identity_provider_id = \(id) for share
            """
        ) { try $0.next() } ?? false
    }

    /// A provider that is switched on.
    static func enabled(
        _ id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> ProviderCandidate? {
        try await tx.first(
            """
            select \(fragment: columns), p.sealed_secret from identity_providers p
            where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(id) and p.enabled
            """
        ) { ProviderCandidate(provider: try provider(&$0), sealedSecret: try $0.next(), isLinked: false) }
    }

    /// The enabled providers in their order, with whether the login's owner has come in through them.
    static func enabled(
        for login: Login, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [ProviderCandidate] {
        try await tx.query(
            """
            select \(fragment: columns), p.sealed_secret, exists (
              select from identity_links l
              join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id
              where l.tenant_id = p.tenant_id and l.identity_provider_id = p.identity_provider_id
                and u.login = \(login) and not l.bound_by_user)
              or exists (
              select from provisioned_users l
              join provisionings s on s.tenant_id = l.tenant_id
                and s.identity_provider_id = l.identity_provider_id and s.enabled
              join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id
              where l.tenant_id = p.tenant_id and l.identity_provider_id = p.identity_provider_id
                and l.removed_at is null and u.login = \(login))
            from identity_providers p
            where p.tenant_id = \(scope.tenant) and p.enabled order by p.position, p.identity_provider_id
            """
        ) { ProviderCandidate(provider: try provider(&$0), sealedSecret: try $0.next(), isLinked: try $0.next()) }
    }

    /// Whether the login has a domain that other enabled providers name, and this one does not.
    static func isElsewhere(
        _ login: Login, than id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await isElsewhere(login.text, than: id, in: scope, tx)
    }

    /// The same of an address.
    static func isElsewhere(
        _ text: String, than id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        guard let at = text.lastIndex(of: "@") else { return false }
        return try await isElsewhere([text[at...].dropFirst().lowercased()], than: id, in: scope, tx)
    }

    /// Whether one of these domains, in lower case, is one that other enabled providers name, and this one does not.
    static func isElsewhere(
        _ domains: [String], than id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        guard !domains.isEmpty else { return false }
        return try await tx.first(
            """
            select coalesce(bool_or(not d.is_ours), false) from (
              select bool_or(p.identity_provider_id = \(id)) as is_ours
              from unnest(\(domains)::text[]) as w (domain)
              join identity_providers p on p.tenant_id = \(scope.tenant) and p.enabled and w.domain = any(p.domains)
              group by w.domain) d
            """
        ) { try $0.next() } ?? false
    }

    /// What a sign-in page offers, in its order.
    static func offered(in scope: TenantScope, _ database: Database) async throws -> [OfferedProvider] {
        try await database.query(
            """
            select identity_provider_id, name, kind, domains from identity_providers
            where tenant_id = \(scope.tenant) and enabled and kind in ('oidc', 'saml', 'cas', 'oauth2', 'messenger')
            order by position, identity_provider_id
            """, in: scope
        ) { row in
            let (id, name, kind): (IdentityProviderID, String, String) = (
                try row.next(), try row.next(), try row.next()
            )
            let domains = try row.next([String].self)
            return OfferedProvider(
                id: id, name: name, kind: kind,
                domains: try domains.map { domain throws(Invalid) in try MailDomain(parsing: domain) })
        }
    }

    static func insert(
        _ provider: IdentityProvider, secret: SealedValue?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await naming {
            try await tx.execute(
                """
                insert into identity_providers (tenant_id, identity_provider_id, name, kind, position, enabled, domains,
                  creates_users, links_users, binds_users, settings, tenant_key_id, sealed_secret, created_at)
                values (\(scope.tenant), \(provider.id), \(provider.name), \(provider.settings.kind),
                  \(provider.position), \(provider.enabled), \(provider.domains.map(\.text)), \(provider.createsUsers),
                  \(provider.linksUsers), \(provider.bindsUsers), \(try json(provider.settings)), \(secret?.tenantKey),
                  \(secret?.bytes),                  \(provider.createdAt))
                """)
        }
    }

    static func update(_ provider: IdentityProvider, in scope: TenantScope, _ tx: Transaction) async throws {
        try await naming {
            try await tx.execute(
                """
                update identity_providers set name = \(provider.name), position = \(provider.position),
                  enabled = \(provider.enabled), domains = \(provider.domains.map(\.text)),
                  creates_users = \(provider.createsUsers), links_users = \(provider.linksUsers),
                  binds_users = \(provider.bindsUsers), kind = \(provider.settings.kind), settings = \(try json(provider.settings)),
                  version = \(provider.version)
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider.id)
                """)
        }
    }

    static func setSecret(
        _ secret: SealedValue?, of id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update identity_providers set tenant_key_id = \(secret?.tenantKey), sealed_secret = \(secret?.bytes)
            where tenant_id = \(scope.tenant) and identity_provider_id = \(id)
            """)
    }

    static func remove(_ id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from identity_providers where tenant_id = \(scope.tenant) and identity_provider_id = \(id)")
    }

    /// Replaces the rules; roles and groups are those of the tenant, or it throws.
    static func setRules(
        _ rules: [ResolvedRule], of id: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from identity_provider_rules
            where tenant_id = \(scope.tenant) and identity_provider_id = \(id)
            """)
        try await tx.execute(
            """
            insert into identity_provider_rules
              (tenant_id, identity_provider_id, rule_number, directory_group, conditions, role_id, org_id, group_id)
            select \(scope.tenant)::uuid, \(id)::uuid, r.number, r.directory_group, r.conditions::jsonb, r.role_id, r.org_id,
              r.group_id
            from unnest(\(Array(rules.indices))::int[], \(rules.map(\.rule.directoryGroup))::text[],
              \(rules.map(\.rule.writtenConditions))::text[], \(rules.map(\.role))::uuid[],
              \(rules.map(\.rule.organization))::uuid[], \(rules.map(\.rule.group))::uuid[])
              as r (number, directory_group, conditions, role_id, org_id, group_id)
            """)
    }

    /// Whether all of them are there, and none is a directory's to fill.
    static func groupsExist(_ ids: Set<GroupID>, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        let found = try await tx.first(
            """
            select count(*) from groups
            where tenant_id = \(scope.tenant) and group_id = any(\(Array(ids))) and identity_provider_id is null
            """
        ) { try $0.next(Int.self) }
        return found == ids.count
    }

    private static func json(_ settings: ProviderSettings) throws -> JSON {
        try JSONParser.parse(ProviderSettings.schema.bytes(of: settings))
    }

    @discardableResult
    private static func naming<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError where error.constraint == "identity_providers_name_uq" {
            throw IdentityError.nameTaken
        }
    }
}

/// A rule with the id of the role that it gives.
struct ResolvedRule: Sendable {
    let rule: ProviderRule
    let role: RoleID?
}

extension ProviderRule {
    /// What must hold besides the group, as it is kept.
    var writtenConditions: String { String(decoding: ProviderRule.list.bytes(of: conditions), as: UTF8.self) }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of tenants.
struct TenantStore {
    let database: Database

    private static let columns: SQL =
        """
        t.tenant_id, t.slug, t.name, t.state, t.trial_ends_at, t.grace_ends_at, t.closed_from, t.time_zone, t.language,
        t.created_at, t.version
        """

    private static func tenant(_ row: inout Row) throws -> Tenant {
        Tenant(
            id: try row.next(), slug: try row.next(), name: try row.next(),
            life: TenantLife(
                try row.next(), trialEndsAt: try row.next(), graceEndsAt: try row.next(), closedFrom: try row.next()),
            timeZone: try row.next(), language: try row.next(), createdAt: try row.next(), version: try row.next())
    }

    func list(_ page: PageRequest, in scope: ProviderScope) async throws -> [Tenant] {
        try await database.query(
            "select \(fragment: Self.columns) from tenants t where true \(page)", in: scope, Self.tenant)
    }

    func find(_ id: TenantID, in scope: some Scope) async throws -> Tenant? {
        try await database.first(
            "select \(fragment: Self.columns) from tenants t where t.tenant_id = \(id)", in: scope, Self.tenant)
    }

    func find(slug: TenantSlug, in scope: some Scope) async throws -> Tenant? {
        try await database.first(
            "select \(fragment: Self.columns) from tenants t where t.slug = \(slug)", in: scope, Self.tenant)
    }

    func find(hostName: CustomHostName, in scope: some Scope) async throws -> Tenant? {
        try await database.first(
            "select \(fragment: Self.columns) from tenants t where t.host_name = \(hostName.text)", in: scope,
            Self.tenant)
    }

    func lock(_ id: TenantID, in tx: Transaction) async throws -> Tenant? {
        try await tx.first(
            "select \(fragment: Self.columns) from tenants t where t.tenant_id = \(id) for update", Self.tenant)
    }

    /// Adds a tenant, or leaves the one that has the slug.
    func insert(_ tenant: Tenant, in scope: ProviderScope) async throws -> Bool {
        let rows = try await database.execute(
            """
            insert into tenants (tenant_id, slug, name, state, trial_ends_at, time_zone, language, created_at)
            values (\(tenant.id), \(tenant.slug), \(tenant.name), \(tenant.state), \(tenant.life.trialEndsAt),
              \(tenant.timeZone), \(tenant.language), \(tenant.createdAt))
            on conflict on constraint tenants_slug_uq do nothing
            """, in: scope)
        return rows == 1
    }

    func setLife(_ life: TenantLife, of id: TenantID, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update tenants set state = \(life.state), trial_ends_at = \(life.trialEndsAt),
              grace_ends_at = \(life.graceEndsAt), closed_from = \(life.closedFrom), version = version + 1
            where tenant_id = \(id)
            """)
    }

    func setCloser(_ name: String, of id: TenantID, in tx: Transaction) async throws {
        try await tx.execute("update tenants set closed_by = \(name) where tenant_id = \(id)")
    }

    func closer(of id: TenantID, in tx: Transaction) async throws -> String? {
        try await tx.first("select closed_by from tenants where tenant_id = \(id)") { try $0.next(String?.self) } ?? nil
    }

    /// Tenants whose grace period was over before a moment.
    func endedGraces(before moment: Date, limit: Int) async throws -> [TenantID] {
        try await database.query(
            """
            select tenant_id from tenants where state = 'closing' and grace_ends_at <= \(moment)
            order by grace_ends_at limit \(limit)
            """, in: SystemScope(reason: "erase tenants")
        ) { try $0.next() }
    }

    func life(in scope: TenantScope) async throws -> TenantLife? {
        try await database.first(
            """
            select state, trial_ends_at, grace_ends_at, closed_from from tenants where tenant_id = \(scope.tenant)
            """, in: scope
        ) { row in
            TenantLife(
                try row.next(), trialEndsAt: try row.next(), graceEndsAt: try row.next(), closedFrom: try row.next())
        }
    }

    func endedTrials(at now: Date, limit: Int) async throws -> [TenantID] {
        try await database.query(
            """
            select tenant_id from tenants where state = 'trial' and trial_ends_at <= \(now)
            order by trial_ends_at limit \(limit)
            """, in: SystemScope(reason: "end trials")
        ) { try $0.next() }
    }

    /// Tells every node's directory that what it remembers about this tenant is old.
    static func announce(_ tenant: Tenant, in tx: Transaction) async throws {
        try await tx.enqueue("select pg_notify('tenants', \(tenant.slug.text))")
    }

    /// The same for a change after which a tenant has another name.
    static func announceAll(in tx: Transaction) async throws {
        try await tx.enqueue("select pg_notify('tenants', '')")
    }
}

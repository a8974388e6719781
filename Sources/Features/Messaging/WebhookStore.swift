import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The SQL of webhooks and of the private hosts they may reach.
struct WebhookStore: Sendable {
    /// The table, which every sealed secret is bound to.
    static let table = "webhooks"

    private static let columns: SQL =
        "w.webhook_id, w.name, w.url, w.event_types, w.state, w.created_at, w.version"

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Webhook] {
        try await database.query(
            "select \(fragment: Self.columns) from webhooks w where w.tenant_id = \(scope.tenant) \(page)", in: scope,
            Self.webhook)
    }

    func find(_ id: WebhookID, in scope: TenantScope, _ database: Database) async throws -> Webhook? {
        try await database.first(
            """
            select \(fragment: Self.columns) from webhooks w
            where w.tenant_id = \(scope.tenant) and w.webhook_id = \(id)
            """, in: scope, Self.webhook)
    }

    func lock(_ id: WebhookID, in scope: TenantScope, _ transaction: Transaction) async throws -> Webhook? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from webhooks w
            where w.tenant_id = \(scope.tenant) and w.webhook_id = \(id) for update
            """, Self.webhook)
    }

    /// The enabled webhooks of the tenant.
    func enabled(in scope: TenantScope, _ transaction: Transaction) async throws -> [Webhook] {
        try await transaction.query(
            """
            select \(fragment: Self.columns) from webhooks w
            where w.tenant_id = \(scope.tenant) and w.state = 'enabled'
            """, Self.webhook)
    }

    func sealedSecret(of id: WebhookID, in scope: TenantScope, _ transaction: Transaction) async throws -> [UInt8]? {
        try await transaction.first(
            "select sealed_secret from webhooks where tenant_id = \(scope.tenant) and webhook_id = \(id)"
        ) { row in try row.next() }
    }

    func insert(
        _ webhook: Webhook, secret: SealedValue, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                insert into webhooks (tenant_id, webhook_id, name, url, event_types, tenant_key_id, sealed_secret, created_at)
                values (\(scope.tenant), \(webhook.id), \(webhook.name), \(webhook.url), \(webhook.eventTypes),
                    \(secret.tenantKey), \(secret.bytes), \(webhook.createdAt))
                """)
        }
    }

    func update(_ webhook: Webhook, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                update webhooks set name = \(webhook.name), url = \(webhook.url), event_types = \(webhook.eventTypes),
                    state = \(webhook.state), version = \(webhook.version)
                where tenant_id = \(scope.tenant) and webhook_id = \(webhook.id)
                """)
        }
    }

    func delete(_ id: WebhookID, in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            "delete from webhooks where tenant_id = \(scope.tenant) and webhook_id = \(id)")
    }

    func allowances(in scope: TenantScope, _ database: Database) async throws -> [EgressAllowance] {
        try await database.query(
            "select host, port from egress_allowances where tenant_id = \(scope.tenant) order by host, port", in: scope
        ) { row in try EgressAllowance(host: row.next(), port: row.next()) }
    }

    func replaceAllowances(
        _ allowances: [EgressAllowance], by user: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute("delete from egress_allowances where tenant_id = \(scope.tenant)")
        _ = try await transaction.execute(
            """
            insert into egress_allowances (tenant_id, host, port, created_by)
            select distinct \(scope.tenant)::uuid, a.host, a.port, \(user)::uuid
            from unnest(\(allowances.map(\.host))::text[], \(allowances.map(\.port))::int[]) as a (host, port)
            """)
    }

    private func named(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as DatabaseError where error.constraint == "webhooks_name_uq" {
            throw MessagingError.nameTaken
        }
    }

    private static func webhook(_ row: inout Row) throws -> Webhook {
        let id: WebhookID = try row.next()
        let name: String = try row.next()
        let url = try WebhookURL(parsing: row.next())
        let types: [String] = try row.next()
        return Webhook(
            id: id, name: name, url: url,
            eventTypes: try types.map { type throws(Invalid) in try EventPattern(parsing: type) },
            state: try row.next(), createdAt: try row.next(), version: try row.next())
    }
}

import FoundationEssentials
import HTTPAPI
import Jobs
import Kernel
import Postgres
import Tenancy

/// The SQL of webhooks and of the private hosts they may reach.
struct WebhookStore: Sendable {
    /// The table, which every sealed secret is bound to.
    static let table = "webhooks"

    private static let columns: SQL =
        """
        w.webhook_id, w.name, w.url, w.event_types, w.org_id, w.state, w.disabled_because, w.failing_since, w.old_until,
        w.created_at, w.version
        """

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

    /// The enabled webhooks that hear of what an event's organization has, with their patterns.
    func listening(
        to event: EventID, in scope: TenantScope, _ database: Database
    ) async throws -> [(webhook: WebhookID, patterns: [EventPattern])] {
        try await database.query(
            """
            select w.webhook_id, w.event_types from webhooks w
            where w.tenant_id = \(scope.tenant) and w.state = 'enabled' and (w.org_id is null or exists (
              select from events e
              join organization_closure c on c.tenant_id = e.tenant_id and c.descendant_id = e.org_id
              where e.tenant_id = \(scope.tenant) and e.event_id = \(event) and c.ancestor_id = w.org_id))
            order by w.webhook_id
            """, in: scope
        ) { row in
            let (webhook, types): (WebhookID, [String]) = (try row.next(), try row.next())
            return (webhook, try types.map { type throws(Invalid) in try EventPattern(parsing: type) })
        }
    }

    /// What the enabled webhooks want to hear.
    func patterns(in scope: TenantScope, _ database: Database) async throws -> [EventPattern] {
        try await database.query(
            "select event_types from webhooks where tenant_id = \(scope.tenant) and state = 'enabled'", in: scope
        ) { row in
            try row.next([String].self).map { type throws(Invalid) in try EventPattern(parsing: type) }
        }.flatMap { $0 }
    }

    /// The secret, and the one that it replaced while that is good.
    func sealedSecrets(
        of id: WebhookID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [[UInt8]] {
        let found = try await transaction.first(
            """
            select sealed_secret, case when old_until > \(now) then old_sealed_secret end from webhooks
            where tenant_id = \(scope.tenant) and webhook_id = \(id)
            """
        ) { row in [try row.next([UInt8]?.self), try row.next([UInt8]?.self)] }
        return (found ?? []).compactMap(\.self)
    }

    /// Puts a new secret in the place of the one that is there, which stays beside it until then; nil ends it at once.
    func roll(
        _ id: WebhookID, to secret: SealedValue, keepingOldUntil end: Date?, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update webhooks set old_until = \(end),
                old_tenant_key_id = case when \(end)::timestamptz is not null then tenant_key_id end,
                old_sealed_secret = case when \(end)::timestamptz is not null then sealed_secret end,
                tenant_key_id = \(secret.tenantKey), sealed_secret = \(secret.bytes), version = version + 1
            where tenant_id = \(scope.tenant) and webhook_id = \(id)
            """)
    }

    /// Held while the outcome of an attempt is written, and always before the delivery.
    func holdHealth(of id: WebhookID, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await transaction.execute(
            """
            select from webhooks where tenant_id = \(scope.tenant) and webhook_id = \(id) for no key update
            """)
    }

    func noteSuccess(
        of id: WebhookID, pace: FairPace, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update webhooks set failures = 0, failing_since = null, resting_until = null, pace = \(pace)
            where tenant_id = \(scope.tenant) and webhook_id = \(id)
            """)
    }

    func noteFailure(
        of id: WebhookID, restingUntil rest: Date?, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update webhooks set failures = failures + 1, failing_since = coalesce(failing_since, \(now)),
                resting_until = greatest(resting_until, \(rest)::timestamptz), pace = 'slow'
            where tenant_id = \(scope.tenant) and webhook_id = \(id)
            """)
    }

    /// The name, if it is enabled and is so no more.
    func disable(
        _ id: WebhookID, because reason: Webhook.DisabledBecause, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> String? {
        try await transaction.first(
            """
            update webhooks set state = 'disabled', disabled_because = \(reason), version = version + 1
            where tenant_id = \(scope.tenant) and webhook_id = \(id) and state = 'enabled'
            returning name
            """
        ) { try $0.next() }
    }

    /// How many there are; until the transaction ends nobody else adds one.
    func countHeld(in scope: TenantScope, _ transaction: Transaction) async throws -> Int {
        try await transaction.execute(
            "select pg_advisory_xact_lock(hashtextextended('webhooks ' || \(scope.tenant)::uuid::text, 0))")
        return try await transaction.first("select count(*) from webhooks where tenant_id = \(scope.tenant)") {
            try $0.next()
        } ?? 0
    }

    func insert(
        _ webhook: Webhook, secret: SealedValue, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                insert into webhooks (tenant_id, webhook_id, name, url, event_types, org_id, tenant_key_id, sealed_secret,
                    created_at)
                values (\(scope.tenant), \(webhook.id), \(webhook.name), \(webhook.url), \(webhook.eventTypes),
                    \(webhook.organization), \(secret.tenantKey), \(secret.bytes), \(webhook.createdAt))
                """)
        }
    }

    /// Whoever enables it gives it a fresh start.
    func update(_ webhook: Webhook, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                update webhooks set name = \(webhook.name), url = \(webhook.url), event_types = \(webhook.eventTypes),
                    org_id = \(webhook.organization), state = \(webhook.state),
                    disabled_because = case when \(webhook.state) = 'disabled' then disabled_because end,
                    failures = case when state = \(webhook.state) then failures else 0 end,
                    failing_since = case when state = \(webhook.state) then failing_since end,
                    resting_until = case when state = \(webhook.state) then resting_until end,
                    version = \(webhook.version)
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
        } catch let error as DatabaseError where error.constraint == "webhooks_org_fk" {
            throw MessagingError.unknownOrganization
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
            organization: try row.next(), state: try row.next(), disabledBecause: try row.next(),
            failingSince: try row.next(), oldSecretUntil: try row.next(), createdAt: try row.next(),
            version: try row.next())
    }
}

import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The SQL of deliveries.
struct DeliveryStore: Sendable {
    /// The table, which every sealed part is bound to.
    static let table = "webhook_deliveries"

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Delivery] {
        try await database.query(
            """
            select d.delivery_id, d.webhook_id, w.name, d.event_type, d.state, d.attempts, d.next_attempt_at,
                d.last_status, d.last_error, d.created_at
            from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.webhook_id = d.webhook_id
            where d.tenant_id = \(scope.tenant) \(page)
            """, in: scope
        ) { row in
            Delivery(
                id: try row.next(), webhook: try row.next(), webhookName: try row.next(), eventType: try row.next(),
                state: try row.next(), attempts: try row.next(), nextAttemptAt: try row.next(),
                lastStatus: try row.next(), lastError: try row.next(), createdAt: try row.next())
        }
    }

    /// False if the webhook has this event already.
    func insert(
        _ id: DeliveryID, of message: OutgoingMessage, body: JSON, sealed: SealedValue?, to webhook: WebhookID,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            insert into webhook_deliveries (tenant_id, delivery_id, webhook_id, event_id, event_type, body, tenant_key_id,
                sealed_private, next_attempt_at, created_at)
            values (\(scope.tenant), \(id), \(webhook), \(message.id), \(message.type), \(body), \(sealed?.tenantKey),
                \(sealed?.bytes), \(now), \(now))
            on conflict on constraint webhook_deliveries_once_uq do nothing
            """) == 1
    }

    /// What it takes to send it, if it still is to be sent and the webhook is enabled.
    func pending(_ id: DeliveryID, in scope: TenantScope, _ database: Database) async throws -> PendingDelivery? {
        try await database.first(
            """
            select d.webhook_id, d.event_id, d.body, d.sealed_private, d.attempts, w.url, w.sealed_secret
            from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.webhook_id = d.webhook_id
            where d.tenant_id = \(scope.tenant) and d.delivery_id = \(id) and d.state = 'pending' and w.state = 'enabled'
            """, in: scope
        ) { row in
            PendingDelivery(
                webhook: try row.next(), event: try row.next(), body: try row.next(), sealed: try row.next(),
                attempts: try row.next(), url: try row.next(), sealedSecret: try row.next())
        }
    }

    /// What a webhook is still to be told, the oldest first.
    func waiting(
        for webhook: WebhookID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [DeliveryID] {
        try await transaction.query(
            """
            select delivery_id from webhook_deliveries
            where tenant_id = \(scope.tenant) and webhook_id = \(webhook) and state = 'pending'
            order by created_at, delivery_id limit 10000
            """
        ) { row in try row.next() }
    }

    /// False if it is not waiting any more: somebody else has settled it.
    func note(
        _ outcome: DeliveryOutcome, of id: DeliveryID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            update webhook_deliveries set state = \(outcome.state), attempts = attempts + 1,
                next_attempt_at = \(outcome.nextAttemptAt ?? now), last_status = \(outcome.status),
                last_error = \(outcome.error), finished_at = case when \(outcome.state) = 'pending' then null
                    else \(now)::timestamptz end
            where tenant_id = \(scope.tenant) and delivery_id = \(id) and state = 'pending'
            """) == 1
    }

    /// Puts a dead delivery back at the start; false if it is not dead, nil if there is none.
    func revive(
        _ id: DeliveryID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool? {
        let state: Delivery.State? = try await transaction.first(
            """
            select state from webhook_deliveries where tenant_id = \(scope.tenant) and delivery_id = \(id) for update
            """
        ) { row in try row.next() }
        guard let state else { return nil }
        guard state == .dead else { return false }
        _ = try await transaction.execute(
            """
            update webhook_deliveries set state = 'pending', attempts = 0, next_attempt_at = \(now), finished_at = null
            where tenant_id = \(scope.tenant) and delivery_id = \(id)
            """)
        return true
    }
}

/// A delivery that is to be sent.
struct PendingDelivery: Sendable {
    let webhook: WebhookID
    let event: EventID
    let body: JSON
    let sealed: [UInt8]?
    let attempts: Int
    let url: String
    let sealedSecret: [UInt8]
}

/// What came of an attempt.
struct DeliveryOutcome: Sendable {
    let state: Delivery.State
    let status: Int?
    let error: String?
    let nextAttemptAt: Date?
}

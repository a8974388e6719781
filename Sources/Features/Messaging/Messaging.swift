package import HTTPAPI
package import Kernel
package import Outbound
package import Postgres
package import Tenancy

/// The facade of messaging: webhooks, what is sent to them, and the answers that come back.
package struct Messaging: Sendable {
    let database: Database
    let keys: TenantKeys
    let client: HTTPClient
    let events: EventKinds
    let questions: WebhookQuestions
    var store: WebhookStore { WebhookStore() }
    var deliveries: DeliveryStore { DeliveryStore() }

    /// `events` are all kinds that the features publish.
    package init(
        database: Database, keys: TenantKeys, client: HTTPClient, events: EventKinds, questions: WebhookQuestions
    ) {
        self.database = database
        self.keys = keys
        self.client = client
        self.events = EventKinds(items: events.items + [EventKinds.disabled])
        self.questions = questions
    }

    /// A page of webhooks, without their secrets.
    package func list(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Webhook> {
        Rows(try await store.list(page, in: scope, database), of: page)
    }

    /// One webhook, or `MessagingError.notFound`.
    package func find(_ id: WebhookID, in scope: TenantScope) async throws -> Webhook {
        guard let webhook = try await store.find(id, in: scope, database) else { throw MessagingError.notFound }
        return webhook
    }

    /// A page of deliveries, the newest first.
    package func deliveries(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Delivery> {
        Rows(try await deliveries.list(page, in: scope, database), of: page)
    }

    /// One delivery with what is sent and what came back, or `MessagingError.notFound`.
    package func delivery(_ id: DeliveryID, in scope: TenantScope) async throws -> DeliveryDetail {
        guard let detail = try await deliveries.detail(id, in: scope, database) else { throw MessagingError.notFound }
        return detail
    }

    /// Every kind of event that a webhook may hear of.
    package var kinds: EventKinds { events }

    /// The private hosts that outgoing calls may reach.
    package func allowances(in scope: TenantScope) async throws -> EgressAllowances {
        EgressAllowances(items: try await store.allowances(in: scope, database))
    }
}

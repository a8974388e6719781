package import HTTPAPI
package import Jobs
package import Kernel
package import Outbound
package import Postgres
package import Tenancy

/// The facade of messaging: webhooks, what is sent to them, and the answers that come back.
package struct Messaging: Sendable {
    let database: Database
    let keys: TenantKeys
    let client: HTTPClient
    let queue: JobQueue
    var store: WebhookStore { WebhookStore() }
    var deliveries: DeliveryStore { DeliveryStore() }

    package init(database: Database, keys: TenantKeys, client: HTTPClient, queue: JobQueue) {
        self.database = database
        self.keys = keys
        self.client = client
        self.queue = queue
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

    /// The private hosts that outgoing calls may reach.
    package func allowances(in scope: TenantScope) async throws -> EgressAllowances {
        EgressAllowances(items: try await store.allowances(in: scope, database))
    }
}

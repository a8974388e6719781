package import Kernel
package import Postgres

/// Where events are put, in the transaction of the change: nobody hears of a change that was undone, and no change
/// stays unheard.
package struct Outbox: Sendable {
    package init() {}

    /// Publishes an event of a tenant when the transaction commits, which must be that tenant's: the database refuses a
    /// transaction in another's scope.
    package func publish(
        _ event: DomainEvent, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.enqueue(
            """
            with added as (
              insert into events (tenant_id, event_id, type, subject, data, at)
              values (\(scope.tenant), \(event.id), \(event.type), \(event.subject),
                \(event.data), \(event.at))
            )
            select pg_notify('events', \(event.type))
            """)
    }
}

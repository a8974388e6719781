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
              insert into events (tenant_id, event_id, type, subject, data, at, urgent)
              values (\(scope.tenant), \(event.id), \(event.type), \(event.subject),
                \(event.data), \(event.at), \(event.isUrgent))
            )
            select pg_notify('events', \(event.type))
            """)
    }

    /// Publishes many events, in a statement for each thousand. One that is there already is not published again.
    package func publish(
        _ events: [DomainEvent], in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for start in stride(from: 0, to: events.count, by: 1000) {
            let part = events[start..<min(start + 1000, events.count)]
            try await transaction.execute(
                """
                with added as (
                  insert into events (tenant_id, event_id, type, subject, data, at, urgent)
                  select \(scope.tenant)::uuid, e.id, e.type, e.subject, e.data, e.at, e.urgent
                  from unnest(\(part.map(\.id))::uuid[], \(part.map(\.type))::text[], \(part.map(\.subject))::text[],
                    \(part.map(\.data))::jsonb[], \(part.map(\.at))::timestamptz[],
                    \(part.map(\.isUrgent))::boolean[]) as e (id, type, subject, data, at, urgent)
                  on conflict (tenant_id, event_id) do nothing
                  returning type
                )
                select pg_notify('events', type) from (select distinct type from added) t
                """)
        }
    }
}

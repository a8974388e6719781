import FoundationEssentials
import Kernel
import Postgres

/// The statements about usage.
enum UsageStore {
    static func insert(_ events: [UsageEvent], of tenant: TenantID) -> SQL {
        """
        insert into usage_events (tenant_id, at, source, id, meter, subject, quantity)
        select \(tenant), * from unnest(
          \(events.map(\.at))::timestamptz[], \(events.map(\.source))::text[], \(events.map(\.id))::text[],
          \(events.map(\.meter))::text[], \(events.map(\.subject))::text[], \(events.map(\.quantity))::bigint[])
        on conflict do nothing
        """
    }

    /// Usage by hour: from the roll-ups, but for this hour and the one before from the events themselves, so that what
    /// happened a moment ago counts.
    static func select(_ question: UsageQuestion) -> SQL {
        """
        select tenant_id, meter, hour, quantity from (
          select tenant_id, meter, hour, quantity from usage_rollups
          where hour >= \(question.from) and hour < \(question.to) and hour < date_trunc('hour', now(), 'UTC') - interval '1 hour'
          union all
          select tenant_id, meter, date_trunc('hour', at, 'UTC') as hour, sum(quantity)::bigint from usage_events
          where at >= \(question.from) and at < \(question.to) and at >= date_trunc('hour', now(), 'UTC') - interval '1 hour'
          group by 1, 2, 3
        ) u
        where \(question.tenant.bind)::uuid is null or tenant_id = \(question.tenant.bind)
        order by tenant_id, hour, meter limit \(UsageQuestion.most + 1)
        """
    }

    static func decode(_ row: inout Row) throws -> UsageItem {
        UsageItem(tenant: try row.next(), meter: try row.next(), hour: try row.next(), quantity: try row.next())
    }

    static func rollUp(from start: Date, to end: Date) -> SQL {
        """
        insert into usage_rollups as r (tenant_id, hour, meter, quantity, events)
        select tenant_id, date_trunc('hour', at, 'UTC'), meter, sum(quantity)::bigint, count(*)
        from usage_events where at >= \(start) and at < \(end) group by 1, 2, 3
        on conflict (tenant_id, hour, meter) do update
          set quantity = excluded.quantity, events = excluded.events, computed_at = now()
          where r.quantity <> excluded.quantity or r.events <> excluded.events
        """
    }

    /// Hours of which no event is left.
    static func clear(from start: Date, to end: Date) -> SQL {
        """
        delete from usage_rollups r where r.hour >= \(start) and r.hour < \(end) and not exists (
          select from usage_events e
          where e.tenant_id = r.tenant_id and e.meter = r.meter and e.at >= r.hour and e.at < r.hour + interval '1 hour')
        """
    }
}

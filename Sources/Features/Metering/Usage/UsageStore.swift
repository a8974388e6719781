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

    static func insert(_ usage: [TenantUsage]) -> SQL {
        let events = usage.map(\.event)
        return """
            insert into usage_events (tenant_id, at, source, id, meter, subject, quantity)
            select * from unnest(
              \(usage.map(\.tenant))::uuid[], \(events.map(\.at))::timestamptz[], \(events.map(\.source))::text[],
              \(events.map(\.id))::text[], \(events.map(\.meter))::text[], \(events.map(\.subject))::text[],
              \(events.map(\.quantity))::bigint[])
            on conflict do nothing
            """
    }

    /// Usage by hour: from the roll-ups as far as they have come, and from there on from the events themselves, so that
    /// what happened a moment ago counts.
    static func select(_ question: UsageQuestion, rolledUpThrough mark: Date) -> SQL {
        """
        select tenant_id, meter, hour, quantity from (
          select tenant_id, meter, hour, quantity from usage_rollups
          where hour >= \(question.from) and hour < \(question.to) and hour < \(mark)
            and (\(question.tenant.bind)::uuid is null or tenant_id = \(question.tenant.bind))
          union all
          select tenant_id, meter, date_trunc('hour', at, 'UTC') as hour, sum(quantity)::bigint from usage_events
          where at >= \(question.from) and at < \(question.to) and at >= \(mark)
            and (\(question.tenant.bind)::uuid is null or tenant_id = \(question.tenant.bind))
          group by 1, 2, 3
        ) u
        order by tenant_id, hour, meter limit \(UsageQuestion.most + 1)
        """
    }

    static func decode(_ row: inout Row) throws -> UsageItem {
        UsageItem(tenant: try row.next(), meter: try row.next(), hour: try row.next(), quantity: try row.next())
    }

    static let mark: SQL = "select received_through, hours_through from usage_marks where name = 'hourly'"
    static let lockMark: SQL =
        "select received_through, hours_through from usage_marks where name = 'hourly' for update"

    static func firstEvent(since: Date) -> SQL { "select min(at) from usage_events where at >= \(since)" }

    static func setMark(_ mark: UsageMark) -> SQL {
        """
        update usage_marks set received_through = greatest(received_through, \(mark.receivedThrough)),
          hours_through = greatest(hours_through, \(mark.hoursThrough))
        where name = 'hourly'
        """
    }

    /// Hours that were added up, of which something came in since.
    static func late(since: Date, before: Date) -> SQL {
        """
        select distinct tenant_id, date_trunc('hour', at, 'UTC') from usage_events
        where received_at >= \(since) and at < \(before)
        """
    }

    static func rollUp(_ tenants: [TenantID], _ hours: [Date]) -> SQL {
        """
        insert into usage_rollups as r (tenant_id, hour, meter, quantity, events)
        select e.tenant_id, l.hour, e.meter, sum(e.quantity)::bigint, count(*)
        from unnest(\(tenants)::uuid[], \(hours)::timestamptz[]) as l (tenant_id, hour)
        join usage_events e
          on e.tenant_id = l.tenant_id and e.at >= l.hour and e.at < l.hour + interval '1 hour'
        group by 1, 2, 3
        on conflict (tenant_id, hour, meter) do update
          set quantity = excluded.quantity, events = excluded.events, computed_at = now()
          where r.quantity <> excluded.quantity or r.events <> excluded.events
        """
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

    /// What is stored on a day, of all tenants; the first measure of the day counts.
    static func recordings(on day: Date, named name: String) -> SQL {
        """
        insert into usage_events (tenant_id, at, source, id, meter, subject, quantity)
        select tenant_id, \(day), 'recordings', \(name), 'recording-byte-days', '', sum(bytes)::bigint
        from recording_sizes group by tenant_id having sum(bytes) > 0
        on conflict do nothing
        """
    }

    static func secrets(on day: Date, named name: String) -> SQL {
        """
        insert into usage_events (tenant_id, at, source, id, meter, subject, quantity)
        select tenant_id, \(day), 'secrets', \(name), 'stored-secret-days', '', count(*)
        from stored_secrets group by tenant_id
        on conflict do nothing
        """
    }
}

import FoundationEssentials
import Jobs
import Kernel
import Postgres

/// A delivery that a pump has taken for a while.
struct ClaimedDelivery: FairItem {
    let tenant: TenantID
    let webhook: WebhookID
    let delivery: DeliveryID

    var line: UUID { webhook.uuid }
}

/// The statement by which pumps take deliveries. It sees ids, states and times, and nothing of what is sent.
struct DeliveryClaims: Sendable {
    let database: Database

    /// Takes deliveries that are due, in turns of endpoints behind the one that was served last: of each endpoint and each
    /// tenant at most as many as have room beside what is at hand. What is not noted before the lease ends is due again.
    func claim(
        _ pace: Webhook.Pace, limit: Int, _ most: FairShares, beside hand: FairHand, lease: Duration,
        at now: Date
    ) async throws -> [ClaimedDelivery] {
        let (endpoints, tenants) = (Array(hand.lines), Array(hand.tenants))
        return try await database.query(
            """
            with recursive \(fragment: Self.lanes(after: hand.last)), open as materialized (
              select l.tenant_id, l.webhook_id, l.turn, \(most.ofLine)::int - coalesce(b.count, 0) as room
              from lanes l
              join webhooks w on w.tenant_id = l.tenant_id and w.webhook_id = l.webhook_id
              left join unnest(\(endpoints.map(\.key))::uuid[], \(endpoints.map(\.value))::int[]) as b (id, count)
                on b.id = l.webhook_id
              where w.state = 'enabled' and w.pace = \(pace) and (w.resting_until is null or w.resting_until <= \(now))
            ), due as (
              select d.tenant_id, d.delivery_id, o.turn,
                row_number() over (partition by o.tenant_id, o.webhook_id order by d.next_attempt_at) as place
              from open o cross join lateral (
                select e.tenant_id, e.delivery_id, e.next_attempt_at from webhook_deliveries e
                where e.state = 'pending' and not e.parked and e.tenant_id = o.tenant_id and e.webhook_id = o.webhook_id
                  and e.next_attempt_at <= \(now)
                order by e.next_attempt_at limit greatest(o.room, 0)
              ) d
            ), shared as (
              select d.*, row_number() over (partition by d.tenant_id order by d.place, d.turn) as share from due d
            ), chosen as (
              select s.tenant_id, s.delivery_id, s.place, s.turn
              from shared s
              left join unnest(\(tenants.map(\.key))::uuid[], \(tenants.map(\.value))::int[]) as b (id, count)
                on b.id = s.tenant_id
              where s.share <= \(most.ofTenant)::int - coalesce(b.count, 0)
              order by s.place, s.turn limit \(limit)
            ), taken as (
              select t.tenant_id, t.delivery_id, c.place, c.turn
              from chosen c cross join lateral (
                select e.tenant_id, e.delivery_id from webhook_deliveries e
                where e.tenant_id = c.tenant_id and e.delivery_id = c.delivery_id and e.state = 'pending'
                  and e.next_attempt_at <= \(now)
                for update skip locked
              ) t
            ), claimed as (
              update webhook_deliveries u set next_attempt_at = \(now + lease.seconds)
              from taken t where u.tenant_id = t.tenant_id and u.delivery_id = t.delivery_id
              returning u.tenant_id, u.webhook_id, u.delivery_id, t.place, t.turn
            )
            select tenant_id, webhook_id, delivery_id from claimed order by place, turn
            """, in: SystemScope(reason: "deliver webhooks"), lasting: .brief
        ) { row in
            ClaimedDelivery(tenant: try row.next(), webhook: try row.next(), delivery: try row.next())
        }
    }

    /// The endpoints for which something waits, those behind the last one first: found by hopping over the index from one to
    /// the next, so that what waits for one costs no more if it is much.
    private static func lanes(after last: (tenant: TenantID, line: UUID)) -> SQL {
        """
        hops (tenant_id, webhook_id) as (
          (select d.tenant_id, d.webhook_id from webhook_deliveries d
           where d.state = 'pending' and not d.parked order by d.tenant_id, d.webhook_id limit 1)
          union all
          select n.tenant_id, n.webhook_id from hops h cross join lateral (
            select d.tenant_id, d.webhook_id from webhook_deliveries d
            where d.state = 'pending' and not d.parked and (d.tenant_id, d.webhook_id) > (h.tenant_id, h.webhook_id)
            order by d.tenant_id, d.webhook_id limit 1) n
        ), lanes as (
          select h.tenant_id, h.webhook_id,
            row_number() over (
              order by (h.tenant_id, h.webhook_id) <= (\(last.tenant)::uuid, \(last.line)::uuid), h.tenant_id,
                h.webhook_id) as turn
          from hops h
        )
        """
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

import FoundationEssentials
import Jobs
import Kernel
import Postgres

/// A delivery that a pump has taken for a while.
struct ClaimedDelivery: FairItem {
    let tenant: TenantID
    let webhook: WebhookID
    let delivery: DeliveryID
    /// How many were found of its endpoint, of those that there was room for.
    let found: Int

    var line: UUID { webhook.uuid }
}

/// The statements by which pumps find and take deliveries. They see ids, states and times, and nothing of what is sent.
struct DeliveryClaims: Sendable {
    let database: Database

    private static let reason = "deliver webhooks"

    /// Takes deliveries that are due of the endpoints whose turn it is, in their order: of each endpoint and each tenant at
    /// most as many as have room. What is not noted before the lease ends is due again.
    func claim(
        _ pace: Webhook.Pace, _ turn: DeliveryQueue.Turn, lease: Duration, at now: Date
    ) async throws -> [ClaimedDelivery] {
        let (endpoints, tenants) = (turn.endpoints, Array(turn.tenants))
        return try await database.query(
            """
            with open as materialized (
              select w.tenant_id, w.webhook_id, l.turn, l.room
              from unnest(\(endpoints.map(\.tenant))::uuid[], \(endpoints.map(\.webhook))::uuid[], \(turn.rooms)::int[])
                with ordinality as l (tenant, webhook, room, turn)
              join webhooks w on w.tenant_id = l.tenant and w.webhook_id = l.webhook
              where w.state = 'enabled' and w.pace = \(pace) and (w.resting_until is null or w.resting_until <= \(now))
            ), due as materialized (
              select d.tenant_id, d.delivery_id, o.turn,
                row_number() over (partition by o.tenant_id, o.webhook_id order by d.next_attempt_at) as place,
                count(*) over (partition by o.tenant_id, o.webhook_id) as found
              from open o cross join lateral (
                select e.tenant_id, e.delivery_id, e.next_attempt_at from webhook_deliveries e
                where e.state = 'pending' and not e.parked and e.tenant_id = o.tenant_id and e.webhook_id = o.webhook_id
                  and e.next_attempt_at <= \(now)
                order by e.next_attempt_at limit greatest(o.room, 0)
              ) d
            ), shared as materialized (
              select d.*, row_number() over (partition by d.tenant_id order by d.place, d.turn) as share from due d
            ), chosen as materialized (
              select s.tenant_id, s.delivery_id, s.place, s.turn, s.found
              from shared s
              join unnest(\(tenants.map(\.key))::uuid[], \(tenants.map(\.value))::int[]) as b (id, room) on b.id = s.tenant_id
              where s.share <= b.room
              order by s.place, s.turn limit \(turn.limit)
            ), taken as (
              select t.tenant_id, t.delivery_id, c.place, c.turn, c.found
              from chosen c cross join lateral (
                select e.tenant_id, e.delivery_id from webhook_deliveries e
                where e.tenant_id = c.tenant_id and e.delivery_id = c.delivery_id and e.state = 'pending'
                  and e.next_attempt_at <= \(now)
                for update skip locked
              ) t
            ), claimed as (
              update webhook_deliveries u set next_attempt_at = \(now + lease.seconds)
              from taken t where u.tenant_id = t.tenant_id and u.delivery_id = t.delivery_id
              returning u.tenant_id, u.webhook_id, u.delivery_id, t.place, t.turn, t.found
            )
            select tenant_id, webhook_id, delivery_id, found from claimed order by place, turn
            """, in: SystemScope(reason: Self.reason), lasting: .brief
        ) { row in
            ClaimedDelivery(
                tenant: try row.next(), webhook: try row.next(), delivery: try row.next(), found: try row.next())
        }
    }

    /// The endpoints for which something is due: found by hopping over the index from one to the next, so that what waits
    /// for one costs no more if it is much.
    func waiting(at now: Date) async throws -> [(WaitingEndpoint, Webhook.Pace)] {
        try await database.query(
            """
            with recursive hops (tenant_id, webhook_id) as (
              (select d.tenant_id, d.webhook_id from webhook_deliveries d
               where d.state = 'pending' and not d.parked order by d.tenant_id, d.webhook_id limit 1)
              union all
              select n.tenant_id, n.webhook_id from hops h cross join lateral (
                select d.tenant_id, d.webhook_id from webhook_deliveries d
                where d.state = 'pending' and not d.parked and (d.tenant_id, d.webhook_id) > (h.tenant_id, h.webhook_id)
                order by d.tenant_id, d.webhook_id limit 1) n
            )
            select w.tenant_id, w.webhook_id, w.pace
            from hops h join webhooks w on w.tenant_id = h.tenant_id and w.webhook_id = h.webhook_id
            where w.state = 'enabled' and (w.resting_until is null or w.resting_until <= \(now)) and exists (
              select from webhook_deliveries e
              where e.state = 'pending' and not e.parked and e.tenant_id = w.tenant_id and e.webhook_id = w.webhook_id
                and e.next_attempt_at <= \(now))
            """, in: SystemScope(reason: Self.reason), lasting: .brief, Self.endpoint)
    }

    /// The same of these tenants alone, each of which has a few endpoints.
    func waiting(of tenants: [TenantID], at now: Date) async throws -> [(WaitingEndpoint, Webhook.Pace)] {
        try await database.query(
            """
            select w.tenant_id, w.webhook_id, w.pace from webhooks w
            where w.tenant_id = any(\(tenants)) and w.state = 'enabled'
              and (w.resting_until is null or w.resting_until <= \(now)) and exists (
              select from webhook_deliveries e
              where e.state = 'pending' and not e.parked and e.tenant_id = w.tenant_id and e.webhook_id = w.webhook_id
                and e.next_attempt_at <= \(now))
            """, in: SystemScope(reason: Self.reason), lasting: .brief, Self.endpoint)
    }

    private static func endpoint(_ row: inout Row) throws -> (WaitingEndpoint, Webhook.Pace) {
        (WaitingEndpoint(tenant: try row.next(), webhook: try row.next()), try row.next())
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

import FoundationEssentials
import Jobs
import Kernel
import Postgres

/// A connection that this server is to hold.
struct HeldStream: Sendable, Hashable {
    let tenant: TenantID
    let channel: MessengerChannelID
    let revision: Int
    let attempts: Int

    static func == (one: Self, other: Self) -> Bool { one.channel == other.channel && one.revision == other.revision }
    func hash(into hasher: inout Hasher) { hasher.combine(channel) }
}

/// The statements of background work: who holds what.
struct StreamClaims: Sendable {
    let database: Database
    let holder: String

    /// Says again that these are held, and which they are: what is not wanted any more, or of a company that is not in
    /// use, is not among them.
    func renew(until: Date) async throws -> [HeldStream] {
        try await database.query(
            """
            update messenger_streams s set held_until = \(until)
            from tenants t
            where s.holder = \(holder) and t.tenant_id = s.tenant_id and t.state in ('trial', 'active')
            returning s.tenant_id, s.channel_id, s.revision, s.attempts
            """, in: SystemScope(reason: "hold connections to messengers"), Self.held)
    }

    /// Takes what nobody holds and what is due: the first of each tenant before the second of any.
    func claim(_ most: TenantPlaces, beside taken: Int, until: Date, at now: Date) async throws -> [HeldStream] {
        // In steps, so that the share is that of what is really taken.
        let limit = min(most.places - taken, max(1, most.places / 8))
        guard limit > 0 else { return [] }
        return try await database.query(
            """
            with mine as (
              select m.tenant_id, count(*) as count from messenger_streams m where m.holder = \(holder)
              group by m.tenant_id
            ), waiting as (
              select s.tenant_id, s.channel_id, s.retry_at, coalesce(m.count, 0)
                + row_number() over (partition by s.tenant_id order by s.retry_at, s.channel_id) as place
              from messenger_streams s
              join tenants t on t.tenant_id = s.tenant_id and t.state in ('trial', 'active')
              left join mine m on m.tenant_id = s.tenant_id
              where s.retry_at <= \(now) and (s.holder is null or s.held_until <= \(now))
            ), chosen as (
              select w.tenant_id, w.channel_id from waiting w where w.place <= \(most.share(with: taken + limit))::int
              order by w.place, w.retry_at limit \(limit)
            ), taken as (
              select f.tenant_id, f.channel_id from chosen c cross join lateral (
                select s.tenant_id, s.channel_id from messenger_streams s
                where s.tenant_id = c.tenant_id and s.channel_id = c.channel_id and s.retry_at <= \(now)
                  and (s.holder is null or s.held_until <= \(now))
                for update skip locked
              ) f
            )
            update messenger_streams u set holder = \(holder), held_until = \(until) from taken t
            where u.tenant_id = t.tenant_id and u.channel_id = t.channel_id
            returning u.tenant_id, u.channel_id, u.revision, u.attempts
            """, in: SystemScope(reason: "hold connections to messengers"), Self.held)
    }

    private static func held(_ row: inout Row) throws -> HeldStream {
        HeldStream(
            tenant: try row.next(), channel: try row.next(), revision: try row.next(), attempts: try row.next())
    }
}

import FoundationEssentials
import Jobs
import Kernel
import Postgres

/// A card that a pump has taken for a while.
struct ClaimedCard: FairItem {
    let tenant: TenantID
    let channel: MessengerChannelID
    let card: MessengerCardID

    var line: UUID { channel.uuid }
}

/// The statements of background work. They see ids, states and times, and nothing of what is sent.
struct CardClaims: Sendable {
    let database: Database

    /// Takes cards that are due, in turns of channels behind the one that was served last: of each channel and each tenant at
    /// most as many as have room beside what is at hand, and none of a channel that rests. What is not noted before the
    /// lease ends is due again.
    func claim(
        _ pace: MessengerChannel.Pace, limit: Int, _ most: FairShares, beside hand: FairHand, lease: Duration,
        at now: Date
    ) async throws -> [ClaimedCard] {
        let until = now.addingTimeInterval(Double(lease.components.seconds))
        let (channels, tenants) = (Array(hand.lines), Array(hand.tenants))
        return try await database.query(
            """
            with recursive \(fragment: Self.lanes(after: hand.last)), open as materialized (
              select l.tenant_id, l.channel_id, l.turn, \(most.ofLine)::int - coalesce(b.count, 0) as room
              from lanes l
              join messenger_channels h on h.tenant_id = l.tenant_id and h.channel_id = l.channel_id
              left join unnest(\(channels.map(\.key))::uuid[], \(channels.map(\.value))::int[]) as b (id, count)
                on b.id = l.channel_id
              where h.pace = \(pace) and (h.resting_until is null or h.resting_until <= \(now))
            ), due as (
              select d.tenant_id, d.card_id, o.turn,
                row_number() over (partition by o.tenant_id, o.channel_id order by d.due_at) as place
              from open o cross join lateral (
                select c.tenant_id, c.card_id, c.due_at from messenger_cards c
                where c.tenant_id = o.tenant_id and c.channel_id = o.channel_id and c.due_at <= \(now)
                  and (c.leased_until is null or c.leased_until <= \(now))
                order by c.due_at limit greatest(o.room, 0)
              ) d
            ), shared as (
              select d.*, row_number() over (partition by d.tenant_id order by d.place, d.turn) as share from due d
            ), chosen as (
              select s.tenant_id, s.card_id, s.place, s.turn
              from shared s
              left join unnest(\(tenants.map(\.key))::uuid[], \(tenants.map(\.value))::int[]) as b (id, count)
                on b.id = s.tenant_id
              where s.share <= \(most.ofTenant)::int - coalesce(b.count, 0)
              order by s.place, s.turn limit \(limit)
            ), taken as (
              select t.tenant_id, t.card_id, k.place, k.turn
              from chosen k cross join lateral (
                select c.tenant_id, c.card_id from messenger_cards c
                where c.tenant_id = k.tenant_id and c.card_id = k.card_id and c.due_at <= \(now)
                  and (c.leased_until is null or c.leased_until <= \(now))
                for update skip locked
              ) t
            ), claimed as (
              update messenger_cards u set leased_until = \(until) from taken t
              where u.tenant_id = t.tenant_id and u.card_id = t.card_id
              returning u.tenant_id, u.channel_id, u.card_id, t.place, t.turn
            )
            select tenant_id, channel_id, card_id from claimed order by place, turn
            """, in: SystemScope(reason: "deliver cards"), lasting: .brief
        ) { ClaimedCard(tenant: try $0.next(), channel: try $0.next(), card: try $0.next()) }
    }

    /// The channels for which something waits, those behind the last one first: found by hopping over the index from one to
    /// the next, so that what waits for one costs no more if it is much.
    private static func lanes(after last: (tenant: TenantID, line: UUID)) -> SQL {
        """
        hops (tenant_id, channel_id) as (
          (select c.tenant_id, c.channel_id from messenger_cards c
           where c.due_at is not null order by c.tenant_id, c.channel_id limit 1)
          union all
          select n.tenant_id, n.channel_id from hops h cross join lateral (
            select c.tenant_id, c.channel_id from messenger_cards c
            where c.due_at is not null and (c.tenant_id, c.channel_id) > (h.tenant_id, h.channel_id)
            order by c.tenant_id, c.channel_id limit 1) n
        ), lanes as (
          select h.tenant_id, h.channel_id,
            row_number() over (
              order by (h.tenant_id, h.channel_id) <= (\(last.tenant)::uuid, \(last.line)::uuid), h.tenant_id,
                h.channel_id) as turn
          from hops h
        )
        """
    }

    /// The tenants with approvers whom no vendor has been given a card for in time.
    func late(at now: Date) async throws -> [TenantID] {
        try await database.query(
            "select distinct tenant_id from messenger_cards where fallback_at <= \(now) limit 1000",
            in: SystemScope(reason: "tell approvers another way")
        ) { try $0.next() }
    }

    /// Forgets callbacks that are too old to be believed once more, and notices that were told long ago.
    func sweep(callbacksBefore old: Date, noticesBefore older: Date) async throws {
        let scope = SystemScope(reason: "forget old callbacks")
        try await database.execute("delete from messenger_events where at < \(old)", in: scope)
        try await database.execute(
            "delete from messenger_cards where ticket_id is null and created_at < \(older)", in: scope)
    }
}

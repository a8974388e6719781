import FoundationEssentials
import Kernel
import Postgres

/// The SQL of cards.
struct CardStore: Sendable {
    /// On which pumps are called.
    static let channel = "messenger_cards"

    private static let columns: SQL = """
        c.card_id, c.channel_id, c.ticket_id, c.user_id, c.nonce, c.level, c.digest, c.shown, c.address, c.handle,
        c.revision, c.attempts
        """

    private static func card(_ row: inout Row) throws -> KeptCard {
        KeptCard(
            id: try row.next(), channel: try row.next(), ticket: try row.next(), user: try row.next(),
            nonce: try row.next(), level: try row.next(), digest: try row.next(), shown: try row.next(),
            address: try row.next(), handle: try row.next(), revision: try row.next(), attempts: try row.next())
    }

    /// A card for each of these people at each of these channels, where there is none yet; and whatever shows the request
    /// is looked at now.
    func call(
        for ticket: TicketID,
        _ new: [(card: MessengerCardID, channel: MessengerChannelID, user: UserID, nonce: String)],
        at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        if !new.isEmpty {
            try await tx.execute(
                """
                insert into messenger_cards (tenant_id, card_id, channel_id, ticket_id, user_id, nonce, created_at)
                select \(scope.tenant)::uuid, n.card, n.channel, \(ticket)::uuid, n.person, n.nonce, \(now)::timestamptz
                from unnest(\(new.map(\.card))::uuid[], \(new.map(\.channel))::uuid[], \(new.map(\.user))::uuid[],
                  \(new.map(\.nonce))::text[]) as n (card, channel, person, nonce)
                join users u on u.tenant_id = \(scope.tenant) and u.user_id = n.person
                on conflict on constraint messenger_cards_once_uq do nothing
                """)
        }
        try await tx.execute(
            """
            update messenger_cards set revision = revision + 1, due_at = \(now), attempts = 0, state = 'open'
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and (state <> 'closed' or handle is null)
            """)
        try await tx.enqueue("select pg_notify('messenger_cards', '')")
    }

    /// One notice in front of one person; nothing if they were told before.
    func add(
        _ notice: ChatNotice, occasion: String, to channel: MessengerChannelID, nonce: String, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into messenger_cards (tenant_id, card_id, channel_id, user_id, nonce, notice, occasion, due_at,
              created_at)
            select \(scope.tenant)::uuid, \(MessengerCardID.new(at: now))::uuid, \(channel)::uuid, u.user_id,
              \(nonce)::text, \(notice.json)::jsonb, \(occasion)::text, \(now)::timestamptz, \(now)::timestamptz
            from users u where u.tenant_id = \(scope.tenant) and u.user_id = \(notice.user)
            on conflict on constraint messenger_cards_occasion_uq do nothing
            """)
        try await tx.enqueue("select pg_notify('messenger_cards', '')")
    }

    /// Those of these channels that have a card of the request.
    func rooms(
        of ticket: TicketID, among channels: [MessengerChannelID], in scope: TenantScope, _ database: Database
    ) async throws -> Set<MessengerChannelID> {
        guard !channels.isEmpty else { return [] }
        return Set(
            try await database.query(
                """
                select channel_id from messenger_cards
                where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and channel_id = any(\(channels))
                """, in: scope
            ) { try $0.next(MessengerChannelID.self) })
    }

    /// Those of these that something waits for.
    func waiting(_ ids: [MessengerCardID], in scope: TenantScope, _ database: Database) async throws -> [KeptCard] {
        try await database.query(
            """
            select \(fragment: Self.columns) from messenger_cards c
            where c.tenant_id = \(scope.tenant) and c.card_id = any(\(ids)) and c.due_at is not null
              and c.ticket_id is not null
            """, in: scope, Self.card)
    }

    func find(
        nonce: String, in channel: MessengerChannelID, scope: TenantScope, _ database: Database
    ) async throws -> KeptCard? {
        try await database.first(
            """
            select \(fragment: Self.columns) from messenger_cards c
            where c.tenant_id = \(scope.tenant) and c.nonce = \(nonce) and c.channel_id = \(channel)
            """, in: scope, Self.card)
    }

    /// Notes what is about to be shown: somebody may touch the card before its vendor has said that it is there. What was
    /// shown before is told apart from it by its reference.
    func prepare(_ card: KeptCard, in scope: TenantScope, _ database: Database) async throws {
        try await database.execute(
            """
            update messenger_cards set level = \(card.level), digest = \(card.digest)
            where tenant_id = \(scope.tenant) and card_id = \(card.id)
              and (level, digest) is distinct from (\(card.level)::int, \(card.digest)::text)
            """, in: scope)
    }

    /// Notes what was sent, and that nothing waits unless there was news meanwhile.
    func settle(_ card: KeptCard, isOver: Bool, at now: Date, in scope: TenantScope, _ database: Database) async throws
    {
        try await database.execute(
            """
            update messenger_cards set level = \(card.level), digest = \(card.digest), shown = \(card.shown),
              address = \(card.address), handle = \(card.handle), attempts = 0, last_error = null,
              sent_at = coalesce(sent_at, \(now)), updated_at = \(now),
              state = case when revision = \(card.revision) and \(isOver) then 'closed' else state end,
              due_at = case when revision = \(card.revision) then null else \(now)::timestamptz end
            where tenant_id = \(scope.tenant) and card_id = \(card.id)
            """, in: scope)
    }

    /// Another attempt, some other time.
    func postpone(
        _ card: KeptCard, to date: Date, counting: Bool, because text: String, in scope: TenantScope,
        _ database: Database
    ) async throws {
        try await database.execute(
            """
            update messenger_cards set due_at = \(date), last_error = \(text),
              attempts = attempts + case when \(counting) then 1 else 0 end
            where tenant_id = \(scope.tenant) and card_id = \(card.id) and revision = \(card.revision)
            """, in: scope)
    }

    /// Nothing is sent, or nothing more: false if there was news meanwhile.
    func end(
        _ card: KeptCard, as state: String, because text: String?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Bool {
        try await tx.execute(
            """
            update messenger_cards set state = \(state), due_at = null, last_error = \(text), updated_at = \(now)
            where tenant_id = \(scope.tenant) and card_id = \(card.id) and revision = \(card.revision)
            """) == 1
    }

    /// A card that shows what is no more.
    func touch(_ id: MessengerCardID, at now: Date, in scope: TenantScope, _ database: Database) async throws {
        try await database.transaction(in: scope) { tx in
            try await tx.execute(
                """
                update messenger_cards set revision = revision + 1, due_at = \(now), attempts = 0
                where tenant_id = \(scope.tenant) and card_id = \(id)
                """)
            try await tx.enqueue("select pg_notify('messenger_cards', '')")
        }
    }

    /// Who was who in a channel, and what was sent there.
    func forget(channel: MessengerChannelID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from messenger_people where tenant_id = \(scope.tenant) and channel_id = \(channel)")
        try await tx.execute(
            "delete from messenger_cards where tenant_id = \(scope.tenant) and channel_id = \(channel)")
    }

    /// False if this callback was there before.
    func isNew(
        event hash: [UInt8], of channel: MessengerChannelID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        try await database.execute(
            """
            insert into messenger_events (tenant_id, channel_id, event_hash, at)
            values (\(scope.tenant), \(channel), \(hash), \(now))
            on conflict on constraint messenger_events_pk do nothing
            """, in: scope) == 1
    }
}

/// A card as it is kept.
struct KeptCard: Sendable {
    let id: MessengerCardID
    let channel: MessengerChannelID
    let ticket: TicketID
    let user: UserID
    let nonce: String
    var level: Int?
    var digest: String?
    var shown: [UInt8]?
    var address: String?
    var handle: JSON?
    let revision: Int
    let attempts: Int
}

/// A card that a pump has taken for a while.
struct ClaimedCard: Sendable, Hashable {
    let tenant: TenantID
    let channel: MessengerChannelID
    let card: MessengerCardID
}

/// The statements of background work. They see ids and times, and nothing of what is sent.
struct CardClaims: Sendable {
    let database: Database

    /// Takes cards that are due, of each channel at most so many, and none of a channel that rests. What is not noted before
    /// the lease ends is due again.
    func claim(limit: Int, ofChannel most: Int, lease: Duration, at now: Date) async throws -> [ClaimedCard] {
        let until = now.addingTimeInterval(Double(lease.components.seconds))
        return try await database.query(
            """
            with due as materialized (
              select c.tenant_id, c.card_id, c.channel_id, c.due_at from messenger_cards c
              join messenger_channels h on h.tenant_id = c.tenant_id and h.channel_id = c.channel_id
              where c.due_at <= \(now) and (h.resting_until is null or h.resting_until <= \(now))
              order by c.due_at limit 1000
            ), shared as (
              select d.*, row_number() over (partition by d.tenant_id, d.channel_id order by d.due_at) as place from due d
            ), chosen as (
              select s.tenant_id, s.card_id from shared s where s.place <= \(most) order by s.place, s.due_at limit \(limit)
            ), taken as (
              select t.tenant_id, t.card_id from chosen k cross join lateral (
                select c.tenant_id, c.card_id from messenger_cards c
                where c.tenant_id = k.tenant_id and c.card_id = k.card_id and c.due_at <= \(now)
                for update skip locked
              ) t
            )
            update messenger_cards u set due_at = \(until) from taken t
            where u.tenant_id = t.tenant_id and u.card_id = t.card_id
            returning u.tenant_id, u.channel_id, u.card_id
            """, in: SystemScope(reason: "deliver cards")
        ) { ClaimedCard(tenant: try $0.next(), channel: try $0.next(), card: try $0.next()) }
    }

    /// Forgets callbacks that are too old to be believed once more.
    func sweep(before date: Date) async throws {
        try await database.execute(
            "delete from messenger_events where at < \(date)", in: SystemScope(reason: "forget old callbacks"))
    }
}

import FoundationEssentials
import Kernel
import Postgres

/// The SQL of cards.
struct CardStore: Sendable {
    private static let columns: SQL = """
        c.card_id, c.channel_id, c.ticket_id, c.user_id, c.nonce, c.level, c.digest, c.shown, c.address, c.handle,
        c.revision, c.attempts, c.notice
        """

    private static func card(_ row: inout Row) throws -> KeptCard {
        KeptCard(
            id: try row.next(), channel: try row.next(), ticket: try row.next(), user: try row.next(),
            nonce: try row.next(), level: try row.next(), digest: try row.next(), shown: try row.next(),
            address: try row.next(), handle: try row.next(), revision: try row.next(), attempts: try row.next(),
            notice: try row.next())
    }

    /// Calls the pumps when the transaction commits, and says for whom.
    func call(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue("select pg_notify('messenger_cards', \(scope.tenant.text))")
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
                insert into messenger_cards (tenant_id, card_id, channel_id, ticket_id, user_id, nonce, fallback_at,
                  created_at)
                select \(scope.tenant)::uuid, n.card, n.channel, \(ticket)::uuid, n.person, n.nonce,
                  \(now + Messengers.patience)::timestamptz, \(now)::timestamptz
                from unnest(\(new.map(\.card))::uuid[], \(new.map(\.channel))::uuid[], \(new.map(\.user))::uuid[],
                  \(new.map(\.nonce))::text[]) as n (card, channel, person, nonce)
                join users u on u.tenant_id = \(scope.tenant) and u.user_id = n.person
                on conflict on constraint messenger_cards_once_uq do nothing
                """)
        }
        // In the order in which everybody takes them.
        try await tx.execute(
            """
            select card_id from messenger_cards where tenant_id = \(scope.tenant) and ticket_id = \(ticket)
            order by card_id for update
            """)
        try await tx.execute(
            """
            update messenger_cards set revision = revision + 1, due_at = \(now), attempts = 0, state = 'open'
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and (state <> 'closed' or handle is null)
            """)
        try await call(in: scope, tx)
    }

    /// One notice in front of one person, or in rooms, at each of these channels; nothing where it was told before.
    func add(
        _ notice: ChatNotice, through vendor: ChannelVendor?,
        _ new: [(card: MessengerCardID, channel: MessengerChannelID, nonce: String, occasion: String)],
        at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let kept = vendor.map { notice.json.merging(["vendor": .string($0.rawValue)]) } ?? notice.json
        try await tx.execute(
            """
            insert into messenger_cards (tenant_id, card_id, channel_id, user_id, nonce, notice, occasion, due_at,
              created_at)
            select \(scope.tenant)::uuid, n.card, n.channel, p.person, n.nonce, \(kept)::jsonb, n.occasion,
              \(now)::timestamptz, \(now)::timestamptz
            from unnest(\(new.map(\.card))::uuid[], \(new.map(\.channel))::uuid[], \(new.map(\.nonce))::text[],
              \(new.map(\.occasion))::text[]) as n (card, channel, nonce, occasion)
            cross join (select \(notice.user)::uuid as person) p
            where p.person is null
              or exists (select from users u where u.tenant_id = \(scope.tenant) and u.user_id = p.person)
            on conflict do nothing
            """)
        try await call(in: scope, tx)
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
            """, in: scope, Self.card)
    }

    func find(_ ids: [MessengerCardID], in scope: TenantScope, _ tx: Transaction) async throws -> [KeptCard] {
        guard !ids.isEmpty else { return [] }
        return try await tx.query(
            """
            select \(fragment: Self.columns) from messenger_cards c
            where c.tenant_id = \(scope.tenant) and c.card_id = any(\(ids))
            """, Self.card)
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

    /// A card that shows what is no more.
    func touch(_ id: MessengerCardID, at now: Date, in scope: TenantScope, _ database: Database) async throws {
        try await database.transaction(in: scope) { tx in
            try await tx.execute(
                """
                update messenger_cards set revision = revision + 1, due_at = \(now), attempts = 0
                where tenant_id = \(scope.tenant) and card_id = \(id)
                """)
            try await call(in: scope, tx)
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
    /// Nil for a notice.
    let ticket: TicketID?
    /// Nil for a notice in a room.
    let user: UserID?
    let nonce: String
    var level: Int?
    var digest: String?
    var shown: [UInt8]?
    var address: String?
    var handle: JSON?
    let revision: Int
    let attempts: Int
    /// What is no request.
    var notice: JSON?
}

import FoundationEssentials
import Kernel
import Postgres

// What attempts came to, in a few statements for all of them.
extension CardStore {
    /// Notes what is about to be shown: somebody may touch a card before its vendor has said that it is there. What was
    /// shown before is told apart from it by its reference.
    func prepare(_ cards: [KeptCard], in scope: TenantScope, _ database: Database) async throws {
        guard !cards.isEmpty else { return }
        try await database.transaction(in: scope) { tx in
            try await hold(cards.map(\.id), in: scope, tx)
            try await tx.execute(
                """
                update messenger_cards c set level = n.level, digest = n.digest
                from unnest(\(cards.map(\.id))::uuid[], \(cards.map(\.level))::int[], \(cards.map(\.digest))::text[])
                  as n (id, level, digest)
                where c.tenant_id = \(scope.tenant) and c.card_id = n.id
                  and (c.level, c.digest) is distinct from (n.level, n.digest)
                """)
        }
    }

    /// Holds them in the order in which everybody takes them.
    func hold(_ ids: [MessengerCardID], in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            select card_id from messenger_cards where tenant_id = \(scope.tenant) and card_id = any(\(ids))
            order by card_id for update
            """)
    }

    /// Notes what was sent, and that nothing waits unless there was news meanwhile, for which pumps are called.
    func settle(_ results: [CardResult], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let shown = results.compactMap { result -> (card: KeptCard, isOver: Bool)? in
            if case .shown(let isOver) = result.outcome { (result.card, isOver) } else { nil }
        }
        guard !shown.isEmpty else { return }
        let cards = shown.map(\.card)
        let isWaiting = try await tx.query(
            """
            update messenger_cards c set leased_until = null, level = n.level, digest = n.digest, shown = n.shown,
              address = n.address, handle = n.handle, attempts = 0, last_error = null, fallback_at = null,
              sent_at = coalesce(c.sent_at, \(now)), updated_at = \(now),
              state = case when c.revision = n.revision and n.over then 'closed' else c.state end,
              due_at = case when c.revision = n.revision then null else \(now)::timestamptz end
            from unnest(\(cards.map(\.id))::uuid[], \(cards.map(\.revision))::int[], \(shown.map(\.isOver))::boolean[],
              \(cards.map(\.level))::int[], \(cards.map(\.digest))::text[], \(cards.map(\.shown))::bytea[],
              \(cards.map(\.address))::text[], \(cards.map(\.handle))::jsonb[])
              as n (id, revision, over, level, digest, shown, address, handle)
            where c.tenant_id = \(scope.tenant) and c.card_id = n.id
            returning c.due_at is not null
            """
        ) { try $0.next(Bool.self) }
        if isWaiting.contains(true) { try await call(in: scope, tx) }
    }

    /// Another attempt, some other time.
    func postpone(_ results: [CardResult], in scope: TenantScope, _ tx: Transaction) async throws {
        let later = results.compactMap { result -> (card: KeptCard, date: Date, counting: Bool, error: String?)? in
            guard case .later(let date, let counting) = result.outcome else { return nil }
            return (result.card, date, counting, result.error)
        }
        guard !later.isEmpty else { return }
        try await tx.execute(
            """
            update messenger_cards c set leased_until = null, due_at = n.at, last_error = n.error,
              attempts = c.attempts + case when n.counting then 1 else 0 end
            from unnest(\(later.map(\.card.id))::uuid[], \(later.map(\.card.revision))::int[],
              \(later.map(\.date))::timestamptz[], \(later.map(\.counting))::boolean[], \(later.map(\.error))::text[])
              as n (id, revision, at, counting, error)
            where c.tenant_id = \(scope.tenant) and c.card_id = n.id and c.revision = n.revision
            """)
    }

    /// Others may take what is left of these: there was news of it meanwhile, so that what came of it is nothing.
    func release(_ ids: [MessengerCardID], in scope: TenantScope, _ tx: Transaction) async throws {
        let left = try await tx.execute(
            """
            update messenger_cards set leased_until = null
            where tenant_id = \(scope.tenant) and card_id = any(\(ids)) and leased_until is not null
            """)
        if left > 0 { try await call(in: scope, tx) }
    }

    /// Nothing is sent, or nothing more, unless there was news meanwhile. The cards of which somebody else has to tell the
    /// approver now: they were never seen, nobody has been told yet, and no other channel has one or is still at it.
    func end(
        _ results: [CardResult], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<MessengerCardID> {
        let ended = results.compactMap { result -> (card: KeptCard, state: String, error: String?)? in
            switch result.outcome {
            case .closed: (result.card, "closed", result.error)
            case .dead: (result.card, "dead", result.error)
            default: nil
            }
        }
        guard !ended.isEmpty else { return [] }
        let unseen = try await tx.query(
            """
            update messenger_cards c set leased_until = null, state = n.state, due_at = null, last_error = n.error,
              updated_at = \(now), fallback_at = case when n.state = 'dead' then c.fallback_at end
            from unnest(\(ended.map(\.card.id))::uuid[], \(ended.map(\.card.revision))::int[],
              \(ended.map(\.state))::text[], \(ended.map(\.error))::text[]) as n (id, revision, state, error)
            where c.tenant_id = \(scope.tenant) and c.card_id = n.id and c.revision = n.revision
            returning case when c.state = 'dead' and c.handle is null and c.fallback_at is not null then c.card_id end
            """
        ) { try $0.next(MessengerCardID?.self) }.compactMap(\.self)
        return Set(try await tell(unseen, at: now, in: scope, tx))
    }

    /// Of these the first of each person, as told, unless another channel has a card in front of them or is still at it.
    private func tell(
        _ ids: [MessengerCardID], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [MessengerCardID] {
        guard !ids.isEmpty else { return [] }
        return try await tx.query(
            """
            update messenger_cards u set told_at = \(now), fallback_at = null
            where u.tenant_id = \(scope.tenant) and u.card_id in (
              select distinct on (c.ticket_id, c.user_id) c.card_id from messenger_cards c
              where c.tenant_id = \(scope.tenant) and c.card_id = any(\(ids)) and c.handle is null
                and not exists (
                  select from messenger_cards o
                  where o.tenant_id = \(scope.tenant) and o.ticket_id = c.ticket_id and o.user_id = c.user_id
                    and (o.handle is not null or o.told_at is not null
                      or o.fallback_at is not null and o.state = 'open'))
              order by c.ticket_id, c.user_id, c.card_id)
            returning u.card_id
            """
        ) { try $0.next() }
    }

    /// The cards that no vendor has been given in time, each person's first one. They are told another way, once; the cards
    /// are still tried.
    func fallBack(at now: Date, limit: Int, in scope: TenantScope, _ tx: Transaction) async throws -> [KeptCard] {
        let late = try await tx.query(
            """
            select card_id from messenger_cards
            where tenant_id = \(scope.tenant) and fallback_at <= \(now) order by card_id limit \(limit) for update
            """
        ) { try $0.next(MessengerCardID.self) }
        guard !late.isEmpty else { return [] }
        try await tx.execute(
            """
            update messenger_cards set fallback_at = null
            where tenant_id = \(scope.tenant) and card_id = any(\(late))
            """)
        let told = try await tell(late, at: now, in: scope, tx)
        return try await find(told, in: scope, tx)
    }

    /// A notice that goes on to another channel, as if it were new there.
    func move(_ results: [CardResult], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let moved = results.compactMap { result -> (card: KeptCard, channel: MessengerChannelID, error: String?)? in
            guard case .elsewhere(let channel) = result.outcome else { return nil }
            return (result.card, channel, result.error)
        }
        guard !moved.isEmpty else { return }
        try await tx.execute(
            """
            update messenger_cards c set leased_until = null, channel_id = n.channel, notice = n.notice,
              last_error = n.error, attempts = 0, due_at = \(now)
            from unnest(\(moved.map(\.card.id))::uuid[], \(moved.map(\.card.revision))::int[],
              \(moved.map(\.channel))::uuid[], \(moved.map(\.card.notice))::jsonb[], \(moved.map(\.error))::text[])
              as n (id, revision, channel, notice, error)
            where c.tenant_id = \(scope.tenant) and c.card_id = n.id and c.revision = n.revision
            """)
        try await call(in: scope, tx)
    }
}

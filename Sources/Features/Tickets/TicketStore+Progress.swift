import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// What moves a request: read under its lock, written back.
extension TicketStore {
    /// The part that decisions and time move, locked until the transaction ends.
    ///
    /// The lock comes first and by itself: a statement that waits for a lock goes on with what the other tables said before.
    func lock(
        _ id: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> (number: Int, progress: TicketProgress)? {
        let found: (number: Int, progress: TicketProgress)? = try await transaction.first(
            """
            select t.number, t.requester_id, t.kind, t.content, t.reason,
                array(select m.asset_id from ticket_assets m
                    where m.tenant_id = t.tenant_id and m.ticket_id = t.ticket_id order by m.asset_id),
                t.accounts, t.protocols, t.actions, t.starts_at, t.duration_seconds, t.state, t.level, t.decided_at,
                t.is_parallel, t.unused_after
            from tickets t where t.tenant_id = \(scope.tenant) and t.ticket_id = \(id) for update
            """
        ) { row in (number: try row.next(), progress: try Self.progress(id, &row)) }
        guard let found else { return nil }
        var progress = found.progress
        progress.levels = try await transaction.query(
            """
            select l.name, l.quorum, l.webhook_id, l.deadline_seconds, l.reminder_seconds, l.lapse,
                l.escalation_seconds, l.needs_passkey, l.needs_comment, l.opened_at, l.reminded_at, l.escalated_at,
                (select jsonb_agg(jsonb_build_array(w.user_id, w.reason, w.detail, w.from_escalation) order by w.user_id)
                    from ticket_approvers w
                    where w.tenant_id = l.tenant_id and w.ticket_id = l.ticket_id and w.level = l.level),
                (select jsonb_agg(jsonb_build_array(d.user_id, d.on_behalf_of, d.outcome,
                        (extract(epoch from d.decided_at) * 1000000)::bigint) order by d.decided_at, d.decision_id)
                    from ticket_decisions d
                    where d.tenant_id = l.tenant_id and d.ticket_id = l.ticket_id and d.level = l.level)
            from ticket_levels l
            where l.tenant_id = \(scope.tenant) and l.ticket_id = \(id) order by l.level
            """, Self.level)
        return (found.number, progress)
    }

    /// The grant that came of a request; nil if none did.
    func grant(of id: TicketID, in scope: TenantScope, _ transaction: Transaction) async throws -> GrantID? {
        try await transaction.first(
            """
            select grant_id from tickets
            where tenant_id = \(scope.tenant) and ticket_id = \(id) and grant_id is not null
            """
        ) { row in try row.next() }
    }

    /// Which of these accounts are of one person.
    func people(
        _ users: Set<UserID>, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> SamePeople {
        SamePeople(
            try await transaction.query(
                """
                select user_id, address from user_addresses
                where tenant_id = \(scope.tenant) and user_id = any(\(Array(users))::uuid[]) order by user_id, address
                """
            ) { row in (user: try row.next(), address: try row.next()) })
    }

    /// Those who have this person answer in their seats now.
    func handedOver(
        to user: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Set<UserID> {
        Set(
            try await transaction.query(
                """
                select g.from_id from delegations g
                join user_directory f on f.tenant_id = g.tenant_id and f.user_id = g.from_id and f.state = 'active'
                where g.tenant_id = \(scope.tenant) and g.to_id = \(user) and g.ended_at is null
                    and g.starts_at <= \(now) and g.ends_at > \(now)
                """
            ) { row in try row.next(UserID.self) })
    }

    /// The name of a person who is not disabled.
    func activeName(
        of user: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> String? {
        try await transaction.first(
            """
            select name from user_directory
            where tenant_id = \(scope.tenant) and user_id = \(user) and state = 'active'
            """
        ) { row in try row.next() }
    }

    func isCopied(
        _ user: UserID, on ticket: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.first(
            """
            select true from ticket_copies
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket) and user_id = \(user)
            """
        ) { row in try row.next() } ?? false
    }

    func names(
        of assets: [AssetID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [AssetID: String] {
        let rows: [(AssetID, String)] = try await transaction.query(
            """
            select asset_id, name from asset_directory
            where tenant_id = \(scope.tenant) and asset_id = any(\(assets)::uuid[])
            """
        ) { row in (try row.next(), try row.next()) }
        return Dictionary(rows) { first, _ in first }
    }

    /// The next number, taken at once: were it taken with the request, everybody would wait for whoever asks before them. The
    /// commit of the request, which comes later, takes this one to the disk.
    func takeNumber(in scope: TenantScope, _ database: Database) async throws -> Int {
        let number: Int? = try await database.first(Self.nextNumber(in: scope), in: scope, lasting: .brief) { row in
            try row.next()
        }
        guard let number else { throw TicketError.notFound }
        return number
    }

    /// The same in a transaction, until the end of which nobody else has one.
    func takeNumber(in scope: TenantScope, _ transaction: Transaction) async throws -> Int {
        let number: Int? = try await transaction.first(Self.nextNumber(in: scope)) { row in try row.next() }
        guard let number else { throw TicketError.notFound }
        return number
    }

    private static func nextNumber(in scope: TenantScope) -> SQL {
        """
        insert into ticket_counters (tenant_id, last_number) values (\(scope.tenant), 1)
        on conflict on constraint ticket_counters_pk do update set last_number = ticket_counters.last_number + 1
        returning last_number
        """
    }

    /// Of a request that did not come about: unless somebody has the next one already.
    func giveBack(_ number: Int, in scope: TenantScope, _ database: Database) async throws {
        try await database.execute(
            """
            update ticket_counters set last_number = last_number - 1
            where tenant_id = \(scope.tenant) and last_number = \(number)
            """, in: scope, lasting: .brief)
    }

    func insert(
        _ progress: TicketProgress, number: Int, on plan: FlowPlan, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let ask = progress.ask
        try await transaction.enqueue(
            """
            insert into tickets (tenant_id, ticket_id, number, kind, content, flow_id, flow_name, because, risk,
                is_parallel, unused_after, requester_id, reason, accounts, protocols, actions, starts_at,
                duration_seconds, state, levels, deadline, due_at, decided_at, digest, created_at, org_id)
            values (\(scope.tenant), \(progress.id), \(number), \(progress.kind), \(progress.content), \(plan.flow),
                \(plan.flowName), \(plan.because)::text[], \(plan.risk), \(progress.isParallel), \(plan.unusedAfter),
                \(progress.requester), \(progress.reason), \(ask.accounts.map(\.text))::text[],
                \(ask.protocols.map(\.rawValue))::text[], \(ask.actions.map(\.rawValue))::text[], \(ask.startsAt),
                \(ask.duration), \(progress.state.word), \(progress.levels.count), \(progress.deadline ?? now),
                \(progress.due), \(progress.state.decidedAt), \(progress.digest), \(now),
                gatehouse_common_organization(\(scope.tenant), \(ask.assets)::uuid[], '{}'))
            """)
        try await insertAssets(of: progress, in: scope, transaction)
        try await insertLevels(of: progress, in: scope, transaction)
        try await copy(plan.copies, on: progress.id, by: nil, at: now, in: scope, transaction)
    }

    func insertCopies(
        _ people: [UserID], of ticket: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !people.isEmpty else { return }
        try await transaction.enqueue(
            """
            insert into ticket_copies (tenant_id, ticket_id, user_id)
            select \(scope.tenant)::uuid, \(ticket)::uuid, c.person from unnest(\(people)::uuid[]) as c (person)
            on conflict do nothing
            """)
    }

    /// Puts people in copy, and keeps when and by whom of those who were not.
    func copy(
        _ people: [UserID], on ticket: TicketID, by user: UserID?, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard !people.isEmpty else { return }
        try await transaction.enqueue(
            """
            with added as (
                insert into ticket_copies (tenant_id, ticket_id, user_id)
                select \(scope.tenant)::uuid, \(ticket)::uuid, c.person from unnest(\(people)::uuid[]) as c (person)
                on conflict do nothing
                returning user_id)
            insert into ticket_moves (tenant_id, ticket_id, kind, to_id, by_id, moved_at)
            select \(scope.tenant)::uuid, \(ticket)::uuid, \(TicketMove.Kind.copied)::text, a.user_id, \(user)::uuid,
                \(now)::timestamptz from added a
            """)
    }

    /// How often seats of a request were handed over.
    func countMoves(
        of ticket: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Int {
        try await transaction.first(
            """
            select count(*) from ticket_moves where tenant_id = \(scope.tenant) and ticket_id = \(ticket)
                and kind = \(TicketMove.Kind.reassigned)
            """
        ) { try $0.next() } ?? 0
    }

    /// Puts another person into a seat, and keeps when and by whom; the links of who had it go with them.
    func move(
        level: Int, of ticket: TicketID, from holder: UserID, to successor: UserID, name: String, by user: UserID,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.enqueue(
            """
            insert into ticket_moves (tenant_id, ticket_id, kind, level, from_id, to_id, by_id, moved_at)
            values (\(scope.tenant), \(ticket), \(TicketMove.Kind.reassigned), \(level), \(holder), \(successor),
                \(user), \(now))
            """)
        _ = try await transaction.execute(
            """
            with gone as (
                delete from ticket_approvers where tenant_id = \(scope.tenant) and ticket_id = \(ticket)
                    and level = \(level) and user_id = \(holder)
                returning from_escalation)
            insert into ticket_approvers (tenant_id, ticket_id, level, user_id, reason, detail, from_escalation)
            select \(scope.tenant)::uuid, \(ticket)::uuid, \(level)::int, \(successor)::uuid,
                \(Seat.Reason.reassigned)::text, \(name)::text, g.from_escalation from gone g
            """)
    }

    private func insertLevels(
        of progress: TicketProgress, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let levels = progress.levels
        let plans = levels.map(\.plan)
        try await transaction.enqueue(
            """
            insert into ticket_levels (tenant_id, ticket_id, level, name, quorum, webhook_id, deadline_seconds,
                reminder_seconds, lapse, escalation_seconds, needs_passkey, needs_comment, opened_at)
            select \(scope.tenant)::uuid, \(progress.id)::uuid, l.level, l.name, l.quorum, l.webhook, l.deadline,
                l.reminder, l.lapse, l.escalation, l.passkey, l.comment, l.opened
            from unnest(\(levels.indices.map { $0 + 1 })::int[], \(plans.map(\.name))::text[],
                \(plans.map(\.quorum))::int[], \(plans.map(\.webhook?.uuid))::uuid[], \(plans.map(\.deadline))::int[],
                \(plans.map(\.reminder))::int[], \(plans.map(\.lapse.rawValue))::text[],
                \(plans.map(\.escalation?.after))::int[], \(plans.map(\.needsPasskey))::boolean[],
                \(plans.map(\.needsComment.rawValue))::text[], \(levels.map(\.openedAt))::timestamptz[])
                as l (level, name, quorum, webhook, deadline, reminder, lapse, escalation, passkey, comment, opened)
            """)
        let seats = plans.enumerated().flatMap { index, plan in
            plan.seats.map { (level: index + 1, seat: $0, late: false) }
                + (plan.escalation?.seats ?? []).filter { late in !plan.seats.contains { $0.user == late.user } }
                .map { (level: index + 1, seat: $0, late: true) }
        }
        try await transaction.enqueue(
            """
            insert into ticket_approvers (tenant_id, ticket_id, level, user_id, reason, detail, from_escalation)
            select \(scope.tenant)::uuid, \(progress.id)::uuid, a.level, a.person, a.reason, a.detail, a.late
            from unnest(\(seats.map(\.level))::int[], \(seats.map(\.seat.user))::uuid[],
                \(seats.map(\.seat.reason.rawValue))::text[], \(seats.map(\.seat.detail))::text[],
                \(seats.map(\.late))::boolean[]) as a (level, person, reason, detail, late)
            on conflict on constraint ticket_approvers_pk do nothing
            """)
    }

    /// Writes what a decision or time moved.
    func save(
        _ progress: TicketProgress, grant: GrantID? = nil, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let ask = progress.ask
        let level: Int? = if case .open(let level) = progress.state { level } else { nil }
        try await transaction.enqueue(
            """
            update tickets set state = \(progress.state.word), level = coalesce(\(level)::int, level),
                decided_at = \(progress.state.decidedAt), accounts = \(ask.accounts.map(\.text))::text[],
                actions = \(ask.actions.map(\.rawValue))::text[], duration_seconds = \(ask.duration),
                content = \(progress.content), deadline = coalesce(\(progress.deadline)::timestamptz, deadline),
                due_at = \(progress.due), grant_id = coalesce(\(grant)::uuid, grant_id), digest = \(progress.digest),
                version = version + 1
            where tenant_id = \(scope.tenant) and ticket_id = \(progress.id)
            """)
        let levels = progress.levels
        try await transaction.enqueue(
            """
            update ticket_levels m set opened_at = l.opened, reminded_at = l.reminded, escalated_at = l.escalated,
                passed_at = l.passed
            from unnest(\(levels.indices.map { $0 + 1 })::int[], \(levels.map(\.openedAt))::timestamptz[],
                \(levels.map(\.remindedAt))::timestamptz[], \(levels.map(\.escalatedAt))::timestamptz[],
                \(levels.map(\.passedAt))::timestamptz[]) as l (level, opened, reminded, escalated, passed)
            where m.tenant_id = \(scope.tenant) and m.ticket_id = \(progress.id) and m.level = l.level
            """)
        try await transaction.enqueue(
            """
            delete from ticket_assets where tenant_id = \(scope.tenant) and ticket_id = \(progress.id)
                and asset_id <> all(\(ask.assets)::uuid[])
            """)
    }

    func insert(
        _ decision: NewDecision, _ step: TicketStep, changes: [TicketChange], on ticket: TicketID,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let kept = changes.isEmpty ? nil : JSON.array(changes.map(\.json))
        try await transaction.enqueue(
            """
            insert into ticket_decisions (tenant_id, decision_id, ticket_id, level, user_id, on_behalf_of, outcome,
                comment, channel, digest, changes, proof, decided_at)
            values (\(scope.tenant), \(DecisionID.new(at: decision.at)), \(ticket), \(step.level), \(decision.user),
                \(step.onBehalfOf), \(decision.outcome), \(decision.comment), \(decision.channel),
                \(decision.digest), \(kept), \(decision.proof), \(decision.at))
            """)
    }

    private func insertAssets(
        of progress: TicketProgress, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let count = try await transaction.execute(
            """
            insert into ticket_assets (tenant_id, ticket_id, asset_id)
            select \(scope.tenant)::uuid, \(progress.id)::uuid, a.asset_id from asset_directory a
            where a.tenant_id = \(scope.tenant) and a.state = 'active' and a.asset_id = any(\(progress.ask.assets))
            """)
        guard count == progress.ask.assets.count else { throw TicketError.unknownAsset }
    }
}

/// A decision on its way into the store.
struct NewDecision: Sendable {
    /// The level that a link or a passkey's proof is for; nil for whichever is open.
    var level: Int?
    let user: UserID
    let outcome: TicketOutcome
    let comment: String
    let channel: DecisionChannel
    let digest: [UInt8]
    /// What a passkey said about the digest.
    var proof: JSON?
    /// The digest after the decision, as the passkey has signed it.
    var signed: [UInt8]?
    /// What is answered where it takes a fresh second factor; nil if it was shown lately, or the channel has rules of its own.
    var stepUp: Problem?
    let at: Date

    var isCommented: Bool { comment.isReadable }
}

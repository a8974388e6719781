import FoundationEssentials
import Kernel
import Postgres

/// The SQL of what is waited for.
struct ReviewStore: Sendable {
    struct Found {
        let ticket: TicketID
        let state: TicketState.Word
        let end: Date
    }

    /// Holds whoever asks until the transaction ends: of two who ask at once, the second finds what the first has opened.
    func hold(_ requester: UserID, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await transaction.enqueue(
            "select from users where tenant_id = \(scope.tenant) and user_id = \(requester) for no key update")
    }

    /// What was said about this attempt and is still good, held until the transaction ends.
    func find(
        _ question: ReviewQuestion, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Found? {
        try await transaction.first(
            """
            select r.ticket_id, t.state, r.expires_at
            from ticket_reviews r join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
            where r.tenant_id = \(scope.tenant) and r.user_id = \(question.requester)
                and r.attempt = \(question.attempt) and t.kind = \(question.kind) and r.rule_id = \(question.rule)
                and r.client_address is not distinct from \(question.clientAddress)
                and r.used_at is null and r.expires_at > \(now)
            order by r.created_at desc, r.ticket_id desc limit 1 for update of r
            """
        ) { row in Found(ticket: try row.next(), state: try row.next(), end: try row.next()) }
    }

    /// Whether so many wait already that one more is not somebody who wants to come in.
    func isCrowded(
        _ question: ReviewQuestion, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.first(
            """
            select (select count(*) from ticket_reviews r
                    join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
                    where r.tenant_id = \(scope.tenant) and r.user_id = \(question.requester)
                        and r.expires_at > \(now) and t.kind = \(question.kind) and t.state = 'open')
                    >= \(Reviews.mostOfOnePerson)
                or (select count(*) from (select from ticket_reviews r
                    join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
                    where r.tenant_id = \(scope.tenant) and r.client_address = \(question.clientAddress)
                        and r.expires_at > \(now) and t.state = 'open' limit \(Reviews.mostFromOneAddress)) as a)
                    >= \(Reviews.mostFromOneAddress)
                or (select count(*) from (select from ticket_reviews r
                    join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
                    where r.tenant_id = \(scope.tenant) and r.expires_at > \(now) and t.state = 'open'
                    limit \(Reviews.mostInOneTenant)) as b)
                    >= \(Reviews.mostInOneTenant)
            """
        ) { row in try row.next() } ?? false
    }

    func insert(
        _ question: ReviewQuestion, as ticket: TicketID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            insert into ticket_reviews (tenant_id, ticket_id, user_id, attempt, rule_id, client_address, is_attended,
                seen_at, created_at, expires_at)
            values (\(scope.tenant), \(ticket), \(question.requester), \(question.attempt), \(question.rule),
                \(question.clientAddress), \(question.isAttended), \(now), \(now),
                \(now.addingTimeInterval(Double(question.lifetime))))
            """)
    }

    /// Notes that somebody waits for it.
    func see(
        _ ticket: TicketID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update ticket_reviews set seen_at = \(now)
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket)
            """)
    }

    func use(
        _ ticket: TicketID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update ticket_reviews set used_at = \(now)
            where tenant_id = \(scope.tenant) and ticket_id = \(ticket)
            """)
    }

    /// The same of all under these rules that are open or agreed to. Those of them that are open.
    func void(
        _ rules: [UUID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [(ticket: TicketID, user: UserID)] {
        try await transaction.query(
            """
            with over as (
                update ticket_reviews r set used_at = \(now) from tickets t
                where r.tenant_id = \(scope.tenant) and r.rule_id = any(\(rules)::uuid[])
                    and r.used_at is null and r.expires_at > \(now)
                    and t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id and t.state in ('open', 'approved')
                returning r.ticket_id, r.user_id, t.state
            )
            select ticket_id, user_id from over where state = 'open' order by ticket_id
            """
        ) { row in (try row.next(), try row.next()) }
    }

    /// The same of all sign-ins of these people that are open or agreed to. Those of them that are open.
    func void(
        signInsOf users: [UserID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [(ticket: TicketID, user: UserID)] {
        try await transaction.query(
            """
            with over as (
                update ticket_reviews r set used_at = \(now) from tickets t
                where r.tenant_id = \(scope.tenant) and r.user_id = any(\(users))
                    and r.used_at is null and r.expires_at > \(now)
                    and t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id and t.kind = \(SignInKind.kind)
                    and t.state in ('open', 'approved')
                returning r.ticket_id, r.user_id, t.state
            )
            select ticket_id, user_id from over where state = 'open' order by ticket_id
            """
        ) { row in (try row.next(), try row.next()) }
    }

    /// The names of those who are asked.
    func asked(
        _ ticket: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [String] {
        try await transaction.query(
            """
            select u.name from ticket_approvers a
            join users u on u.tenant_id = a.tenant_id and u.user_id = a.user_id
            where a.tenant_id = \(scope.tenant) and a.ticket_id = \(ticket) order by u.name, u.user_id
            """
        ) { row in try row.next() }
    }

    /// The open ones of an attempt.
    func open(
        _ attempt: String, of user: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [TicketID] {
        try await transaction.query(
            """
            select r.ticket_id from ticket_reviews r
            join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
            where r.tenant_id = \(scope.tenant) and r.user_id = \(user) and r.attempt = \(attempt)
                and t.state = 'open' order by r.ticket_id
            """
        ) { row in try row.next() }
    }

    /// Whose it is, if it is open.
    func requester(
        of ticket: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> UserID? {
        try await transaction.first(
            """
            select r.user_id from ticket_reviews r
            join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
            where r.tenant_id = \(scope.tenant) and r.ticket_id = \(ticket) and t.state = 'open'
            """
        ) { row in try row.next() }
    }

    /// The same, if nobody was seen to wait for it since. It is held until the transaction ends: whoever comes now finds what
    /// has become of it.
    func requester(
        of ticket: TicketID, unseenSince then: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> UserID? {
        try await transaction.first(
            """
            select r.user_id from ticket_reviews r
            join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
            where r.tenant_id = \(scope.tenant) and r.ticket_id = \(ticket) and r.seen_at < \(then)
                and t.state = 'open' for update of r
            """
        ) { row in try row.next() }
    }

    func state(
        of ticket: TicketID, for user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> TicketState.Word? {
        try await database.first(
            """
            with seen as (
                update ticket_reviews r set seen_at = \(now)
                where r.tenant_id = \(scope.tenant) and r.ticket_id = \(ticket) and r.user_id = \(user)
            )
            select t.state from ticket_reviews r
            join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
            where r.tenant_id = \(scope.tenant) and r.ticket_id = \(ticket) and r.user_id = \(user)
            """, in: scope
        ) { row in try row.next() }
    }

    // MARK: Of all tenants

    /// Notes that these are waited for, and tells which of them are over: one statement, however many wait. It waits for none that
    /// somebody holds, who is about to note the same or to end it: thousands would be taken for gone for the sake of one.
    func look(
        at waiting: [(tenant: TenantID, ticket: TicketID)], at now: Date, _ database: Database
    ) async throws -> [TicketID] {
        try await database.query(
            """
            with held as (
                select w.tenant_id, w.ticket_id
                from unnest(\(waiting.map(\.tenant))::uuid[], \(waiting.map(\.ticket))::uuid[])
                    as w (tenant_id, ticket_id)
            ), free as (
                select r.tenant_id, r.ticket_id from ticket_reviews r
                join held h on r.tenant_id = h.tenant_id and r.ticket_id = h.ticket_id
                for no key update of r skip locked
            ), seen as (
                update ticket_reviews r set seen_at = \(now) from free f
                where r.tenant_id = f.tenant_id and r.ticket_id = f.ticket_id
            )
            select t.ticket_id from tickets t join held h on t.tenant_id = h.tenant_id and t.ticket_id = h.ticket_id
            where t.state <> 'open'
            """, in: Self.system
        ) { row in try row.next() }
    }

    /// Those whose people are gone.
    func left(
        since then: Date, at now: Date, _ database: Database
    ) async throws -> [(tenant: TenantID, ticket: TicketID)] {
        try await database.query(
            """
            select r.tenant_id, r.ticket_id from ticket_reviews r
            join tickets t on t.tenant_id = r.tenant_id and t.ticket_id = r.ticket_id
            where r.is_attended and r.seen_at < \(then) and r.expires_at > \(now) and t.state = 'open'
            order by r.seen_at limit 500
            """, in: Self.system
        ) { row in (try row.next(), try row.next()) }
    }

    /// Forgets what can let nobody in any more; the requests stay.
    func prune(before then: Date, _ database: Database) async throws {
        try await database.execute("delete from ticket_reviews where expires_at < \(then)", in: Self.system)
    }

    private static let system = SystemScope(reason: "what people wait for")
}

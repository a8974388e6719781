import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound
import Postgres
import Tenancy

/// The SQL of deliveries.
struct DeliveryStore: Sendable {
    /// The table, which every sealed part is bound to.
    static let table = "webhook_deliveries"

    private static let columns: SQL = """
        d.delivery_id, d.webhook_id, w.name, d.event_type, d.state, d.attempts, d.next_attempt_at, d.last_status,
        d.last_error, d.created_at
        """

    private static func delivery(_ row: inout Row) throws -> Delivery {
        Delivery(
            id: try row.next(), webhook: try row.next(), webhookName: try row.next(), eventType: try row.next(),
            state: try row.next(), attempts: try row.next(), nextAttemptAt: try row.next(), lastStatus: try row.next(),
            lastError: try row.next(), createdAt: try row.next())
    }

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Delivery] {
        try await database.query(
            """
            select \(fragment: Self.columns)
            from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.webhook_id = d.webhook_id
            where d.tenant_id = \(scope.tenant) \(page)
            """, in: scope, Self.delivery)
    }

    func detail(_ id: DeliveryID, in scope: TenantScope, _ database: Database) async throws -> DeliveryDetail? {
        let found = try await database.first(
            """
            select \(fragment: Self.columns), d.event_id, d.body, d.sealed_private is not null
            from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.webhook_id = d.webhook_id
            where d.tenant_id = \(scope.tenant) and d.delivery_id = \(id)
            """, in: scope
        ) { row in
            (try Self.delivery(&row), try row.next(EventID.self), try row.next(JSON.self), try row.next(Bool.self))
        }
        guard let (delivery, event, body, hasSealedPart) = found else { return nil }
        let attempts = try await database.query(
            """
            select number, at, duration_ms, status, error, answer from webhook_attempts
            where tenant_id = \(scope.tenant) and delivery_id = \(id)
            order by number desc limit \(DeliveryAttempt.shown)
            """, in: scope
        ) { row in
            DeliveryAttempt(
                number: try row.next(), at: try row.next(), milliseconds: try row.next(), status: try row.next(),
                error: try row.next(), answer: try row.next())
        }
        return DeliveryDetail(
            delivery: delivery, event: event, payload: String(decoding: body.bytes, as: UTF8.self),
            hasSealedPart: hasSealedPart, attempts: attempts)
    }

    /// False if the webhook has this event already.
    func insert(
        _ id: DeliveryID, of message: OutgoingMessage, body: JSON, sealed: SealedValue?, to webhook: WebhookID,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            insert into webhook_deliveries (tenant_id, delivery_id, webhook_id, event_id, event_type, body, tenant_key_id,
                sealed_private, next_attempt_at, created_at)
            values (\(scope.tenant), \(id), \(webhook), \(message.id), \(message.type), \(body), \(sealed?.tenantKey),
                \(sealed?.bytes), \(now), \(now))
            on conflict on constraint webhook_deliveries_once_uq do nothing
            """) == 1
    }

    /// The same to many at once; the deliveries of those that did not have the event.
    func insert(
        _ message: OutgoingMessage, body: JSON, to webhooks: [WebhookID], at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> [DeliveryID] {
        try await transaction.query(
            """
            insert into webhook_deliveries (tenant_id, delivery_id, webhook_id, event_id, event_type, body,
                next_attempt_at, created_at)
            select \(scope.tenant)::uuid, n.delivery, n.webhook, \(message.id)::uuid, \(message.type)::text,
                \(body)::jsonb, \(now)::timestamptz, \(now)::timestamptz
            from unnest(\(webhooks.map { _ in DeliveryID.new(at: now) })::uuid[], \(webhooks)::uuid[])
              as n (delivery, webhook)
            on conflict on constraint webhook_deliveries_once_uq do nothing
            returning delivery_id
            """
        ) { try $0.next() }
    }

    /// Calls the pumps when the transaction commits, and says for whom.
    static func call(in scope: TenantScope, _ transaction: Transaction) async throws {
        try await transaction.enqueue("select pg_notify('webhook_deliveries', \(scope.tenant.text))")
    }

    func bury(
        _ ids: [DeliveryID], because text: String, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update webhook_deliveries set state = 'dead', last_error = \(text), finished_at = \(now)
            where tenant_id = \(scope.tenant) and delivery_id = any(\(ids)) and state = 'pending'
            """)
    }

    /// Of deliveries that the plan does not allow, one for each webhook and day is kept where people look for them, can be sent
    /// by hand on another day, and says how many they were. The others leave nothing.
    func leaveOut(
        _ ids: [DeliveryID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        // Two at once are one after the other, so that there is one line.
        try await transaction.execute(
            "select pg_advisory_xact_lock(hashtextextended('webhook-left-out ' || \(scope.tenant)::uuid::text, 0))")
        try await transaction.execute(
            """
            with over as (
              select d.delivery_id, d.webhook_id, count(*) over (partition by d.webhook_id) as many,
                row_number() over (partition by d.webhook_id order by d.delivery_id) as place
              from webhook_deliveries d
              where d.tenant_id = \(scope.tenant) and d.delivery_id = any(\(ids)) and d.state = 'pending'
            ), known as (
              update webhook_deliveries d set left_out = d.left_out + o.many,
                last_error = \(Self.leftOut) || ' ' || (d.left_out + o.many) || ' were left out.'
              from over o
              where o.place = 1 and d.tenant_id = \(scope.tenant) and d.webhook_id = o.webhook_id
                and d.left_out_on = (\(now)::timestamptz at time zone 'utc')::date
              returning d.webhook_id
            ), kept as (
              update webhook_deliveries d set state = 'dead', finished_at = \(now), left_out = o.many,
                left_out_on = (\(now)::timestamptz at time zone 'utc')::date,
                last_error = \(Self.leftOut) || case when o.many > 1 then ' ' || o.many || ' were left out.' else '' end
              from over o
              where o.place = 1 and d.tenant_id = \(scope.tenant) and d.delivery_id = o.delivery_id
                and not exists (select from known k where k.webhook_id = o.webhook_id)
              returning d.delivery_id
            )
            delete from webhook_deliveries d using over o
            where d.tenant_id = \(scope.tenant) and d.delivery_id = o.delivery_id
              and not exists (select from kept k where k.delivery_id = d.delivery_id)
            """)
    }

    private static let leftOut = "The plan allows no more deliveries today."

    /// What it takes to send those that are still to be sent, to webhooks that are enabled.
    func pending(
        _ ids: [DeliveryID], at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [PendingDelivery] {
        try await database.query(
            """
            select d.delivery_id, d.webhook_id, d.event_id, d.body, d.sealed_private, d.attempts, d.created_at, w.url,
                w.sealed_secret, case when w.old_until > \(now) then w.old_sealed_secret end, w.failures,
                w.failing_since, w.pace, o.hosts, o.ports
            from webhook_deliveries d
            join webhooks w on w.tenant_id = d.tenant_id and w.webhook_id = d.webhook_id
            cross join (
              select coalesce(array_agg(a.host order by a.host, a.port), '{}') as hosts,
                coalesce(array_agg(a.port order by a.host, a.port), '{}') as ports
              from egress_allowances a where a.tenant_id = \(scope.tenant)) o
            where d.tenant_id = \(scope.tenant) and d.delivery_id = any(\(ids)) and d.state = 'pending'
              and w.state = 'enabled'
            """, in: scope
        ) { row in
            PendingDelivery(
                id: try row.next(), webhook: try row.next(), event: try row.next(), body: try row.next(),
                sealed: try row.next(), attempts: try row.next(), createdAt: try row.next(), url: try row.next(),
                sealedSecrets: [try row.next([UInt8]?.self), try row.next([UInt8]?.self)].compactMap(\.self),
                health: WebhookHealth(failures: try row.next(), failingSince: try row.next(), pace: try row.next()),
                opened: try Self.opened(row.next(), row.next()))
        }
    }

    private static func opened(_ hosts: [String], _ ports: [Int]) throws -> Set<HostPort> {
        Set(try zip(hosts, ports).compactMap { try EgressAllowance(host: $0, port: $1).hostPort })
    }

    /// What waits for a webhook is due now.
    func hasten(
        of webhook: WebhookID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            update webhook_deliveries set next_attempt_at = \(now)
            where tenant_id = \(scope.tenant) and webhook_id = \(webhook) and state = 'pending'
            """)
    }

    /// Writes down what came of an attempt. What was delivered loses its sealed part: links are sent once, and not to whoever
    /// has it sent again. False if it is not waiting any more: somebody else has settled it.
    func note(
        _ outcome: DeliveryOutcome, of id: DeliveryID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            with noted as (
              update webhook_deliveries set state = \(outcome.state), attempts = attempts + 1, tried = tried + 1,
                next_attempt_at = \(outcome.nextAttemptAt ?? now), last_status = \(outcome.status),
                last_error = \(outcome.error), finished_at = case when \(outcome.state) = 'pending' then null
                    else \(now)::timestamptz end,
                tenant_key_id = case when \(outcome.state) = 'delivered' then null else tenant_key_id end,
                sealed_private = case when \(outcome.state) = 'delivered' then null else sealed_private end
              where tenant_id = \(scope.tenant) and delivery_id = \(id) and state = 'pending'
              returning tenant_id, delivery_id, tried
            )
            insert into webhook_attempts (tenant_id, delivery_id, number, at, duration_ms, status, error, answer)
            select n.tenant_id, n.delivery_id, n.tried, \(outcome.begun)::timestamptz, \(outcome.milliseconds)::int,
                \(outcome.status)::int, \(outcome.error)::text, \(outcome.answer)::text
            from noted n
            """) == 1
    }

    /// Puts a delivery that is over back at the start; false if it is still being tried, nil if there is none.
    func revive(
        _ id: DeliveryID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool? {
        let state: Delivery.State? = try await transaction.first(
            """
            select state from webhook_deliveries where tenant_id = \(scope.tenant) and delivery_id = \(id) for update
            """
        ) { row in try row.next() }
        guard let state else { return nil }
        guard state != .pending else { return false }
        _ = try await transaction.execute(
            """
            update webhook_deliveries set state = 'pending', attempts = 0, next_attempt_at = \(now), finished_at = null,
              left_out = null, left_out_on = null
            where tenant_id = \(scope.tenant) and delivery_id = \(id)
            """)
        return true
    }

    /// The same for those of a webhook in these states, made in the span, the oldest first: when they were made.
    func revive(
        _ states: [Delivery.State], of webhook: WebhookID, from: Date?, to: Date?, limit: Int, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Date] {
        try await transaction.query(
            """
            with chosen as (
              select delivery_id from webhook_deliveries
              where tenant_id = \(scope.tenant) and webhook_id = \(webhook) and state = any(\(states.map(\.rawValue)))
                and (\(from)::timestamptz is null or created_at >= \(from)::timestamptz)
                and (\(to)::timestamptz is null or created_at < \(to)::timestamptz)
              order by created_at, delivery_id limit \(limit) for update skip locked
            )
            update webhook_deliveries d set state = 'pending', attempts = 0, next_attempt_at = \(now),
              finished_at = null, left_out = null, left_out_on = null
            from chosen c where d.tenant_id = \(scope.tenant) and d.delivery_id = c.delivery_id
            returning d.created_at
            """
        ) { try $0.next() }
    }
}

/// A delivery that is to be sent.
struct PendingDelivery: Sendable {
    let id: DeliveryID
    let webhook: WebhookID
    let event: EventID
    let body: JSON
    let sealed: [UInt8]?
    let attempts: Int
    let createdAt: Date
    let url: String
    /// The current one first.
    let sealedSecrets: [[UInt8]]
    let health: WebhookHealth
    /// What the company's administrators have opened.
    let opened: Set<HostPort>

    /// For how long keys are waited for that are out of reach, and how long between two looks.
    static let patienceForKeys: TimeInterval = 86_400
    static let pauseForKeys: TimeInterval = 900

    func hasWaitedForKeys(at now: Date) -> Bool { now.timeIntervalSince(createdAt) >= Self.patienceForKeys }
}

/// What came of an attempt.
struct DeliveryOutcome: Sendable {
    var state: Delivery.State
    var status: Int?
    var error: String?
    var nextAttemptAt: Date?
    var answer: String?
    /// The receiver asked for nothing before that pause is over.
    var askedPause: TimeInterval?
    let begun: Date
    var milliseconds: Int = 0

    /// It says that nothing is to be sent there any more (RFC 9110 §15.5.11).
    var isGone: Bool { status == 410 }
}

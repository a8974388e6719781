import FoundationEssentials
import Kernel
import Postgres

/// The SQL of connections, as their tenants see them.
struct StreamStore: Sendable {
    /// On which keepers are called.
    static let channel = "messenger_streams"

    /// Says whether a connection is wanted for the channel as it is now. What went wrong before is forgotten.
    func want(_ channel: MessengerChannel, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        if channel.state == .enabled, channel.settings.delivery == .stream {
            try await tx.execute(
                """
                insert into messenger_streams (tenant_id, channel_id, revision, retry_at)
                values (\(scope.tenant), \(channel.id), \(channel.version), \(now))
                on conflict on constraint messenger_streams_pk
                do update set revision = excluded.revision, retry_at = excluded.retry_at, connected_at = null, attempts = 0,
                  problem = null, detail = null, failed_at = null
                """)
        } else {
            try await tx.execute(
                "delete from messenger_streams where tenant_id = \(scope.tenant) and channel_id = \(channel.id)")
        }
        try await call(tx)
    }

    /// Calls the keepers when the transaction commits.
    func call(_ tx: Transaction) async throws { try await tx.enqueue("select pg_notify(\(Self.channel), '')") }

    /// How it stands with these, of those that have one.
    func connections(
        of channels: [MessengerChannelID], at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [MessengerChannelID: ChannelConnection] {
        let rows = try await database.query(
            """
            select s.channel_id, s.connected_at, s.holder is not null and s.held_until > \(now), s.retry_at, s.problem,
              s.detail, s.failed_at
            from messenger_streams s where s.tenant_id = \(scope.tenant) and s.channel_id = any(\(channels))
            """, in: scope
        ) { row -> (MessengerChannelID, ChannelConnection) in
            let (id, since): (MessengerChannelID, Date?) = (try row.next(), try row.next())
            let (isHeld, retry): (Bool, Date) = (try row.next(), try row.next())
            let problem: ChannelConnection.Problem? = try row.next()
            let isConnected = isHeld && since != nil
            return (
                id,
                ChannelConnection(
                    state: isConnected ? .connected : isHeld ? .connecting : .waiting,
                    since: isConnected ? since : isHeld || retry <= now ? nil : retry,
                    problem: problem, detail: try row.next(), failedAt: try row.next())
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// It stands; false if it is somebody else's by now, or not wanted as it is.
    func connected(
        _ held: HeldStream, by holder: String, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        try await database.execute(
            """
            update messenger_streams set connected_at = coalesce(connected_at, \(now)), problem = null, detail = null,
              failed_at = null
            where tenant_id = \(scope.tenant) and channel_id = \(held.channel) and holder = \(holder)
              and revision = \(held.revision)
            """, in: scope) == 1
    }

    /// Whether what comes over a connection counts now: it is this server's still, of the channel as it is, of a company that
    /// is in use. Whoever was suspended a moment ago has none, although this server may not have heard of it.
    func counts(
        _ held: HeldStream, by holder: String, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        try await database.first(
            """
            select 1 from messenger_streams s
            join messenger_channels c on c.tenant_id = s.tenant_id and c.channel_id = s.channel_id
              and c.version = s.revision and c.state = 'enabled'
            join tenants t on t.tenant_id = s.tenant_id and t.state in ('trial', 'active')
            where s.tenant_id = \(scope.tenant) and s.channel_id = \(held.channel) and s.holder = \(holder)
              and s.revision = \(held.revision)
            """, in: scope
        ) { try $0.next(Int.self) } != nil
    }

    /// It has ended; when it is tried again, and why it ended if something went wrong. What was changed meanwhile is
    /// tried at once.
    func ended(
        _ held: HeldStream, by holder: String, attempts: Int, retry: Date, because fault: StreamFault?, at now: Date,
        in scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            update messenger_streams set holder = null, held_until = null, connected_at = null,
              attempts = case when revision = \(held.revision) then \(attempts) else attempts end,
              retry_at = case when revision = \(held.revision) then \(retry)::timestamptz else retry_at end,
              problem = case when revision = \(held.revision) then \(fault?.problem)::text else problem end,
              detail = case when revision = \(held.revision) then \(fault?.text)::text else detail end,
              failed_at = case when revision = \(held.revision) and \(fault != nil)::boolean then \(now)::timestamptz
                else failed_at end
            where tenant_id = \(scope.tenant) and channel_id = \(held.channel) and holder = \(holder)
            """, in: scope)
    }
}

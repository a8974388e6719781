import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The SQL of channels, and of who is who at their vendors.
struct ChannelStore: Sendable {
    /// The table, which every sealed secret is bound to.
    static let table = "messenger_channels"

    private static let columns: SQL = """
        c.channel_id, c.name, c.settings, c.people, c.identity_provider_id, c.trusts_directory, c.state,
        c.resting_until, c.last_error, c.created_at, c.version
        """

    private static func channel(_ row: inout Row) throws -> MessengerChannel {
        let (id, name): (MessengerChannelID, String) = (try row.next(), try row.next())
        let settings = try ChannelSettings.schema.parse(row.next(JSON.self))
        return MessengerChannel(
            id: id, name: name, settings: settings, people: try row.next(), provider: try row.next(),
            trustsDirectory: try row.next(), state: try row.next(), restingUntil: try row.next(),
            lastError: try row.next(), createdAt: try row.next(),
            version: try row.next())
    }

    private static func whole(_ row: inout Row) throws -> SealedChannel {
        SealedChannel(channel: try channel(&row), sealed: try row.next())
    }

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [MessengerChannel] {
        try await database.query(
            "select \(fragment: Self.columns) from messenger_channels c where c.tenant_id = \(scope.tenant) \(page)",
            in: scope, Self.channel)
    }

    func find(
        _ id: MessengerChannelID, in scope: TenantScope, _ database: Database
    ) async throws -> MessengerChannel? {
        try await database.first(
            """
            select \(fragment: Self.columns) from messenger_channels c
            where c.tenant_id = \(scope.tenant) and c.channel_id = \(id)
            """, in: scope, Self.channel)
    }

    /// Channels with what is sealed of them.
    func sealed(
        _ ids: [MessengerChannelID], in scope: TenantScope, _ database: Database
    ) async throws -> [SealedChannel] {
        try await database.query(
            """
            select \(fragment: Self.columns), c.sealed_secrets from messenger_channels c
            where c.tenant_id = \(scope.tenant) and c.channel_id = any(\(ids))
            """, in: scope, Self.whole)
    }

    /// The channel that is in use and has this callback.
    func sealed(callback hash: [UInt8], in scope: TenantScope, _ database: Database) async throws -> SealedChannel? {
        try await database.first(
            """
            select \(fragment: Self.columns), c.sealed_secrets from messenger_channels c
            where c.tenant_id = \(scope.tenant) and c.callback_hash = \(hash) and c.state = 'enabled'
            """, in: scope, Self.whole)
    }

    func enabled(in scope: TenantScope, _ database: Database) async throws -> [MessengerChannel] {
        try await database.query(
            """
            select \(fragment: Self.columns) from messenger_channels c
            where c.tenant_id = \(scope.tenant) and c.state = 'enabled' order by c.channel_id
            """, in: scope, Self.channel)
    }

    /// By whom people may be written to: asked for every notice, so that no settings are read for it.
    func vendors(in scope: TenantScope, _ database: Database) async throws -> [ChannelVendor] {
        try await database.query(
            """
            select distinct vendor from messenger_channels
            where tenant_id = \(scope.tenant) and state = 'enabled'
            """, in: scope
        ) { try $0.next() }
    }

    /// What they are called, and where they are.
    func names(
        of ids: [MessengerChannelID], in scope: TenantScope, _ tx: Transaction
    ) async throws -> [MessengerChannelID: (name: String, vendor: ChannelVendor)] {
        let rows = try await tx.query(
            """
            select c.channel_id, c.name, c.vendor from messenger_channels c
            where c.tenant_id = \(scope.tenant) and c.channel_id = any(\(ids))
            """
        ) { row in
            (
                id: try row.next(MessengerChannelID.self), name: try row.next(String.self),
                vendor: try row.next(ChannelVendor.self)
            )
        }
        return Dictionary(rows.map { ($0.id, (name: $0.name, vendor: $0.vendor)) }) { first, _ in first }
    }

    /// Holds the channel until the transaction ends.
    func lock(_ id: MessengerChannelID, in scope: TenantScope, _ tx: Transaction) async throws -> SealedChannel? {
        try await tx.first(
            """
            select \(fragment: Self.columns), c.sealed_secrets from messenger_channels c
            where c.tenant_id = \(scope.tenant) and c.channel_id = \(id) for update
            """, Self.whole)
    }

    /// How many there are; until the transaction ends nobody else adds one.
    func countHeld(in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended('messenger_channels ' || \(scope.tenant)::uuid::text, 0))")
        return try await tx.first("select count(*) from messenger_channels where tenant_id = \(scope.tenant)") {
            try $0.next()
        } ?? 0
    }

    func insert(
        _ channel: MessengerChannel, secrets: SealedValue, callback hash: [UInt8], in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await named {
            try await tx.execute(
                """
                insert into messenger_channels (tenant_id, channel_id, name, vendor, settings, people,
                  identity_provider_id, trusts_directory, state, tenant_key_id, sealed_secrets, callback_hash, created_at)
                values (\(scope.tenant), \(channel.id), \(channel.name), \(channel.settings.vendor),
                  \(try Self.json(channel.settings)), \(channel.people), \(channel.provider),
                  \(channel.trustsDirectory), \(channel.state), \(secrets.tenantKey), \(secrets.bytes), \(hash), \(channel.createdAt))
                """)
        }
    }

    /// Whoever changes it gives it a fresh start.
    func update(_ channel: MessengerChannel, in scope: TenantScope, _ tx: Transaction) async throws {
        try await named {
            try await tx.execute(
                """
                update messenger_channels set name = \(channel.name), vendor = \(channel.settings.vendor),
                  settings = \(try Self.json(channel.settings)), people = \(channel.people),
                  identity_provider_id = \(channel.provider), trusts_directory = \(channel.trustsDirectory), state = \(channel.state), resting_until = null,
                  last_error = null, pace = 'quick', version = \(channel.version)
                where tenant_id = \(scope.tenant) and channel_id = \(channel.id)
                """)
        }
    }

    func setSecrets(
        _ secrets: SealedValue, of id: MessengerChannelID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update messenger_channels set tenant_key_id = \(secrets.tenantKey), sealed_secrets = \(secrets.bytes)
            where tenant_id = \(scope.tenant) and channel_id = \(id)
            """)
    }

    func delete(_ id: MessengerChannelID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from messenger_channels where tenant_id = \(scope.tenant) and channel_id = \(id)")
    }

    /// How the vendors of these channels have fared: what they have said last, how long they want to be left alone, and
    /// how quick they were. A channel of which this is known already is not touched.
    func note(
        _ news: [MessengerChannelID: ChannelNews], in scope: TenantScope, _ database: Database
    ) async throws {
        let all = news.sorted { $0.key.text < $1.key.text }
        guard !all.isEmpty else { return }
        try await database.execute(
            """
            with n as (
              select c.channel_id, n.error, n.rest, n.pace from messenger_channels c
              join unnest(\(all.map(\.key))::uuid[], \(all.map(\.value.error))::text[],
                \(all.map(\.value.restingUntil))::timestamptz[], \(all.map { $0.value.pace })::text[])
                as n (id, error, rest, pace) on n.id = c.channel_id
              where c.tenant_id = \(scope.tenant)
                and (n.error is not null and n.error is distinct from c.last_error
                  or n.rest > coalesce(c.resting_until, '-infinity') or n.pace <> c.pace)
              order by c.channel_id for update of c
            )
            update messenger_channels c set last_error = coalesce(n.error, c.last_error),
              resting_until = greatest(c.resting_until, n.rest), pace = coalesce(n.pace, c.pace)
            from n where c.tenant_id = \(scope.tenant) and c.channel_id = n.channel_id
            """, in: scope)
    }

    // MARK: who is who

    /// The addresses that were found for these people not long ago, with the mail addresses that they were found by.
    func addresses(
        of people: [UserID], in channels: [MessengerChannelID], since: Date, scope: TenantScope, _ database: Database
    ) async throws -> [FoundPerson] {
        guard !channels.isEmpty else { return [] }
        return try await database.query(
            """
            select p.channel_id, p.user_id, p.email, p.address, p.found_at from messenger_people p
            where p.tenant_id = \(scope.tenant) and p.channel_id = any(\(channels)) and p.user_id = any(\(people))
              and p.found_at > \(since)
            """, in: scope, Self.found)
    }

    func keep(_ found: [FoundPerson], in scope: TenantScope, _ database: Database) async throws {
        guard !found.isEmpty else { return }
        let sorted = found.sorted { ($0.channel.text, $0.user.text) < ($1.channel.text, $1.user.text) }
        try await database.execute(
            """
            insert into messenger_people (tenant_id, channel_id, user_id, email, address, found_at)
            select distinct on (n.channel, n.person) \(scope.tenant)::uuid, n.channel, n.person, n.email, n.address, n.at
            from unnest(\(sorted.map(\.channel))::uuid[], \(sorted.map(\.user))::uuid[],
              \(sorted.map(\.email))::text[], \(sorted.map(\.address))::text[],
              \(sorted.map(\.at))::timestamptz[]) as n (channel, person, email, address, at)
            on conflict on constraint messenger_people_pk
            do update set email = excluded.email, address = excluded.address, found_at = excluded.found_at
            """, in: scope)
    }

    /// Who was found to have this address.
    func people(
        at address: String, in channel: MessengerChannelID, scope: TenantScope, _ database: Database
    ) async throws -> [FoundPerson] {
        try await database.query(
            """
            select p.channel_id, p.user_id, p.email, p.address, p.found_at from messenger_people p
            where p.tenant_id = \(scope.tenant) and p.channel_id = \(channel) and p.address = \(address)
            """, in: scope, Self.found)
    }

    private static func found(_ row: inout Row) throws -> FoundPerson {
        FoundPerson(
            channel: try row.next(), user: try row.next(), email: try row.next(), address: try row.next(),
            at: try row.next())
    }

    private static func json(_ settings: ChannelSettings) throws -> JSON {
        try JSONParser.parse(ChannelSettings.schema.bytes(of: settings))
    }

    private func named(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as DatabaseError where error.constraint == "messenger_channels_name_uq" {
            throw MessengerError.nameTaken
        } catch let error as DatabaseError where error.constraint == "messenger_channels_provider_fk" {
            throw MessengerError.unknownProvider
        }
    }
}

/// A channel with what is sealed of it.
struct SealedChannel: Sendable {
    var channel: MessengerChannel
    let sealed: [UInt8]
}

/// Whom a vendor has named for a mail address, and when.
struct FoundPerson: Sendable {
    let channel: MessengerChannelID
    let user: UserID
    /// In small letters.
    let email: String
    let address: String
    let at: Date
}

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
        c.channel_id, c.name, c.settings, c.people, c.identity_provider_id, c.state, c.resting_until, c.last_error,
        c.created_at, c.version
        """

    private static func channel(_ row: inout Row) throws -> MessengerChannel {
        let (id, name): (MessengerChannelID, String) = (try row.next(), try row.next())
        let settings = try ChannelSettings.schema.parse(row.next(JSON.self))
        return MessengerChannel(
            id: id, name: name, settings: settings, people: try row.next(), provider: try row.next(),
            state: try row.next(), restingUntil: try row.next(), lastError: try row.next(), createdAt: try row.next(),
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
                  identity_provider_id, state, tenant_key_id, sealed_secrets, callback_hash, created_at)
                values (\(scope.tenant), \(channel.id), \(channel.name), \(channel.settings.vendor),
                  \(try Self.json(channel.settings)), \(channel.people), \(channel.provider), \(channel.state),
                  \(secrets.tenantKey), \(secrets.bytes), \(hash), \(channel.createdAt))
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
                  identity_provider_id = \(channel.provider), state = \(channel.state), resting_until = null,
                  last_error = null, version = \(channel.version)
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

    /// What the vendor has said last, and how long it wants to be left alone.
    func note(
        _ error: String, of id: MessengerChannelID, restingUntil rest: Date?, in scope: TenantScope,
        _ database: Database
    ) async throws {
        try await database.execute(
            """
            update messenger_channels set last_error = \(error),
              resting_until = greatest(resting_until, \(rest)::timestamptz)
            where tenant_id = \(scope.tenant) and channel_id = \(id)
            """, in: scope)
    }

    // MARK: who is who

    /// The addresses that were found for people whose mail address is still the same, and not long ago.
    func addresses(
        of people: [UserID], in channel: MessengerChannelID, since: Date, scope: TenantScope, _ database: Database
    ) async throws -> [(user: UserID, email: String, address: String)] {
        try await database.query(
            """
            select p.user_id, p.email, p.address from messenger_people p
            where p.tenant_id = \(scope.tenant) and p.channel_id = \(channel) and p.user_id = any(\(people))
              and p.found_at > \(since)
            """, in: scope
        ) { (user: try $0.next(), email: try $0.next(), address: try $0.next()) }
    }

    func keep(
        _ address: String, of user: UserID, email: String, in channel: MessengerChannelID, at now: Date,
        scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            insert into messenger_people (tenant_id, channel_id, user_id, email, address, found_at)
            values (\(scope.tenant), \(channel), \(user), \(email), \(address), \(now))
            on conflict on constraint messenger_people_pk
            do update set email = excluded.email, address = excluded.address, found_at = excluded.found_at
            """, in: scope)
    }

    /// Who was found to have this address, with the mail address that it was found by.
    func people(
        at address: String, in channel: MessengerChannelID, scope: TenantScope, _ database: Database
    ) async throws -> [(user: UserID, email: String)] {
        try await database.query(
            """
            select p.user_id, p.email from messenger_people p
            where p.tenant_id = \(scope.tenant) and p.channel_id = \(channel) and p.address = \(address)
            """, in: scope
        ) { (user: try $0.next(), email: try $0.next()) }
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

import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of channels under a tenant's new key.
package struct ChannelsRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { ChannelStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from messenger_channels
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(current)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select channel_id, sealed_secrets from messenger_channels
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id)
            order by channel_id limit \(limit)
            """, in: scope
        ) { (try $0.next(MessengerChannelID.self), try $0.next([UInt8].self)) }
        for (channel, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: channel.text, version: 1)
            // Only in place of what was read: secrets that somebody sets meanwhile stay.
            try await database.execute(
                """
                update messenger_channels set tenant_key_id = \(fresh.tenantKey), sealed_secrets = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and channel_id = \(channel) and sealed_secrets = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of channels under a tenant's new key.
package struct ChannelsRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { ChannelStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from messenger_channels
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select channel_id, sealed_secrets from messenger_channels
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        order by channel_id limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: MessengerChannelID, in scope: TenantScope)
        -> SQL
    {
        """
        update messenger_channels set tenant_key_id = \(fresh.tenantKey), sealed_secrets = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and channel_id = \(row) and sealed_secrets = \(old)
        """
    }
}

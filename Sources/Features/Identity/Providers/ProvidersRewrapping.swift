package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of identity providers under a tenant's new key.
package struct ProvidersRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { IdentityProviderStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from identity_providers
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select identity_provider_id, sealed_secret from identity_providers
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        order by identity_provider_id limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: IdentityProviderID, in scope: TenantScope)
        -> SQL
    {
        """
        update identity_providers set tenant_key_id = \(fresh.tenantKey), sealed_secret = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and identity_provider_id = \(row) and sealed_secret = \(old)
        """
    }
}

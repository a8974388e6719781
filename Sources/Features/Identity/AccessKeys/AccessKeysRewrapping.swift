package import Kernel
package import Postgres
package import Tenancy

/// Moves what programs sign with under a tenant's new key.
package struct AccessKeysRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { AccessKeyStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from access_keys
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select access_key_id, sealed from access_keys
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        order by access_key_id limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: AccessKeyID, in scope: TenantScope) -> SQL {
        """
        update access_keys set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and access_key_id = \(row) and sealed = \(old)
        """
    }
}

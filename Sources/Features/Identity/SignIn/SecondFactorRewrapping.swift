package import Kernel
package import Postgres
package import Tenancy

/// Moves second factors under a tenant's new key.
package struct SecondFactorRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { SecondFactorStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from totp_secrets
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select user_id, sealed from totp_secrets
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        order by user_id limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: UserID, in scope: TenantScope) -> SQL {
        """
        update totp_secrets set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and user_id = \(row) and sealed = \(old)
        """
    }
}

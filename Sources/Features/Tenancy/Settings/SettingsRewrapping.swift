package import Kernel
package import Postgres

/// Moves the secrets of settings under a tenant's new key.
package struct SettingsRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { SettingStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from tenant_setting_values
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key) and sealed is not null
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select key, sealed from tenant_setting_values
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key) and sealed is not null
        order by key limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: String, in scope: TenantScope) -> SQL {
        """
        update tenant_setting_values set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and key = \(row) and sealed = \(old)
        """
    }
}

package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of gateways for text messages under a tenant's new key.
package struct SMSGatewaysRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { SMSGatewayStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from sms_gateways
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select sms_gateway_id, sealed_secret from sms_gateways
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        order by sms_gateway_id limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: SMSGatewayID, in scope: TenantScope) -> SQL {
        """
        update sms_gateways set tenant_key_id = \(fresh.tenantKey), sealed_secret = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and sms_gateway_id = \(row) and sealed_secret = \(old)
        """
    }
}

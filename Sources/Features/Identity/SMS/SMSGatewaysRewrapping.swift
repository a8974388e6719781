import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of gateways for text messages under a tenant's new key.
package struct SMSGatewaysRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { SMSGatewayStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from sms_gateways where tenant_id = \(scope.tenant) and tenant_key_id <> \(current)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select sms_gateway_id, sealed_secret from sms_gateways
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id)
            order by sms_gateway_id limit \(limit)
            """, in: scope
        ) { (try $0.next(SMSGatewayID.self), try $0.next([UInt8].self)) }
        for (gateway, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: gateway.text, version: 1)
            // Only in place of what was read: a secret that somebody sets meanwhile stays.
            try await database.execute(
                """
                update sms_gateways set tenant_key_id = \(fresh.tenantKey), sealed_secret = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and sms_gateway_id = \(gateway) and sealed_secret = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

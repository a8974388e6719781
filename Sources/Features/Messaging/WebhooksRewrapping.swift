import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves secrets of webhooks under a tenant's new key.
package struct WebhooksRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { WebhookStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from webhooks
            where tenant_id = \(scope.tenant)
              and (tenant_key_id <> \(current) or old_tenant_key_id is not null and old_tenant_key_id <> \(current))
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select webhook_id, sealed_secret, old_sealed_secret from webhooks
            where tenant_id = \(scope.tenant) and (tenant_key_id <> \(chain.current.id)
              or old_tenant_key_id is not null and old_tenant_key_id <> \(chain.current.id))
            order by webhook_id limit \(limit)
            """, in: scope
        ) { (try $0.next(WebhookID.self), try $0.next([UInt8].self), try $0.next([UInt8]?.self)) }
        for (webhook, sealed, old) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: webhook.text, version: 1)
            let oldFresh = try old.map { try chain.rewrap($0, table: name, row: webhook.text, version: 1) }
            // Unless it was rolled in the meantime.
            try await database.execute(
                """
                update webhooks set tenant_key_id = \(fresh.tenantKey), sealed_secret = \(fresh.bytes),
                    old_tenant_key_id = \(oldFresh?.tenantKey), old_sealed_secret = \(oldFresh?.bytes)
                where tenant_id = \(scope.tenant) and webhook_id = \(webhook) and sealed_secret = \(sealed)
                  and old_sealed_secret is not distinct from \(old)
                """, in: scope)
        }
        return rows.count
    }
}

/// Moves the private parts of deliveries under a tenant's new key.
package struct DeliveriesRewrapping: ColumnRewrapping {
    package typealias Row = DeliveryID

    package let database: Database
    package var name: String { DeliveryStore.table }
    package var place: SealedPlace { SealedPlace("webhook_deliveries", by: "delivery_id", "sealed_private") }

    package init(database: Database) {
        self.database = database
    }
}

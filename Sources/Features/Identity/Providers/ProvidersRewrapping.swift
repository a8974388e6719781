import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of identity providers under a tenant's new key.
package struct ProvidersRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { IdentityProviderStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from identity_providers
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(current)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select identity_provider_id, sealed_secret from identity_providers
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id)
            order by identity_provider_id limit \(limit)
            """, in: scope
        ) { (try $0.next(IdentityProviderID.self), try $0.next([UInt8].self)) }
        for (provider, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: provider.text, version: 1)
            // Only in place of what was read: a secret that somebody sets meanwhile stays.
            try await database.execute(
                """
                update identity_providers set tenant_key_id = \(fresh.tenantKey), sealed_secret = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and sealed_secret = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

import Cryptography
package import Kernel
package import Postgres

/// Moves the secrets of settings under a tenant's new key.
package struct SettingsRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { SettingStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from tenant_setting_values
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(current) and sealed is not null
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select key, sealed from tenant_setting_values
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id) and sealed is not null
            order by key limit \(limit)
            """, in: scope
        ) { (try $0.next(String.self), try $0.next([UInt8].self)) }
        for (key, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: key, version: 1)
            try await database.execute(
                """
                update tenant_setting_values set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and key = \(key) and sealed = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

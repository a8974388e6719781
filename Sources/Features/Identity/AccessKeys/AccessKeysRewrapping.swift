import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves what programs sign with under a tenant's new key.
package struct AccessKeysRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { AccessKeyStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from access_keys where tenant_id = \(scope.tenant) and tenant_key_id <> \(current)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select access_key_id, sealed from access_keys
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id)
            order by access_key_id limit \(limit)
            """, in: scope
        ) { (try $0.next(AccessKeyID.self), try $0.next([UInt8].self)) }
        for (id, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: AccessKeyStore.table, row: id.text, version: 1)
            try await database.execute(
                """
                update access_keys set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and access_key_id = \(id) and sealed = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

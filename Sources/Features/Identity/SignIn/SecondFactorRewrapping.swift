import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves second factors under a tenant's new key.
package struct SecondFactorRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { SecondFactorStore.table }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from totp_secrets where tenant_id = \(scope.tenant) and tenant_key_id <> \(current)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select user_id, sealed from totp_secrets
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id) order by user_id limit \(limit)
            """, in: scope
        ) { (try $0.next(UserID.self), try $0.next([UInt8].self)) }
        for (user, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: SecondFactorStore.table, row: user.text, version: 1)
            // Only in place of what was read: a secret that somebody enrols meanwhile stays.
            try await database.execute(
                """
                update totp_secrets set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and user_id = \(user) and sealed = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

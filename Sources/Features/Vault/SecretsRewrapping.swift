import Cryptography
package import Kernel
package import Postgres
package import Tenancy

/// Moves secrets of accounts, with their history, under a tenant's new key.
package struct SecretsRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { AccountStore.secretTable }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from secrets where tenant_id = \(scope.tenant) and tenant_key_id <> \(current)
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select account_id, version, sealed from secrets
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id)
            order by account_id, version limit \(limit)
            """, in: scope
        ) { (try $0.next(AccountID.self), try $0.next(Int.self), try $0.next([UInt8].self)) }
        for (account, version, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: account.text, version: version)
            try await database.execute(
                """
                update secrets set tenant_key_id = \(fresh.tenantKey), sealed = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and account_id = \(account) and version = \(version)
                """, in: scope)
        }
        return rows.count
    }
}

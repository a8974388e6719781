package import Assets
package import Cryptography
package import HTTPAPI
package import Kernel
package import Postgres
package import Tenancy

/// The facade of accounts and their secrets.
package struct Vault: Sendable {
    let database: Database
    let keys: TenantKeys
    let bar: SecretBar
    var store: AccountStore { AccountStore() }

    package init(database: Database, keys: TenantKeys, bar: SecretBar) {
        self.database = database
        self.keys = keys
        self.bar = bar
    }

    /// A page of accounts.
    package func list(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Account> {
        Rows(try await store.list(page, in: scope, database), of: page)
    }

    /// One account, or `VaultError.notFound`.
    package func find(_ id: AccountID, in scope: TenantScope) async throws -> Account {
        guard let account = try await store.find(id, in: scope, database) else { throw VaultError.notFound }
        return account
    }

    /// The account of this name on the asset, or nil.
    package func find(_ name: AccountName, on asset: AssetID, in scope: TenantScope) async throws -> Account? {
        try await store.find(name, on: asset, in: scope, database)
    }

    /// The secret in clear for one session: the caller seals it to the worker and forgets it.
    package func secret(of account: Account, in scope: TenantScope) async throws -> SecretBytes {
        guard let sealed = try await store.secret(of: account.id, account.secretVersion, in: scope, database) else {
            throw VaultError.noSecret
        }
        return SecretBytes(
            try await keys.open(
                sealed, table: AccountStore.secretTable, row: account.id.text, version: account.secretVersion, in: scope
            ))
    }
}

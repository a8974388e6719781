import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The SQL of accounts and secrets.
struct AccountStore: Sendable {
    /// The table of secrets, which every sealed secret is bound to.
    static let secretTable = "secrets"

    private static let columns: SQL = """
        c.account_id, c.asset_id, a.name, c.name, c.kind, c.privileged, c.is_exclusive, c.secret_version,
        \(fragment: KnownSecret.column), c.created_at, c.version
        """
    private static let joins: SQL = """
        join asset_directory a on a.tenant_id = c.tenant_id and a.asset_id = c.asset_id
        """

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Account] {
        try await database.query(
            """
            select \(fragment: Self.columns) from accounts c \(fragment: Self.joins)
            where c.tenant_id = \(scope.tenant) \(page)
            """, in: scope, Self.account)
    }

    func find(_ id: AccountID, in scope: TenantScope, _ database: Database) async throws -> Account? {
        try await database.first(
            """
            select \(fragment: Self.columns) from accounts c \(fragment: Self.joins)
            where c.tenant_id = \(scope.tenant) and c.account_id = \(id)
            """, in: scope, Self.account)
    }

    func find(
        _ name: AccountName, on asset: AssetID, in scope: TenantScope, _ database: Database
    ) async throws -> Account? {
        try await database.first(
            """
            select \(fragment: Self.columns) from accounts c \(fragment: Self.joins)
            where c.tenant_id = \(scope.tenant) and c.asset_id = \(asset) and c.name = \(name)
            """, in: scope, Self.account)
    }

    func find(_ id: AccountID, in scope: TenantScope, _ transaction: Transaction) async throws -> Account? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from accounts c \(fragment: Self.joins)
            where c.tenant_id = \(scope.tenant) and c.account_id = \(id)
            """, Self.account)
    }

    func find(
        _ name: AccountName, on asset: AssetID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Account? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from accounts c \(fragment: Self.joins)
            where c.tenant_id = \(scope.tenant) and c.asset_id = \(asset) and c.name = \(name)
            """, Self.account)
    }

    func lock(_ id: AccountID, in scope: TenantScope, _ transaction: Transaction) async throws -> Account? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from accounts c \(fragment: Self.joins)
            where c.tenant_id = \(scope.tenant) and c.account_id = \(id) for update of c
            """, Self.account)
    }

    func insert(_ account: Account, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                insert into accounts (tenant_id, account_id, asset_id, name, kind, privileged, is_exclusive, created_at)
                values (\(scope.tenant), \(account.id), \(account.asset), \(account.name), \(account.kind),
                    \(account.privileged), \(account.exclusive), \(account.createdAt))
                """)
        }
    }

    func update(_ account: Account, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                update accounts set name = \(account.name), privileged = \(account.privileged),
                    is_exclusive = \(account.exclusive), secret_version = \(account.secretVersion), version = \(account.version)
                where tenant_id = \(scope.tenant) and account_id = \(account.id)
                """)
        }
    }

    func delete(_ id: AccountID, in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            "delete from accounts where tenant_id = \(scope.tenant) and account_id = \(id)")
    }

    func insertSecret(
        _ secret: SealedValue, of account: AccountID, version: Int, by user: UserID?, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            insert into secrets (tenant_id, account_id, version, tenant_key_id, sealed, created_by, created_at)
            values (\(scope.tenant), \(account), \(version), \(secret.tenantKey), \(secret.bytes), \(user), \(now))
            """)
    }

    func secret(
        of account: AccountID, _ version: Int, in scope: TenantScope, _ database: Database
    ) async throws -> [UInt8]? {
        try await database.first(
            """
            select sealed from secrets
            where tenant_id = \(scope.tenant) and account_id = \(account) and version = \(version)
            """, in: scope
        ) { row in try row.next() }
    }

    private func named(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as DatabaseError where error.constraint == "accounts_name_uq" {
            throw VaultError.nameTaken
        } catch let error as DatabaseError where error.constraint == "accounts_asset_fk" || error.isOutOfScope {
            throw VaultError.unknownAsset
        }
    }

    private static func account(_ row: inout Row) throws -> Account {
        Account(
            id: try row.next(), asset: try row.next(), assetName: try row.next(),
            name: try AccountName(parsing: row.next()), kind: try row.next(), privileged: try row.next(),
            exclusive: try row.next(), secretVersion: try row.next(), known: KnownSecret(try row.next() as JSON?),
            createdAt: try row.next(), version: try row.next())
    }
}

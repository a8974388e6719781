import Cryptography
package import Kernel
package import Postgres

/// Moves one sealed column of a table under a tenant's new key: what most rewrappings are. The key stands beside it as
/// `tenant_key_id`.
package protocol ColumnRewrapping: SecretRewrapping {
    /// What a row is known by, also to what is sealed in it.
    associatedtype Row: SealedRow

    var database: Database { get }
    var place: SealedPlace { get }
}

/// The names of a sealed column, of its table, and of the column that its rows are known by.
package struct SealedPlace: Sendable {
    fileprivate let table, row, value: SQL

    package init(_ table: SQL, by row: SQL, _ value: SQL) {
        self.table = table
        self.row = row
        self.value = value
    }
}

extension ColumnRewrapping {
    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from \(fragment: place.table)
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(current) and \(fragment: place.value) is not null
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select \(fragment: place.row), \(fragment: place.value) from \(fragment: place.table)
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id)
              and \(fragment: place.value) is not null
            order by \(fragment: place.row) limit \(limit)
            """, in: scope
        ) { (row: try $0.next(Row.self), sealed: try $0.next([UInt8].self)) }
        for (row, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: row.sealedAs, version: 1)
            // One that somebody sets meanwhile stays.
            try await database.execute(
                """
                update \(fragment: place.table)
                set tenant_key_id = \(fresh.tenantKey), \(fragment: place.value) = \(fresh.bytes)
                where tenant_id = \(scope.tenant) and \(fragment: place.row) = \(row)
                  and \(fragment: place.value) = \(sealed)
                """, in: scope)
        }
        return rows.count
    }
}

/// What a row with a sealed value is known by.
package protocol SealedRow: SQLBindable, SQLDecodable, Sendable {
    /// As it is sealed with the value.
    var sealedAs: String { get }
}

extension ID: SealedRow {
    package var sealedAs: String { text }
}

extension String: SealedRow {
    package var sealedAs: String { self }
}

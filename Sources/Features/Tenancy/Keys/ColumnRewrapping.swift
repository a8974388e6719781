import Cryptography
package import Kernel
package import Postgres

/// Moves one sealed column of a table under a tenant's new key: what most rewrappings are. Their statements say where.
package protocol ColumnRewrapping: SecretRewrapping {
    /// What a row is known by, also to what is sealed in it.
    associatedtype Row: SealedRow

    var database: Database { get }
    /// How many values are under another key than this one.
    func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL
    /// Up to so many of their rows and values, in an order.
    func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL
    /// Puts a value in place of what was read: one that somebody sets meanwhile stays.
    func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: Row, in scope: TenantScope) -> SQL
}

extension ColumnRewrapping {
    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(count(besides: current, in: scope), in: scope) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(find(limit, besides: chain.current.id, in: scope), in: scope) {
            (row: try $0.next(Row.self), sealed: try $0.next([UInt8].self))
        }
        for (row, sealed) in rows {
            let fresh = try chain.rewrap(sealed, table: name, row: row.sealedAs, version: 1)
            try await database.execute(put(fresh, insteadOf: sealed, at: row, in: scope), in: scope)
        }
        return rows.count
    }
}

/// What a row with a sealed value is known by.
package protocol SealedRow: SQLDecodable, Sendable {
    /// As it is sealed with the value.
    var sealedAs: String { get }
}

extension ID: SealedRow {
    package var sealedAs: String { text }
}

extension String: SealedRow {
    package var sealedAs: String { self }
}

package import Kernel
import Postgres

/// The person who answers for an asset, or for a node and what lies below it. Flows may ask them.
package struct Owner: WireValue, Sendable, Hashable {
    package let id: UserID
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
    }
}

extension Owner: SQLDecodable {
    /// The id, a space, and the name.
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let border = text.firstIndex(of: UInt8(ascii: " ")),
            let id = UserID(sql: UnsafeRawBufferPointer(rebasing: text[..<border]))
        else { return nil }
        self.id = id
        name = String(decoding: text[(border + 1)...], as: UTF8.self)
    }
}

extension Assets {
    /// Everybody who answers for an asset: whoever owns it, or a node that it lies in or below.
    package func owners(of id: AssetID, in scope: TenantScope) async throws -> [UserID] {
        try await OwnerStore.owners(of: id, in: scope, database)
    }
}

/// The SQL of owners.
enum OwnerStore {
    static func owners(of id: AssetID, in scope: TenantScope, _ database: Database) async throws -> [UserID] {
        try await database.query(
            """
            select a.owner_id from assets a
            where a.tenant_id = \(scope.tenant) and a.asset_id = \(id) and a.owner_id is not null
            union
            select d.owner_id from asset_nodes n
            join node_closure c on c.tenant_id = n.tenant_id and c.descendant_id = n.node_id
            join nodes d on d.tenant_id = c.tenant_id and d.node_id = c.ancestor_id
            where n.tenant_id = \(scope.tenant) and n.asset_id = \(id) and d.owner_id is not null
            """, in: scope
        ) { row in try row.next() }
    }

    /// Somebody active whom the scope sees, or `AssetError.unknownOwner`: the references of the database see past it.
    static func find(_ id: UserID, in scope: TenantScope, _ transaction: Transaction) async throws -> Owner {
        let found: Owner? = try await transaction.first(
            """
            select user_id || ' ' || name from user_directory
            where tenant_id = \(scope.tenant) and user_id = \(id) and state = 'active'
            """
        ) { row in try row.next() }
        guard let found else { throw AssetError.unknownOwner }
        return found
    }
}

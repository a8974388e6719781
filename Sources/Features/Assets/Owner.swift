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

/// The SQL of owners.
enum OwnerStore {
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

package import Kernel

/// A store as one tenant has it: what lies with another's objects can be neither had nor named nor removed, whatever the
/// row says that the key comes from.
package struct TenantObjectStore: ObjectStore {
    private let store: any ObjectStore
    private let root: String

    package init(_ store: any ObjectStore, of scope: TenantScope) {
        self.store = store
        root = Self.root(of: scope.tenant)
    }

    /// What every key of a tenant's objects begins with.
    package static func root(of tenant: TenantID) -> String { "tenants/\(tenant.text)/" }

    package func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws {
        try await store.put(try own(key), bytes)
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8] {
        try await store.get(try own(key))
    }

    package func list(prefix: String) async throws -> [ObjectKey] {
        // But for the slash at its end a prefix is held to what a key is: a store may understand more of it.
        let whole = prefix.utf8.last == UInt8(ascii: "/") ? String(prefix.dropLast()) : prefix
        _ = try ObjectKey(whole)
        guard prefix.utf8.starts(with: root.utf8) else { throw ObjectStoreError.badKey(prefix) }
        return try await store.list(prefix: prefix)
    }

    package func delete(_ key: ObjectKey) async throws {
        try await store.delete(try own(key))
    }

    private func own(_ key: ObjectKey) throws(ObjectStoreError) -> ObjectKey {
        guard key.text.utf8.starts(with: root.utf8) else { throw .badKey(key.text) }
        return key
    }
}

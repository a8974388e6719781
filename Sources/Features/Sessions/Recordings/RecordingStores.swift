package import Kernel
package import ObjectStore

/// Where recordings lie: with the installation, or in a store of the tenant's. Each stored part remembers its place, so a
/// tenant may change its store at any time.
package struct RecordingStores: Sendable {
    /// A store, and by which id it is found again; nil for the installation's own.
    package struct Place: Sendable {
        package let id: RecordingStoreID?
        package let store: any ObjectStore

        package init(id: RecordingStoreID?, store: any ObjectStore) {
            self.id = id
            self.store = store
        }
    }

    // Each store is the tenant's part of it: a mistake in a row reaches nobody else's objects.
    /// Where a tenant's parts go now.
    let current: @Sendable (TenantScope) async throws -> Place
    /// Where a part lies.
    let find: @Sendable (RecordingStoreID?, TenantScope) async throws -> any ObjectStore

    package init(
        current: @escaping @Sendable (TenantScope) async throws -> Place,
        find: @escaping @Sendable (RecordingStoreID?, TenantScope) async throws -> any ObjectStore
    ) {
        self.current = { scope in
            let place = try await current(scope)
            return Place(id: place.id, store: TenantObjectStore(place.store, of: scope))
        }
        self.find = { id, scope in TenantObjectStore(try await find(id, scope), of: scope) }
    }

    /// One store for everybody.
    package init(only store: any ObjectStore) {
        self.init(current: { _ in Place(id: nil, store: store) }, find: { _, _ in store })
    }
}

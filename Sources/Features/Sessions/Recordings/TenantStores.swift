import Cryptography
import FoundationEssentials
package import Kernel
package import ObjectStore
package import Postgres
import Synchronization
package import Tenancy

/// The stores of tenants, as their settings name them.
///
/// A store that parts lie in stays known after the setting has changed, with its credentials, sealed; the same bucket
/// with a new access key is the same store, and what lies in it is read with the new key.
package final class TenantStores: Sendable {
    static let table = "recording_stores"

    private let database: Database
    private let keys: TenantKeys
    private let settings: TenantSettings
    private let own: any ObjectStore
    private let open: @Sendable (S3StoreSetting, TenantScope) -> any ObjectStore
    private let remembered = Mutex<[TenantID: (version: Int, place: RecordingStores.Place)]>([:])

    /// `own` is the installation's; `open` makes one of a tenant's.
    package init(
        database: Database, keys: TenantKeys, settings: TenantSettings, own: any ObjectStore,
        open: @escaping @Sendable (S3StoreSetting, TenantScope) -> any ObjectStore
    ) {
        self.database = database
        self.keys = keys
        self.settings = settings
        self.own = own
        self.open = open
    }

    package var stores: RecordingStores {
        RecordingStores(current: { try await self.current(in: $0) }, find: { try await self.store($0, in: $1) })
    }

    /// Every store that parts of the tenant may lie in, as far as it is the tenant's.
    package func all(in scope: TenantScope) async throws -> [TenantObjectStore] {
        let ids = try await database.query(
            "select recording_store_id from recording_stores where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(RecordingStoreID.self) }
        var stores = [TenantObjectStore(own, of: scope)]
        for id in ids { stores.append(TenantObjectStore(try await store(id, in: scope), of: scope)) }
        return stores
    }

    private func current(in scope: TenantScope) async throws -> RecordingStores.Place {
        let version = try await settings.version(in: scope)
        if let entry = remembered.withLock({ $0[scope.tenant] }), entry.version == version { return entry.place }
        let setting = try await settings.opened(Setting.recordingStore, in: scope)
        var place = RecordingStores.Place(id: nil, store: own)
        if let setting {
            place = RecordingStores.Place(id: try await keep(setting, in: scope), store: open(setting, scope))
        }
        remembered.withLock { entries in
            if entries.count >= 10_000 { entries.removeAll(keepingCapacity: true) }
            entries[scope.tenant] = (version, place)
        }
        return place
    }

    /// Writes down where parts are going to lie, before any does.
    private func keep(_ setting: S3StoreSetting, in scope: TenantScope) async throws -> RecordingStoreID {
        let place = "\(setting.endpoint)/\(setting.bucket)/\(setting.prefix)"
        let value = try JSONParser.parse(S3StoreSetting.schema.bytes(of: setting))
        let secret: JSON = ["secretKey": .string(setting.secretKey?.reveal() ?? "")]
        let sealed = try await keys.seal(secret.bytes, table: Self.table, row: place, version: 1, in: scope)
        let id = try await database.first(
            """
            insert into recording_stores (tenant_id, recording_store_id, place, value, tenant_key_id, sealed)
            values (\(scope.tenant), \(RecordingStoreID.new()), \(place), \(value), \(sealed.tenantKey),
              \(sealed.bytes))
            on conflict (tenant_id, place) do update set value = excluded.value,
              tenant_key_id = excluded.tenant_key_id, sealed = excluded.sealed
            returning recording_store_id
            """, in: scope
        ) { try $0.next(RecordingStoreID.self) }
        guard let id else { throw ObjectStoreError.away("its place could not be written down") }
        return id
    }

    private func store(_ id: RecordingStoreID?, in scope: TenantScope) async throws -> any ObjectStore {
        guard let id else { return own }
        let place = try await current(in: scope)
        if place.id == id { return place.store }
        let found = try await database.first(
            """
            select place, value, sealed from recording_stores
            where tenant_id = \(scope.tenant) and recording_store_id = \(id)
            """, in: scope
        ) { (try $0.next(String.self), try $0.next(JSON.self), try $0.next([UInt8].self)) }
        guard let (name, value, sealed) = found else {
            throw ObjectStoreError.away("nothing is known of the store")
        }
        let secret = try await keys.open(sealed, table: Self.table, row: name, version: 1, in: scope)
        let setting = try S3StoreSetting.schema.parse(value.merging(try JSONParser.parse(secret)))
        return open(setting, scope)
    }
}

/// Moves the credentials of stores under a tenant's new key.
package struct StoresRewrapping: ColumnRewrapping {
    package typealias Row = String

    package let database: Database
    package var name: String { TenantStores.table }
    package var place: SealedPlace { SealedPlace("recording_stores", by: "place", "sealed") }

    package init(database: Database) {
        self.database = database
    }
}

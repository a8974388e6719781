import Cryptography
import Kernel
import ObjectStore
import Postgres

/// The stored parts of a recording.
struct StoredSegments {
    /// The store does not give back what was put into it.
    enum Failure: Error {
        case changed(key: String)
        case noHeader
    }

    struct Segment: Sendable {
        let scope: TenantScope
        let store: RecordingStoreID?
        let key: String
        let hash: [UInt8]
        let count: Int

        /// The bytes, if they are those that were stored.
        func read(from stores: RecordingStores) async throws -> [UInt8] {
            let bytes = try await stores.find(store, scope).get(ObjectKey(key))
            guard Hash256.of(bytes).bytes == hash else { throw Failure.changed(key: key) }
            return bytes
        }
    }

    let database: Database

    func list(of recording: RecordingID, in scope: TenantScope) async throws -> [Segment] {
        try await database.query(RecordingStore.segments(of: recording, tenant: scope.tenant), in: scope) { row in
            Segment(
                scope: scope, store: try row.next(), key: try row.next(), hash: try row.next(), count: try row.next())
        }
    }
}

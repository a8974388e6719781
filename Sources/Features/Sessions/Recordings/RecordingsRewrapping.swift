import Cryptography
package import Kernel
package import Postgres
import Recording
package import Tenancy

/// Moves the keys of recordings under a tenant's new key. The containers stay as they are: what stands in their header is
/// opened by nobody any more.
///
/// A recording of which nothing has arrived yet waits: its header must be that of the key that was granted.
package struct RecordingsRewrapping: SecretRewrapping {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { "recordings" }

    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        try await database.first(
            """
            select count(*) from recordings
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(current) and progress is not null
            """, in: scope
        ) { try $0.next() } ?? 0
    }

    package func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int {
        let rows = try await database.query(
            """
            select recording_id, tenant_key_id, wrapped_key from recordings
            where tenant_id = \(scope.tenant) and tenant_key_id <> \(chain.current.id) and progress is not null
            order by recording_id limit \(limit)
            """, in: scope
        ) { (try $0.next(RecordingID.self), try $0.next(TenantKeyID.self), try $0.next([UInt8].self)) }
        for (recording, id, wrapped) in rows {
            guard let old = chain.all.first(where: { $0.id == id }) else { throw SealError.unknownKey }
            let key = try RecordingKey(unwrapping: wrapped, by: old, recording: recording)
            let fresh = try key.wrapped(by: chain.current, recording: recording)
            try await database.execute(
                """
                update recordings set tenant_key_id = \(chain.current.id), wrapped_key = \(fresh)
                where tenant_id = \(scope.tenant) and recording_id = \(recording) and wrapped_key = \(wrapped)
                """, in: scope)
        }
        return rows.count
    }
}

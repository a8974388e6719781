import Cryptography
import Hosting
import Kernel
import ObjectStore
import Postgres
import Sessions
import Tenancy

extension ErasureParts {
    /// Everything below the tenant's prefix, in the installation's object store and in those of the tenant's own.
    static func live(_ database: Database, _ stores: TenantStores, _ installation: InstallationKeys) -> ErasureParts {
        let prefix: @Sendable (TenantScope) -> String = { TenantObjectStore.root(of: $0.tenant) }
        return ErasureParts(
            objects: { scope in
                var count = 0
                for store in try await stores.all(in: scope) {
                    count += try await store.list(prefix: prefix(scope)).count
                }
                return count
            },
            removeObjects: { scope in
                for store in try await stores.all(in: scope) {
                    for key in try await store.list(prefix: prefix(scope)) { try await store.delete(key) }
                }
            },
            recordedBytes: { try await Recordings.recordedBytes(in: $0, database) },
            signer: EvidenceSigner(key: installation.erasures))
    }
}

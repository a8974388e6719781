import Cryptography
import Hosting
import Kernel
import ObjectStore
import Postgres
import Sessions
import Tenancy

extension ErasureParts {
    /// Everything below the tenant's prefix in the installation's object store.
    static func live(
        _ database: Database, _ store: any ObjectStore, _ installation: InstallationKeys
    ) -> ErasureParts {
        let prefix: @Sendable (TenantScope) -> String = { "tenants/\($0.tenant.text)/" }
        return ErasureParts(
            objects: { try await store.list(prefix: prefix($0)).count },
            removeObjects: { scope in
                for key in try await store.list(prefix: prefix(scope)) { try await store.delete(key) }
            },
            recordedBytes: { try await Recordings.recordedBytes(in: $0, database) },
            signer: EvidenceSigner(key: installation.erasures))
    }
}

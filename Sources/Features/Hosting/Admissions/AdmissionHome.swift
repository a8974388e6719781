import Kernel
import Postgres

/// Finds the tenant of an admission that a worker names.
struct AdmissionHome {
    let database: Database

    func scope(of id: AdmissionID, on worker: WorkerID) async throws -> TenantScope? {
        try await database.first(
            AdmissionStore.home(of: id, on: worker), in: SystemScope(reason: "a worker's admission"),
            { TenantScope(tenant: try $0.next()) })
    }
}

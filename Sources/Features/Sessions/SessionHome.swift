import Kernel
import Postgres

/// Finds the tenant of what a worker names by its id alone. What is not this worker's does not exist for it.
struct SessionHome {
    let database: Database

    func scope(of session: SessionID, on worker: WorkerID) async throws -> TenantScope {
        let tenant = try await database.first(
            "select tenant_id from sessions where worker_id = \(worker) and session_id = \(session)",
            in: SystemScope(reason: "a worker's session"), { try $0.next(TenantID.self) })
        guard let tenant else { throw SessionError.notFound }
        return TenantScope(tenant: tenant)
    }

    func scope(of recording: RecordingID, on worker: WorkerID) async throws -> TenantScope {
        let tenant = try await database.first(
            "select tenant_id from sessions where worker_id = \(worker) and recording_id = \(recording)",
            in: SystemScope(reason: "a worker's recording"), { try $0.next(TenantID.self) })
        guard let tenant else { throw SessionError.notFound }
        return TenantScope(tenant: tenant)
    }
}

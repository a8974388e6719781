import FoundationEssentials
import Kernel
import Postgres

/// Writes down a granted session and the recording that it will have.
struct CreateSession {
    func callAsFunction(_ new: NewSession, tenant: TenantID, in transaction: Transaction) async throws {
        try await transaction.execute(SessionStore.insert(new, tenant: tenant))
        try await transaction.execute(
            RecordingStore.insert(new.recording, of: new.id, at: new.createdAt, tenant: tenant))
    }
}

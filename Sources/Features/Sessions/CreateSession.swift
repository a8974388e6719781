import FoundationEssentials
import Kernel
import Metering
import Postgres

/// Writes down a granted session and the recording that it will have, if the tenant's plan allows one more.
struct CreateSession {
    func callAsFunction(_ new: NewSession, tenant: TenantID, in transaction: Transaction) async throws {
        try await Quotas.admitSession(in: TenantScope(tenant: tenant), at: new.createdAt, transaction)
        try await transaction.execute(SessionStore.insert(new, tenant: tenant))
        try await transaction.execute(
            RecordingStore.insert(new.recording, of: new.id, at: new.createdAt, tenant: tenant))
    }
}

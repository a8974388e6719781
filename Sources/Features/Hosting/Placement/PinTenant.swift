import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Binds a tenant to workers, or to none in particular. Sessions that run go on where they are.
struct PinTenant {
    let database: Database

    func callAsFunction(
        _ tenant: TenantID, to pinning: TenantPinning?, at now: Date, in scope: ProviderScope, audit: AuditDraft
    ) async throws {
        do {
            try await database.transaction(in: scope) { transaction in
                try await transaction.execute(
                    pinning.map { PlacementStore.pin(tenant, to: $0, at: now) } ?? PlacementStore.unpin(tenant))
                audit.target("tenant", tenant.text)
                audit.detail("pools", .array((pinning?.pools ?? []).map(JSON.string)))
                audit.detail("labels", (pinning?.labels ?? []).json)
                try await audit.write(in: transaction)
            }
        } catch let error as DatabaseError where error.isForeignKeyViolation {
            throw HostingError.notFound
        }
    }
}

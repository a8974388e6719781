import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Suspends and resumes tenants. It runs in the tenant's own scope, so that the state, the event that ends live
/// sessions and the line in the tenant's trail commit together.
struct ChangeTenantState {
    let store: TenantStore

    func suspend(_ id: TenantID, by provider: String, audit: AuditDraft, at now: Date) async throws -> Tenant {
        try await change(id, .suspended, by: provider, audit, at: now) { state throws(TenancyError) in
            try state.suspended()
        }
    }

    func resume(_ id: TenantID, by provider: String, audit: AuditDraft, at now: Date) async throws -> Tenant {
        try await change(id, .resumed, by: provider, audit, at: now) { state throws(TenancyError) in
            try state.resumed()
        }
    }

    private func change(
        _ id: TenantID, _ kind: TenantEvents.Kind, by provider: String, _ audit: AuditDraft, at now: Date,
        _ transition: (TenantState) throws(TenancyError) -> TenantState
    ) async throws -> Tenant {
        let scope = TenantScope(tenant: id)
        try await store.database.transaction(in: scope) { tx in
            guard let tenant = try await store.lock(id, in: tx) else { throw TenancyError.notFound }
            audit.target("tenant", id.text, name: tenant.slug.text)
            try await store.setState(try transition(tenant.state), of: id, in: tx)
            try await TenantEvents.publish(kind, tenant, at: now, in: tx)
            try await TenantEvents.record(kind, tenant, by: provider, at: now, store.database, in: tx)
            try await TenantStore.announce(tenant, in: tx)
        }
        guard let tenant = try await store.find(id, in: scope) else { throw TenancyError.notFound }
        return tenant
    }
}

import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Asks a tenant to let one in. It is written in the tenant's own scope, with a line in its own trail; the gate writes the
/// provider's.
struct AskTenant {
    let database: Database

    func callAsFunction(_ request: AskForSupport, _ tenant: Tenant, _ acting: SupportActing) async throws
        -> SupportAccessID
    {
        guard tenant.state.isOpen else { throw SupportError.tenantClosed }
        let id = SupportAccessID.new(at: acting.now)
        let scope = tenant.scope
        acting.audit.target("tenant", tenant.id.text, name: tenant.slug.text)
        acting.audit.detail("access", .string(id.text))
        try await database.transaction(in: scope) { tx in
            guard try await !SupportStore.isPending(acting.operator, at: acting.now, in: scope, tx) else {
                throw SupportError.pending
            }
            try await SupportStore.insert(id, request, by: acting.operator, acting.name, at: acting.now, in: scope, tx)
            try await SupportTrail(database: database).tell(
                .asked, id, by: .provider(acting.operator, acting.name), reason: request.reason.text, at: acting.now,
                in: scope, tx)
        }
        return id
    }
}

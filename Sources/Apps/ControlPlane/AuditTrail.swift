import Audit
import HTTPAPI
import Kernel
import Postgres

/// Puts what the gates record where it belongs: a tenant's trail, or the provider's.
struct AuditTrail: Sendable {
    let tenants: AuditLog
    let provider: ProviderAuditLog

    var writer: AuditWriter {
        AuditWriter(
            inside: { record, transaction in
                let entry = AuditEntry(record)
                if let tenant = record.principal.tenant {
                    try await tenants.append(entry, in: TenantScope(tenant: tenant), transaction)
                } else {
                    try await provider.append(entry, about: entry.tenant, in: transaction)
                }
            },
            alone: { record in
                let entry = AuditEntry(record)
                if let tenant = record.principal.tenant {
                    try await tenants.append(entry, scope: TenantScope(tenant: tenant))
                } else {
                    try await provider.append(entry, about: entry.tenant, scope: ProviderScope())
                }
            })
    }
}

extension AuditEntry {
    /// The tenant that a provider's line is about.
    fileprivate var tenant: TenantID? {
        guard let target, target.kind == "tenant" else { return nil }
        return target.id.flatMap { TenantID($0) }
    }
}

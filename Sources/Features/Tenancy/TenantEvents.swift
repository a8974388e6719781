import Audit
import FoundationEssentials
import Kernel
import Postgres

/// What others hear about tenants, and what the tenant's own trail says about the provider.
enum TenantEvents {
    enum Kind: String {
        case created = "tenant.created"
        case suspended = "tenant.suspended"
        case resumed = "tenant.resumed"
    }

    static func publish(_ kind: Kind, _ tenant: Tenant, at now: Date, in tx: Transaction) async throws {
        try await Outbox().publish(
            DomainEvent(
                type: kind.rawValue, subject: tenant.id.text, data: ["slug": .string(tenant.slug.text)], at: now),
            in: tx)
    }

    static func record(
        _ kind: Kind, _ tenant: Tenant, by provider: String, at now: Date, _ database: Database, in tx: Transaction
    ) async throws {
        let entry = AuditEntry(
            action: kind.rawValue, actor: AuditActor(kind: .provider, id: nil, name: provider),
            target: AuditTarget("tenant", tenant.id, tenant.slug.text), at: now)
        try await AuditLog(database: database).append(entry, in: tx)
    }
}

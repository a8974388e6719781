package import Kernel
package import Postgres

/// The hosting provider's own trail: what operators and the installation itself did. Tenants do not see it.
package struct ProviderAuditLog: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// Writes a line in the transaction of what it tells, which must be the provider's or the system's.
    package func append(_ entry: AuditEntry, about tenant: TenantID? = nil, in transaction: Transaction) async throws {
        try await transaction.execute(Self.insert(entry, tenant))
    }

    /// Writes a line by itself.
    package func append(_ entry: AuditEntry, about tenant: TenantID? = nil, scope: ProviderScope) async throws {
        try await database.execute(Self.insert(entry, tenant), in: scope)
    }

    private static func insert(_ entry: AuditEntry, _ tenant: TenantID?) -> SQL {
        """
        insert into provider_audit_events (audit_event_id, at, action, actor_name, about_tenant, outcome, details,
          trace_id, client_address)
        values (\(AuditEventID.new(at: entry.at)), \(entry.at), \(entry.action), \(entry.actor.name.withoutNUL),
          \(tenant), \(entry.outcome), \(entry.details), \(entry.traceID), \(entry.clientAddress))
        """
    }
}

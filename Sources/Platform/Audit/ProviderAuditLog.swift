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
        try await transaction.enqueue(Self.insert(entry, tenant))
    }

    /// Writes a line by itself.
    package func append(_ entry: AuditEntry, about tenant: TenantID? = nil, scope: ProviderScope) async throws {
        try await database.execute(Self.insert(entry, tenant), in: scope)
    }

    /// Reads lines; the tail narrows and orders them, as a page of a list does (`"\(page)"`).
    package func records(_ tail: SQL, in scope: ProviderScope) async throws -> [AuditRecord] {
        try await database.query(
            """
            select audit_event_id, at, action, actor_kind, actor_id, actor_name, target_kind, target_id, target_name,
              outcome, details, trace_id, client_address
            from provider_audit_events where true \(fragment: tail)
            """, in: scope, AuditRecord.init)
    }

    /// A line whose target is a tenant is about that tenant, if it does not say otherwise.
    private static func insert(_ entry: AuditEntry, _ tenant: TenantID?) -> SQL {
        let target = entry.target
        let tenant = tenant ?? (target?.kind == "tenant" ? target?.id.flatMap(TenantID.init) : nil)
        return """
            insert into provider_audit_events (audit_event_id, at, action, actor_kind, actor_id, actor_name, target_kind,
              target_id, target_name, about_tenant, outcome, details, trace_id, client_address)
            values (\(AuditEventID.new(at: entry.at)), \(entry.at), \(entry.action), \(entry.actor.kind),
              \(entry.actor.id), \(entry.actor.name.withoutNUL), \(target?.kind), \(target?.id),
              \(target?.name?.withoutNUL), \(tenant), \(entry.outcome), \(entry.details), \(entry.traceID),
              \(entry.clientAddress))
            """
    }
}

package import FoundationEssentials
package import Kernel
package import Postgres

/// A tenant's audit trail. Lines are added and read; the database lets nobody change or remove one.
package struct AuditLog: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// Writes a line in the transaction of what it tells: either both happen or neither. The transaction must be the
    /// tenant's own: the database refuses one in another's scope.
    package func append(_ entry: AuditEntry, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await transaction.enqueue(Self.insert(entry, scope.tenant))
    }

    /// Writes many lines of one kind about many targets, in a statement for each thousand: the entry with each target in
    /// place of its own.
    package func append(
        _ entry: AuditEntry, about targets: [AuditTarget], in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for start in stride(from: 0, to: targets.count, by: 1000) {
            let part = targets[start..<min(start + 1000, targets.count)]
            try await transaction.execute(
                """
                insert into audit_events (tenant_id, at, audit_event_id, action, actor_kind, actor_id, actor_name,
                  target_kind, target_id, target_name, outcome, details, trace_id, client_address)
                select \(scope.tenant)::uuid, \(entry.at)::timestamptz, t.event, \(entry.action)::text,
                  \(entry.actor.kind)::text, \(entry.actor.id)::text, \(entry.actor.name.withoutNUL)::text, t.kind, t.id,
                  t.name, \(entry.outcome)::text, \(entry.details)::jsonb, \(entry.traceID)::text,
                  \(entry.clientAddress)::text
                from unnest(\(part.map { _ in AuditEventID.new(at: entry.at) })::uuid[], \(part.map(\.kind))::text[],
                  \(part.map(\.id))::text[], \(part.map { $0.name?.withoutNUL })::text[]) as t (event, kind, id, name)
                """)
        }
    }

    /// Writes a line by itself, for what changed nothing: a read, a refusal.
    package func append(_ entry: AuditEntry, scope: TenantScope) async throws {
        try await database.execute(Self.insert(entry, scope.tenant), in: scope)
    }

    /// Reads lines; the tail narrows and orders them, as a page of a list does (`"\(page)"`).
    package func records(_ tail: SQL, in scope: TenantScope) async throws -> [AuditRecord] {
        try await database.query(
            """
            select audit_event_id, at, action, actor_kind, actor_id, actor_name, target_kind, target_id, target_name,
              outcome, details, trace_id, client_address
            from audit_events where tenant_id = \(scope.tenant) \(fragment: tail)
            """, in: scope, AuditRecord.init)
    }

    /// Removes lines that are older, in steps, and tells how many there were. That they go stands in the trail
    /// before they do. The database keeps what is younger than 90 days, whatever is asked for.
    ///
    /// `keeping` has a moment for lines of organizations that keep theirs longer.
    package func expire(
        before: Date, keeping: [OrganizationID: Date] = [:], at now: Date, in scope: TenantScope
    ) async throws -> Int {
        let kept = (places: keeping.map(\.key), moments: keeping.map(\.value))
        let isDue = try await database.first(
            """
            select true from audit_events e
            left join unnest(\(kept.places)::uuid[], \(kept.moments)::timestamptz[]) k (org_id, before)
              on k.org_id = e.org_id
            where e.tenant_id = \(scope.tenant) and e.at < \(before) and (k.before is null or e.at < k.before) limit 1
            """, in: scope
        ) { try $0.next(Bool.self) }
        guard isDue == true else { return 0 }
        try await append(
            AuditEntry(
                action: "audit.expired", actor: .system("retention"),
                details: ["before": .string(Timestamp.text(before))],
                at: now), scope: scope)
        var removed = 0
        while true {
            let count = try await database.execute(
                """
                delete from audit_events where tenant_id = \(scope.tenant) and (at, audit_event_id) in (
                  select e.at, e.audit_event_id from audit_events e
                  left join unnest(\(kept.places)::uuid[], \(kept.moments)::timestamptz[]) k (org_id, before)
                    on k.org_id = e.org_id
                  where e.tenant_id = \(scope.tenant) and e.at < \(before) and (k.before is null or e.at < k.before)
                  order by e.at limit 1000)
                """, in: SystemScope(reason: "the audit trail's retention"))
            removed += count
            if count < 1000 { return removed }
        }
    }

    // The tenant is bound and not read from the scope: where the two differ, row-level security refuses the line.
    private static func insert(_ entry: AuditEntry, _ tenant: TenantID) -> SQL {
        """
        insert into audit_events (tenant_id, at, audit_event_id, action, actor_kind, actor_id, actor_name, target_kind,
          target_id, target_name, outcome, details, trace_id, client_address)
        values (\(tenant), \(entry.at), \(AuditEventID.new(at: entry.at)),
          \(entry.action), \(entry.actor.kind), \(entry.actor.id), \(entry.actor.name.withoutNUL), \(entry.target?.kind),
          \(entry.target?.id), \(entry.target?.name?.withoutNUL), \(entry.outcome), \(entry.details),
          \(entry.traceID), \(entry.clientAddress))
        """
    }
}

extension String {
    /// A name that somebody claims may hold anything; the line about it must be written all the same.
    var withoutNUL: String { utf8.contains(0) ? String(filter { $0 != "\0" }) : self }
}

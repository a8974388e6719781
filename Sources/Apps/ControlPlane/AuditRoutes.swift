package import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Permission {
    package static let auditRead = Permission("audit.read")
}

/// A line of the audit trail as people read it.
package struct AuditLine: WireValue, Sendable {
    package let id: AuditEventID
    package let at: Date
    package let action: String
    package let actor: AuditLineActor
    package let target: AuditLineTarget?
    package let outcome: AuditLineOutcome
    package let details: JSON
    package let traceId: String
    package let clientAddress: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("at", \.at)
        Field("action", \.action, .text(0...200))
        Field("actor", \.actor)
        Field("target", \.target, AuditLineTarget.schema)
        Field("outcome", \.outcome)
        Field("details", \.details, .anything, note: "What else is known; its members depend on the action.")
        Field("traceId", \.traceId, .text(0...200))
        Field("clientAddress", \.clientAddress, .text(0...100))
    }

    package static let listing = Listing<AuditLine>(
        key: Column("id", "audit_event_id", \.id), order: .descending("at"), sortable: ["at"],
        columns: [
            Column("at", "at", \.at), Column("action", "action", \.action, .text(1...200)),
            Column("outcome", "outcome", \.outcome), Column("traceId", "trace_id", \.traceId, .text(1...200)),
            Column("targetName", "coalesce(target_name, '')", { $0.target?.name ?? "" }, .text(1...500)),
            Column("actorName", "actor_name", \.actor.name, .text(1...300)),
            Column("targetKind", "coalesce(target_kind, '')", { $0.target?.kind ?? "" }, .text(1...100)),
            Column("targetId", "coalesce(target_id, '')", { $0.target?.id ?? "" }, .text(1...100)),
        ])
}

package enum AuditLineOutcome: String, CaseIterable, WireValue, SQLBindable { case success, refused, failed }

package struct AuditLineActor: WireValue, Sendable {
    package let kind: String
    package let id: String?
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind, .text(1...20))
        Field("id", \.id, .text(0...100))
        Field("name", \.name, .text(0...500))
    }
}

package struct AuditLineTarget: WireValue, Sendable {
    package let kind: String
    package let id: String?
    package let name: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind, .text(1...100))
        Field("id", \.id, .text(0...100))
        Field("name", \.name, .text(0...500))
    }
}

/// The trail for people: reading it is itself in the trail.
package enum AuditRoutes {
    private typealias Route = Endpoint<TenantAPI, AuditLog>

    package static let group = EndpointGroup<TenantAPI, AuditLog>("audit") {
        Route.list(
            "events", "/audit-events", summary: "List what happened", permission: .auditRead,
            audit: .action("audit.read"), by: AuditLine.listing
        ) { log, call in
            Rows(try await log.records("\(call.query)", in: call.scope).map(AuditLine.init), of: call.query)
        }
    }
}

package import Audit
package import HTTPAPI
import Kernel
import Postgres

extension Permission {
    package static let providerAudit = Permission("provider.audit")
}

/// The provider's own trail for operators: reading it is itself in the trail.
package enum ProviderAuditRoutes {
    private typealias Route = Endpoint<ProviderAPI, ProviderAuditLog>

    package static let group = EndpointGroup<ProviderAPI, ProviderAuditLog>("provider-audit") {
        Route.list(
            "events", "/audit-events", summary: "List what happened", permission: .providerAudit,
            audit: .action("audit.read"), by: AuditLine.listing
        ) { log, call in
            Rows(try await log.records("\(call.query)", in: call.scope).map(AuditLine.init), of: call.query)
        }
    }
}

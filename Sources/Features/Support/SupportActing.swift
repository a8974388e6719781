package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// An operator who acts on a tenant's support access.
package struct SupportActing: Sendable {
    package let `operator`: ProviderOperatorID
    package let name: String
    package let now: Date
    package let audit: AuditDraft

    package init(operator: ProviderOperatorID, name: String, now: Date, audit: AuditDraft = .discarding) {
        self.operator = `operator`
        self.name = name
        self.now = now
        self.audit = audit
    }
}

package import FoundationEssentials
package import Kernel
package import Postgres

/// One line of the audit trail as the gate sees it: success and refusal alike.
package struct AuditRecord: Sendable, Equatable {
    package enum Outcome: String, Sendable { case success, refused, failed }

    package let action: String
    package let principal: Principal
    package let target: AuditTarget?
    package let outcome: Outcome
    /// The problem's name, for what did not succeed.
    package let problem: String?
    /// Which operation it came through.
    package let operation: String
    package let details: JSON
    package let traceID: String
    package let clientAddress: String
    package let at: Date
}

/// What was acted on, in a form that outlives it.
package struct AuditTarget: Sendable, Equatable {
    package let kind: String
    package let id: String
    package let name: String

    package init(kind: String, id: String, name: String = "") {
        self.kind = kind
        self.id = id
        self.name = name
    }
}

/// Where audit records go: inside the transaction of the change, or in one of their own.
package struct AuditWriter: Sendable {
    package var inside: @Sendable (AuditRecord, Transaction) async throws -> Void
    package var alone: @Sendable (AuditRecord) async throws -> Void

    package init(
        inside: @escaping @Sendable (AuditRecord, Transaction) async throws -> Void,
        alone: @escaping @Sendable (AuditRecord) async throws -> Void
    ) {
        self.inside = inside
        self.alone = alone
    }
}

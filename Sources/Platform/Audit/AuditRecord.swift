package import FoundationEssentials
package import Kernel
import Postgres

/// One line of the audit trail, as it was written.
package struct AuditRecord: Sendable, Equatable {
    package let id: AuditEventID
    package let at: Date
    package let action: String
    package let actor: AuditActor
    package let target: AuditTarget?
    package let outcome: AuditOutcome
    package let details: JSON
    package let traceID: String
    package let clientAddress: String?

    init(row: inout Row) throws {
        id = try row.next()
        at = try row.next()
        action = try row.next()
        actor = AuditActor(kind: try row.next(), id: try row.next(), name: try row.next())
        let kind = try row.next(String?.self)
        let target = (id: try row.next(String?.self), name: try row.next(String?.self))
        self.target = kind.map { AuditTarget(kind: $0, id: target.id, name: target.name) }
        outcome = try row.next()
        details = try row.next()
        traceID = try row.next()
        clientAddress = try row.next()
    }
}

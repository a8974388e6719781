import Audit
import Kernel

import struct Audit.AuditRecord

extension AuditLine {
    /// A line as it is stored.
    init(_ record: AuditRecord) {
        self.init(
            id: record.id, at: record.at, action: record.action,
            actor: AuditLineActor(kind: record.actor.kind.rawValue, id: record.actor.id, name: record.actor.name),
            target: record.target.map { AuditLineTarget(kind: $0.kind, id: $0.id, name: $0.name) },
            outcome: AuditLineOutcome(rawValue: record.outcome.rawValue) ?? .failed, details: record.details,
            traceId: record.traceID, clientAddress: record.clientAddress)
    }
}

import Audit
import Kernel

import struct Audit.AuditTarget
import struct HTTPAPI.AuditRecord

extension AuditEntry {
    /// What a gate recorded, as a line of the trail.
    init(_ record: AuditRecord) {
        self.init(
            action: record.action,
            actor: AuditActor(
                kind: record.principal.kind == .user ? .user : .nobody, id: record.principal.id,
                name: record.principal.name),
            target: record.target.map { AuditTarget(kind: $0.kind, id: $0.id, name: $0.name) },
            outcome: AuditOutcome(rawValue: record.outcome.rawValue) ?? .failed, details: record.details,
            traceID: record.traceID, clientAddress: record.clientAddress, at: record.at)
    }
}

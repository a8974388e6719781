import Audit
import Kernel

import struct Audit.AuditTarget
import struct HTTPAPI.AuditRecord

extension AuditEntry {
    /// What a gate recorded, as a line of the trail.
    init(_ record: AuditRecord) {
        var details: [JSON.Member] = []
        if case .object(let members) = record.details { details = members }
        details.append(.init("operation", .string(record.operation)))
        if let problem = record.problem { details.append(.init("problem", .string(problem))) }
        let principal = record.principal
        let kind: AuditActor.Kind =
            switch principal.kind {
            case .user: .user
            case .provider: .provider
            case .worker: .worker
            case .program: .system
            case .anonymous: .nobody
            }
        self.init(
            action: record.action,
            actor: AuditActor(
                kind: kind, id: kind == .nobody || kind == .system ? nil : principal.id, name: principal.name),
            target: record.target.map { AuditTarget(kind: $0.kind, id: $0.id, name: $0.name) },
            outcome: AuditOutcome(rawValue: record.outcome.rawValue) ?? .failed, details: .object(details),
            traceID: record.traceID, clientAddress: record.clientAddress, at: record.at)
    }
}

import Audit
import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// What others hear about sessions.
package enum SessionEvents {
    static let connectedType = "session.connected"
    static let endedType = "session.ended"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        (connectedType, ["user"]), (endedType, ["user", "reason"]),
    ]

    static func connected(
        _ row: SessionRow, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await Outbox().publish(
            event(connectedType, row, ["user": .string(row.user.id.text)], at: now), in: scope, transaction)
    }

    static func ended(
        _ rows: [SessionRow], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let events = rows.map { row in
            let reason = row.life.ending?.reason.rawValue ?? ""
            return event(
                endedType, row, ["user": .string(row.user.id.text), "reason": .string(reason)], at: now)
        }
        try await Outbox().publish(events, in: scope, transaction)
    }

    private static func event(_ type: String, _ row: SessionRow, _ data: JSON, at now: Date) -> DomainEvent {
        DomainEvent(type: type, subject: row.id.text, data: data, at: now)
    }
}

extension SessionRow {
    /// A line of the audit trail that a worker's report leaves.
    func entry(_ action: String, _ outcome: AuditOutcome, _ details: JSON, at time: Date) -> AuditEntry {
        AuditEntry(
            action: action, actor: .worker(worker, worker.text),
            target: AuditTarget("session", id, "\(user.name) on \(assetName)"), outcome: outcome,
            details: details, traceID: traceID, at: time)
    }
}

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
        try await publish(
            connectedType, row, ["user": .string(row.user.id.text)], at: now, in: scope, transaction)
    }

    static func ended(
        _ rows: [SessionRow], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for row in rows {
            let reason = row.life.ending?.reason.rawValue ?? ""
            try await publish(
                endedType, row, ["user": .string(row.user.id.text), "reason": .string(reason)], at: now,
                in: scope, transaction)
        }
    }

    private static func publish(
        _ type: String, _ row: SessionRow, _ data: JSON, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await Outbox().publish(
            DomainEvent(type: type, subject: row.id.text, data: data, at: now), in: scope, transaction)
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

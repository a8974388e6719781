import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Ends sessions from the outside: the row, the audit trail and the word to the workers in one transaction, so that
/// neither can be without the other.
struct EndSessions {
    let line: WorkerLine

    /// The sessions that this ended. Looked at again under the lock, a session may have no reason any more.
    @discardableResult
    func callAsFunction(
        where selection: SessionSelection, tenant: TenantID, in transaction: Transaction, at now: Date,
        because reason: (SessionRow) -> EndReason?, text: String? = nil
    ) async throws -> [SessionRow] {
        let live = try await transaction.query(SessionStore.lockLive(selection, tenant: tenant)) {
            try SessionRow(&$0)
        }
        let rows: [SessionRow] = live.compactMap { row in
            guard let reason = reason(row) else { return nil }
            var row = row
            row.life.end(reason, text: text ?? reason.text, at: now)
            return row
        }
        guard !rows.isEmpty else { return [] }
        try await transaction.execute(SessionStore.save(rows, leaseUntil: nil, tenant: tenant))
        try await line.tell(rows.map(\.endNotice), transaction)
        try await SessionEvents.ended(rows, at: now, in: TenantScope(tenant: tenant), transaction)
        return rows
    }
}

extension SessionRow {
    fileprivate var endNotice: WorkerLine.Notice {
        WorkerLine.Notice(
            worker: worker,
            event: WorkerEvent(kind: .end, session: id, reason: life.ending?.reason, text: life.ending?.text))
    }
}

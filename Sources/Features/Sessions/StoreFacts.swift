import Audit
import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Takes what happened in a session, in order and once: what came before is skipped, and what lies behind a gap is left
/// for the worker to send again.
struct StoreFacts {
    let database: Database

    /// How far the facts are stored now.
    func callAsFunction(
        _ facts: [SessionFact], of session: SessionID, from worker: WorkerID, at now: Date
    ) async throws -> FactsStored {
        let scope = try await SessionHome(database: database).scope(of: session, on: worker)
        return try await database.transaction(in: scope) { transaction in
            guard
                var row = try await transaction.first(
                    SessionStore.lock(session, tenant: scope.tenant), { try SessionRow(&$0) })
            else { throw SessionError.notFound }
            let wasPending = row.life.state == .pending
            var commands: [CommandView] = []
            var entries: [AuditEntry] = []
            for fact in facts.sorted(by: { $0.sequence < $1.sequence }) where fact.sequence == row.factSequence + 1 {
                row.factSequence = fact.sequence
                // A worker's clock is believed as far as the session's life allows.
                let time = min(max(fact.at, row.life.createdAt), now)
                switch fact.event {
                case .connected: row.life.connect(at: time)
                case .command(let command): commands.append(row.command(command, at: time))
                case .failed(let failure): entries.append(row.entry(failure, at: time))
                case .notice(let notice): entries.append(row.entry(notice, at: time))
                }
            }
            try await transaction.execute(SessionStore.save([row], leaseUntil: nil, tenant: scope.tenant))
            if !commands.isEmpty {
                try await transaction.execute(SessionStore.insert(commands, tenant: scope.tenant))
            }
            for entry in entries { try await AuditLog(database: database).append(entry, in: scope, transaction) }
            if wasPending, row.life.state == .live {
                try await SessionEvents.connected(row, at: now, in: scope, transaction)
            }
            return FactsStored(sequence: row.factSequence)
        }
    }
}

extension SessionRow {
    fileprivate func command(_ command: CommandFact, at time: Date) -> CommandView {
        CommandView(
            id: .new(at: time), at: time, session: id, user: user.name, asset: assetName, account: accountName,
            line: command.line, verdict: command.verdict, confidence: command.confidence, offsetUs: command.offsetUs)
    }

    fileprivate func entry(_ failure: FailedFact, at time: Date) -> AuditEntry {
        entry(
            "session.failed", .failed, ["phase": .string(failure.phase), "cause": .string(failure.cause)], at: time)
    }

    fileprivate func entry(_ notice: NoticeFact, at time: Date) -> AuditEntry {
        entry("session.noticed", .success, ["code": .string(notice.code), "text": .string(notice.text)], at: time)
    }
}

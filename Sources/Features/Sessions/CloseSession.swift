import FoundationEssentials
import GatewayContract
import Kernel
import Metering
import Postgres

/// Takes a worker's last word about a session. Said twice, it counts once.
struct CloseSession {
    let database: Database

    func callAsFunction(
        _ end: SessionEnd, of session: SessionID, from worker: WorkerID, at now: Date
    ) async throws {
        let scope = try await SessionHome(database: database).scope(of: session, on: worker)
        try await database.transaction(in: scope) { transaction in
            guard
                var row = try await transaction.first(
                    SessionStore.lock(session, tenant: scope.tenant), { try SessionRow(&$0) })
            else { throw SessionError.notFound }
            let wasOver = row.life.state == .ended
            guard let added = row.life.close(end, at: now) else { return }
            try await transaction.execute(SessionStore.save([row], leaseUntil: nil, tenant: scope.tenant))
            try await transaction.execute(
                SessionStore.saveExit(end.exitStatus, of: session, tenant: scope.tenant))
            if end.chain == nil {
                try await transaction.execute(
                    RecordingStore.markAbsent(of: session, at: now, tenant: scope.tenant))
            }
            try await Metering.record(
                row.usage(added, report: "end", at: now), of: scope.tenant, in: transaction)
            if !wasOver { try await SessionEvents.ended([row], at: now, in: scope, transaction) }
        }
    }
}

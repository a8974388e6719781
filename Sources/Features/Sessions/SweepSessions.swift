import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Ends what nobody else ends: sessions whose time is over, whose worker is silent, or whose worker was taken out.
struct SweepSessions {
    private static let most = 1000

    let database: Database
    let line: WorkerLine

    /// How many sessions were ended.
    func callAsFunction(at now: Date) async throws -> Int {
        let due = try await database.query(
            SessionStore.due(at: now, limit: Self.most), in: SystemScope(reason: "sessions that are over")
        ) { row in
            (
                tenant: try row.next(TenantID.self), session: try row.next(SessionID.self),
                isBarred: try row.next(Bool.self)
            )
        }
        var count = 0
        for (tenant, sessions) in Dictionary(grouping: due, by: \.tenant) {
            let barred = Set(sessions.filter(\.isBarred).map(\.session))
            count += try await database.transaction(in: TenantScope(tenant: tenant)) { transaction in
                let rows = try await EndSessions(line: line)(
                    where: .sessions(sessions.map(\.session)), tenant: tenant, in: transaction, at: now
                ) { row in row.reasonToSweep(isBarred: barred.contains(row.id), at: now) }
                return rows.count
            }
        }
        return count
    }
}

extension SessionRow {
    fileprivate func reasonToSweep(isBarred: Bool, at now: Date) -> EndReason? {
        if isBarred { return .workerQuarantined }
        if expiresAt <= now { return SessionStanding.reason(ofEndAt: expiresAt, createdAt: life.createdAt) }
        return leaseUntil <= now ? .workerLost : nil
    }
}

import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Gives the sessions that stand on a grant the end that the grant has now.
struct MoveEnds {
    let database: Database
    let line: WorkerLine

    func callAsFunction(on grant: GrantID, in scope: TenantScope, at now: Date) async throws -> [SessionID] {
        try await database.transaction(in: scope) { transaction in
            let rows = try await transaction.query(
                SessionStore.lockStanding(on: grant, tenant: scope.tenant)
            ) { row in (session: try SessionRow(&row), standing: try SessionStanding(&row)) }
            let moved = rows.compactMap { session, standing -> SessionRow? in
                // What has to end is ended by whoever said so: this only lets go on.
                guard case .goOn(let until) = standing.verdict(createdAt: session.life.createdAt, at: now),
                    until != session.expiresAt
                else { return nil }
                var session = session
                session.expiresAt = until
                return session
            }
            guard !moved.isEmpty else { return [] }
            try await transaction.execute(SessionStore.save(moved, leaseUntil: nil, tenant: scope.tenant))
            try await line.tell(moved.map(\.extendNotice), transaction)
            return moved.map(\.id)
        }
    }
}

extension SessionRow {
    fileprivate var extendNotice: WorkerLine.Notice {
        WorkerLine.Notice(worker: worker, event: WorkerEvent(kind: .extend, session: id, endsAt: expiresAt))
    }
}

import FoundationEssentials
import GatewayContract
import Kernel
import Metering
import Postgres

/// Renews the leases of a worker's sessions: takes what it has counted, and tells which of them may go on.
///
/// The event stream is quick and this is true: a session is looked at here with everything that it depends on, whether
/// or not anybody has told the worker about a change.
struct RenewLeases {
    let database: Database

    func callAsFunction(_ reports: [SessionReport], of worker: WorkerID, at now: Date) async throws -> LeaseAnswer {
        let newest = Dictionary(reports.map { ($0.session, $0) }) { $0.sequence < $1.sequence ? $1 : $0 }
        let homes = try await database.query(
            SessionStore.homes(of: Array(newest.keys), on: worker), in: SystemScope(reason: "leases of \(worker)")
        ) { row in (session: try row.next(SessionID.self), tenant: try row.next(TenantID.self)) }
        var leases: [SessionID: SessionLease] = [:]
        for (tenant, homes) in Dictionary(grouping: homes, by: \.tenant) {
            let reports = homes.compactMap { newest[$0.session] }
            for lease in try await renew(reports, of: worker, in: TenantScope(tenant: tenant), at: now) {
                leases[lease.session] = lease
            }
        }
        let answers = newest.keys.map { leases[$0] ?? SessionLease(session: $0, state: .unknown) }
        return LeaseAnswer(sessions: answers, leaseSeconds: LeaseTerms.renewal)
    }

    private func renew(
        _ reports: [SessionReport], of worker: WorkerID, in scope: TenantScope, at now: Date
    ) async throws -> [SessionLease] {
        let reported = Dictionary(uniqueKeysWithValues: reports.map { ($0.session, $0) })
        return try await database.transaction(in: scope) { transaction in
            var rows = try await transaction.query(
                SessionStore.lockForLease(Array(reported.keys), on: worker, tenant: scope.tenant)
            ) { row in (session: try SessionRow(&row), standing: try SessionStanding(&row)) }
            var usage: [UsageEvent] = []
            var ended: [SessionRow] = []
            for index in rows.indices {
                guard let report = reported[rows[index].session.id] else { continue }
                let added = rows[index].session.life.report(report, at: now)
                usage += rows[index].session.usage(added, report: String(report.sequence), at: now)
                if rows[index].session.apply(rows[index].standing, at: now) { ended.append(rows[index].session) }
            }
            let until = now + LeaseTerms.presumedLost
            try await transaction.execute(
                SessionStore.save(rows.map(\.session), leaseUntil: until, tenant: scope.tenant))
            try await Metering.record(usage, of: scope.tenant, in: transaction)
            try await SessionEvents.ended(ended, at: now, in: scope, transaction)
            return rows.map(\.session.lease)
        }
    }
}

extension SessionStanding {
    /// The last columns of `SessionStore.lockForLease`.
    init(_ row: inout Row) throws {
        tenantIsServed = try row.next()
        userIsActive = try row.next()
        let state: String? = try row.next()
        let endsAt: Date? = try row.next()
        grant = state.map { Grant(isActive: $0 == "active", hasEnded: $0 == "ended", endsAt: endsAt) }
    }
}

extension SessionRow {
    /// Ends the session if it may not go on, or moves its end to where it is now. True if it was ended by this.
    mutating func apply(_ standing: SessionStanding, at now: Date) -> Bool {
        guard life.state != .ended else { return false }
        switch standing.verdict(createdAt: life.createdAt, at: now) {
        case .goOn(let until):
            expiresAt = until
            return false
        case .end(let reason): return life.end(reason, text: reason.text, at: now)
        }
    }

    /// What the worker is told.
    var lease: SessionLease {
        guard life.state == .ended else { return SessionLease(session: id, state: .ok, endsAt: expiresAt) }
        return SessionLease(session: id, state: .ended, endReason: life.ending?.reason, endText: life.ending?.text)
    }
}

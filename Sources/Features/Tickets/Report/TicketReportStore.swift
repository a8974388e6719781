import FoundationEssentials
import Kernel
import Postgres

/// The SQL of the report: four statements over the requests of a time, each read once.
struct TicketReportStore: Sendable {
    func report(
        from: Date, to: Date, in scope: TenantScope, _ database: Database
    ) async throws -> TicketReport {
        try await database.transaction(in: scope) { transaction in
            let approvers = try await transaction.query(approvers(from, to, scope.tenant)) { row in
                TicketReportLine(
                    id: try row.next(UserID.self).text, name: try row.next(), count: try row.next(),
                    approved: try row.next(), rejected: try row.next(), medianSeconds: try row.next(),
                    slowSeconds: try row.next())
            }
            let assets = try await transaction.query(assets(from, to, scope.tenant)) { row in
                TicketReportLine(
                    id: try row.next(AssetID.self).text, name: try row.next(), count: try row.next(),
                    approved: try row.next(), rejected: try row.next(), medianSeconds: try row.next(),
                    slowSeconds: try row.next())
            }
            let kinds = try await transaction.query(kinds(from, to, scope.tenant)) { row in
                let kind: String = try row.next()
                return TicketReportLine(
                    id: kind, name: kind, count: try row.next(), approved: try row.next(), rejected: try row.next(),
                    medianSeconds: try row.next(), slowSeconds: try row.next())
            }
            let report = try await transaction.first(totals(from, to, scope.tenant)) { row in
                TicketReport(
                    opened: try row.next(), approved: try row.next(), rejected: try row.next(),
                    withdrawn: try row.next(), expired: try row.next(), open: try row.next(),
                    medianSeconds: try row.next(), slowSeconds: try row.next(), approvers: approvers, assets: assets,
                    kinds: kinds)
            }
            guard let report else { throw TicketError.notFound }
            return report
        }
    }

    /// Seconds from one time to another: half within, and nineteen of twenty within.
    private func times(_ from: SQL, _ to: SQL, when condition: SQL) -> SQL {
        """
        percentile_disc(0.5) within group (order by extract(epoch from \(fragment: to) - \(fragment: from)))
          filter (where \(fragment: condition))::int,
        percentile_disc(0.95) within group (order by extract(epoch from \(fragment: to) - \(fragment: from)))
          filter (where \(fragment: condition))::int
        """
    }

    private var answers: SQL {
        """
        count(*)::int, (count(*) filter (where t.state = 'approved'))::int,
        (count(*) filter (where t.state = 'rejected'))::int,
        \(fragment: times("t.created_at", "t.decided_at", when: "t.state in ('approved', 'rejected')"))
        """
    }

    private func totals(_ from: Date, _ to: Date, _ tenant: TenantID) -> SQL {
        """
        select count(*)::int, (count(*) filter (where t.state = 'approved'))::int,
          (count(*) filter (where t.state = 'rejected'))::int, (count(*) filter (where t.state = 'withdrawn'))::int,
          (count(*) filter (where t.state = 'expired'))::int, (count(*) filter (where t.state = 'open'))::int,
          \(fragment: times("t.created_at", "t.decided_at", when: "t.state in ('approved', 'rejected')"))
        from tickets t where t.tenant_id = \(tenant) and t.created_at >= \(from) and t.created_at < \(to)
        """
    }

    private func approvers(_ from: Date, _ to: Date, _ tenant: TenantID) -> SQL {
        """
        select d.user_id, coalesce(max(u.name), ''), count(*)::int,
          (count(*) filter (where d.outcome = 'approved'))::int, (count(*) filter (where d.outcome = 'rejected'))::int,
          \(fragment: times("coalesce(l.opened_at, t.created_at)", "d.decided_at", when: "true"))
        from tickets t
        join ticket_decisions d on d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id
        left join ticket_levels l on l.tenant_id = d.tenant_id and l.ticket_id = d.ticket_id and l.level = d.level
        left join user_directory u on u.tenant_id = d.tenant_id and u.user_id = d.user_id
        where t.tenant_id = \(tenant) and t.created_at >= \(from) and t.created_at < \(to)
        group by d.user_id order by count(*) desc, d.user_id limit \(TicketReport.most)
        """
    }

    private func assets(_ from: Date, _ to: Date, _ tenant: TenantID) -> SQL {
        """
        select m.asset_id, coalesce(max(a.name), ''), \(fragment: answers)
        from tickets t
        join ticket_assets m on m.tenant_id = t.tenant_id and m.ticket_id = t.ticket_id
        left join asset_directory a on a.tenant_id = m.tenant_id and a.asset_id = m.asset_id
        where t.tenant_id = \(tenant) and t.created_at >= \(from) and t.created_at < \(to)
        group by m.asset_id order by count(*) desc, m.asset_id limit \(TicketReport.most)
        """
    }

    private func kinds(_ from: Date, _ to: Date, _ tenant: TenantID) -> SQL {
        """
        select t.kind, \(fragment: answers)
        from tickets t where t.tenant_id = \(tenant) and t.created_at >= \(from) and t.created_at < \(to)
        group by t.kind order by count(*) desc, t.kind limit \(TicketReport.most)
        """
    }
}

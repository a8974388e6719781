import FoundationEssentials
import Kernel
import Postgres

/// The SQL of quotas: one row for each tenant and kind.
enum QuotaStore {
    private static let columns: SQL = "q.kind, q.hard_limit, q.soft_limit, q.used, q.warning_id is not null"

    static func decodeUse(_ row: inout Row) throws -> QuotaUse {
        QuotaUse(
            kind: try row.next(), limit: try row.next(), soft: try row.next(), used: try row.next(),
            isWarned: try row.next())
    }

    /// Counts up if the limit allows it, and remembers the warning that this makes necessary. No row: it does not.
    static func take(_ kind: LimitKind, _ count: Int, warning: EventID, day: Date?, tenant: TenantID) -> SQL {
        """
        update tenant_quotas q set
          used = case when q.day is distinct from \(day)::timestamptz then 0 else q.used end + \(count),
          day = \(day),
          warning_id = case
            when case when q.day is distinct from \(day)::timestamptz then 0 else q.used end + \(count) < q.soft_limit then null
            when q.soft_limit is not null then coalesce(
              case when q.day is not distinct from \(day)::timestamptz then q.warning_id end, \(warning)) end
        where q.tenant_id = \(tenant) and q.kind = \(kind) and (q.hard_limit is null
          or case when q.day is distinct from \(day)::timestamptz then 0 else q.used end + \(count) <= q.hard_limit)
        returning q.kind, q.hard_limit, q.soft_limit, q.used, q.warning_id is not null,
          coalesce(q.warning_id = \(warning), false)
        """
    }

    static func decodeTaken(_ row: inout Row) throws -> (use: QuotaUse, isWarning: Bool) {
        (try decodeUse(&row), try row.next(Bool.self))
    }

    static func give(_ kind: LimitKind, _ count: Int, tenant: TenantID) -> SQL {
        """
        update tenant_quotas q set used = greatest(q.used - \(count), 0),
          warning_id = case when q.used - \(count) >= q.soft_limit then q.warning_id end
        where q.tenant_id = \(tenant) and q.kind = \(kind)
        """
    }

    /// What limits a session. Without limits there is no row, and nobody waits for anybody.
    static func lockForSession(tenant: TenantID) -> SQL {
        """
        select \(fragment: columns) from tenant_quotas q
        where q.tenant_id = \(tenant) and q.kind in ('recorded-bytes', 'sessions') and q.hard_limit is not null
        order by q.kind for update
        """
    }

    static func liveSessions(tenant: TenantID, at now: Date) -> SQL {
        "select count(*) from session_leases where tenant_id = \(tenant) and lease_until > \(now)"
    }

    static func setWarning(_ id: EventID?, of kind: LimitKind, tenant: TenantID) -> SQL {
        "update tenant_quotas set warning_id = \(id) where tenant_id = \(tenant) and kind = \(kind)"
    }

    static func refusal(_ kind: LimitKind, tenant: TenantID) -> SQL {
        """
        select q.hard_limit, q.used, p.contact
        from tenant_quotas q join tenant_plans p on p.tenant_id = q.tenant_id
        where q.tenant_id = \(tenant) and q.kind = \(kind)
        """
    }

    /// Everything that a tenant uses, as of now. What is counted by day or month counts nothing when that is over.
    static func report(tenant: TenantID, at now: Date) -> SQL {
        """
        select q.kind, q.hard_limit, q.soft_limit,
          case q.kind
            when 'sessions' then (
              select count(*) from session_leases s where s.tenant_id = \(tenant) and s.lease_until > \(now))
            when 'webhook-deliveries-per-day' then
              case when q.day = \(LimitKind.webhookDeliveriesPerDay.day(of: now)) then q.used else 0 end
            when 'rotations-per-month' then
              case when q.day = \(LimitKind.rotationsPerMonth.day(of: now)) then q.used else 0 end
            else q.used end,
          q.warning_id is not null
        from tenant_quotas q where q.tenant_id = \(tenant)
        """
    }
}

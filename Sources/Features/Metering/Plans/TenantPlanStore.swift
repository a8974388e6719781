import FoundationEssentials
import Kernel
import Postgres

/// The SQL of the plans that tenants have, and of the limits that follow.
enum TenantPlanStore {
    static func find(_ tenant: TenantID) -> SQL {
        """
        select t.plan_id, p.code, p.name, p.currency, t.overrides, t.note, t.since, t.version
        from tenant_plans t join plans p on p.plan_id = t.plan_id where t.tenant_id = \(tenant)
        """
    }

    static func decode(_ row: inout Row) throws -> TenantPlan {
        TenantPlan(
            plan: try row.next(), code: try row.next(), name: try row.next(), currency: try row.next(),
            overrides: LimitSet(stored: try row.next()).limits, note: try row.next(), since: try row.next(),
            version: try row.next())
    }

    static func lock(_ tenant: TenantID) -> SQL {
        "select plan_id from tenant_plans where tenant_id = \(tenant) for update"
    }

    static func assign(
        _ plan: Plan, _ overrides: LimitSet, note: String, to tenant: TenantID, at now: Date
    ) -> SQL {
        """
        update tenant_plans set since = case when plan_id = \(plan.id) then since else \(now) end,
          plan_id = \(plan.id), overrides = \(overrides.stored), note = \(note), contact = \(plan.contact),
          version = version + 1
        where tenant_id = \(tenant)
        """
    }

    static func remember(_ plan: PlanID, of tenant: TenantID, at now: Date) -> SQL {
        """
        insert into tenant_plan_history (tenant_id, valid_from, plan_id)
        select \(tenant), greatest(\(now), max(h.valid_from) + interval '1 microsecond'), \(plan)
        from tenant_plan_history h where h.tenant_id = \(tenant)
        """
    }

    /// Writes the limits that follow from plan and agreement; a warning whose reason is gone is taken back.
    static func refresh(tenant: TenantID) -> SQL {
        """
        update tenant_quotas q set hard_limit = l.amount, soft_limit = l.soft,
          warning_id = case when q.used >= l.soft then q.warning_id end
        from tenant_limit_terms l
        where q.tenant_id = \(tenant) and l.tenant_id = \(tenant) and l.kind = q.kind
        """
    }

    /// The same for all tenants of a plan.
    static func refresh(plan: PlanID) -> SQL {
        """
        update tenant_quotas q set hard_limit = l.amount, soft_limit = l.soft,
          warning_id = case when q.used >= l.soft then q.warning_id end
        from tenant_plans t join tenant_limit_terms l on l.tenant_id = t.tenant_id
        where t.plan_id = \(plan) and q.tenant_id = t.tenant_id and l.kind = q.kind
        """
    }

    static func tell(_ contact: String, tenantsOf plan: PlanID) -> SQL {
        "update tenant_plans set contact = \(contact) where plan_id = \(plan)"
    }

    static func limits(of tenant: TenantID) -> SQL {
        "select kind, hard_limit from tenant_quotas where tenant_id = \(tenant) and hard_limit is not null"
    }
}

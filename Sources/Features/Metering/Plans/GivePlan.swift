package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Plans {
    /// Gives a tenant a plan and limits of its own. Nothing that it has is taken away: what is above a new limit stays,
    /// and nothing is added to it.
    package func give(
        _ request: AssignPlan, to tenant: TenantID, at now: Date, audit: AuditDraft, in scope: ProviderScope
    ) async throws -> TenantPlan {
        let overrides = try LimitSet(request.overrides)
        return try await database.transaction(in: scope) { transaction in
            let plan = try await transaction.first(PlanStore.find(request.plan), PlanStore.decode)
            guard let before = try await transaction.first(TenantPlanStore.lock(tenant), { try $0.next(PlanID.self) })
            else { throw PlanError.notFound }
            guard let plan else { throw PlanError.unknownPlan }
            if plan.id != before {
                guard plan.state == .offered else { throw PlanError.retired }
                guard try await isBilledAlike(plan, tenant, transaction) else { throw PlanError.otherCurrency }
                try await transaction.execute(TenantPlanStore.remember(plan.id, of: tenant, at: now))
            }
            try await transaction.execute(
                TenantPlanStore.assign(plan, overrides, note: request.note, to: tenant, at: now))
            try await transaction.execute(TenantPlanStore.refresh(tenant: tenant))
            audit.target("tenant", tenant.text)
            audit.detail("plan", .string(plan.code.text))
            audit.detail("overrides", overrides.stored)
            try await audit.write(in: transaction)
            let given = try await transaction.first(TenantPlanStore.find(tenant), TenantPlanStore.decode)
            guard let given else { throw PlanError.notFound }
            return given
        }
    }

    /// A plan without prices has nothing to bill in its currency.
    private func isBilledAlike(_ plan: Plan, _ tenant: TenantID, _ transaction: Transaction) async throws -> Bool {
        let others = try await transaction.query(
            """
            select distinct p.currency from tenant_plan_history h join plans p on p.plan_id = h.plan_id
            where h.tenant_id = \(tenant) and exists (
              select from plan_price_lists l where l.plan_id = h.plan_id and l.prices <> '[]')
            """
        ) { try $0.next(Currency.self) }
        return others.allSatisfy { $0 == plan.currency }
    }
}

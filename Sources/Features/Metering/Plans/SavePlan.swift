package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Plans {
    package func create(
        _ new: CreatePlan, at now: Date, audit: AuditDraft, in scope: ProviderScope
    ) async throws -> Plan {
        let id = PlanID.new(at: now)
        let limits = try LimitSet(new.limits)
        audit.target("plan", id.text, name: new.code.text)
        do {
            try await database.transaction(in: scope) { transaction in
                try await transaction.execute(PlanStore.insert(id, new, limits, at: now))
                try await transaction.execute(
                    PlanStore.insertFirst(PriceList(validFrom: now, prices: new.prices), of: id))
                try await audit.write(in: transaction)
            }
        } catch let error as DatabaseError where error.constraint == "plans_code_uq" {
            throw PlanError.codeTaken
        }
        return try await find(id, in: scope)
    }

    /// Changes a plan for everybody who has it: limits hold at once, prices from now on.
    package func change(
        _ id: PlanID, to change: ChangePlan, from version: Int?, at now: Date, audit: AuditDraft,
        in scope: ProviderScope
    ) async throws -> Plan {
        try await database.transaction(in: scope) { transaction in
            guard let plan = try await transaction.first(PlanStore.lock(id), PlanStore.decode) else {
                throw PlanError.notFound
            }
            guard plan.version == version else { throw PlanError.changed }
            let becomesDefault = change.isDefault == .set(true) && !plan.isDefault
            let willBeDefault = change.isDefault.applied(to: plan.isDefault)
            guard !willBeDefault || change.state.applied(to: plan.state) == .offered else { throw PlanError.isDefault }
            if becomesDefault { try await transaction.execute(PlanStore.giveUpDefault) }
            let limits = try LimitSet(change.limits.applied(to: plan.limits))
            try await transaction.execute(PlanStore.update(plan, change, limits: limits))
            if case .set(let prices) = change.prices, prices != plan.prices {
                try await transaction.execute(PlanStore.insert(PriceList(validFrom: now, prices: prices), of: id))
                audit.detail("prices", .int(Int64(prices.count)))
            }
            if case .set(let contact) = change.contact {
                try await transaction.execute(TenantPlanStore.tell(contact, tenantsOf: id))
            }
            try await transaction.execute(TenantPlanStore.refresh(plan: id))
            audit.target("plan", id.text, name: plan.code.text)
            audit.detail("limits", limits.stored)
            try await audit.write(in: transaction)
        }
        return try await find(id, in: scope)
    }
}

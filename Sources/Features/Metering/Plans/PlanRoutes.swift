package import HTTPAPI
import Kernel

extension Permission {
    package static let providerPlansRead = Permission("provider.plans.read")
    package static let providerPlansManage = Permission("provider.plans.manage")
}

/// The provider's endpoints of plans.
package enum PlanRoutes {
    private typealias Route = Endpoint<ProviderAPI, Plans>

    package static let group = EndpointGroup<ProviderAPI, Plans>("plans") {
        Route.list(
            "list", "/plans", summary: "List plans", permission: .providerPlansRead, by: Plan.listing
        ) { plans, call in
            try await plans.list(call.query, in: call.scope)
        }

        Route.post(
            "create", "/plans", summary: "Add a plan", permission: .providerPlansManage,
            audit: .action("plan.created"), body: CreatePlan.self, returns: Plan.self, status: 201,
            errors: [.planCodeTaken]
        ) { plans, call in
            try await plans.create(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/plans/{plan}", PlanID.self, summary: "Show a plan", permission: .providerPlansRead,
            returns: Plan.self
        ) { plans, call in
            try await plans.find(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/plans/{plan}", PlanID.self, summary: "Change a plan for everybody who has it",
            permission: .providerPlansManage, audit: .action("plan.changed"), body: ChangePlan.self,
            returns: Plan.self, errors: [.planIsDefault]
        ) { plans, call in
            try await plans.change(
                call.path, to: call.body, from: call.version, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "of-tenant", "/tenants/{tenant}/plan", TenantID.self, summary: "Show a tenant's plan",
            permission: .providerPlansRead, returns: TenantPlan.self
        ) { plans, call in
            try await plans.plan(of: call.path, in: call.scope)
        }

        Route.put(
            "give", "/tenants/{tenant}/plan", TenantID.self, summary: "Give a tenant a plan and limits of its own",
            permission: .providerPlansManage, audit: .action("tenant.plan-given"), body: AssignPlan.self,
            returns: TenantPlan.self, errors: [.planRetired, .planCurrency]
        ) { plans, call in
            try await plans.give(call.body, to: call.path, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}

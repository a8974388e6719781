package import HTTPAPI
import Kernel

extension Permission {
    package static let flowsRead = Permission("flows.read")
    package static let flowsManage = Permission("flows.manage")
    /// Of the company as a whole, unlike flows: what no flow goes below.
    package static let approvalRulesManage = Permission("approval-rules.manage")
}

/// The endpoints of approval flows.
package enum FlowRoutes {
    private typealias Route = Endpoint<TenantAPI, Tickets>

    package static let group = EndpointGroup<TenantAPI, Tickets>("flows") {
        Route.get(
            "list", "/flows", summary: "List approval flows", permission: .flowsRead, returns: Flows.self
        ) { tickets, call in
            try await tickets.flows(in: call.scope)
        }

        Route.post(
            "create", "/flows", summary: "Add an approval flow", permission: .flowsManage,
            audit: .action("flow.created"), body: SaveFlow.self, returns: Flow.self, status: 201,
            errors: [.flowNameTaken, .flowImpossible, .flowBelowFloor, .unknownApprover]
        ) { tickets, call in
            try await tickets.createFlow(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.put(
            "replace", "/flows/{flow}", FlowID.self, summary: "Replace an approval flow", permission: .flowsManage,
            audit: .action("flow.changed"), body: SaveFlow.self, returns: Flow.self, precondition: .ifMatch,
            errors: [.flowNameTaken, .flowImpossible, .flowBelowFloor, .unknownApprover]
        ) { tickets, call in
            try await tickets.replaceFlow(
                call.path, call.body, from: call.version, audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete", "/flows/{flow}", FlowID.self, summary: "Delete an approval flow", permission: .flowsManage,
            audit: .action("flow.deleted"), errors: [.flowNeeded]
        ) { tickets, call in
            try await tickets.deleteFlow(call.path, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.get(
            "rules", "/approval-rules", summary: "Show what no approval flow goes below", permission: .flowsRead,
            returns: ApprovalRules.self
        ) { tickets, call in
            try await tickets.approvalRules(in: call.scope)
        }

        Route.put(
            "set-rules", "/approval-rules", summary: "Say what no approval flow goes below",
            permission: .approvalRulesManage, audit: .action("approval-rules.changed"), body: SetApprovalRules.self,
            returns: ApprovalRules.self, precondition: .ifMatch, errors: [.unknownApprover], stepUp: .recent
        ) { tickets, call in
            try await tickets.setApprovalRules(
                call.body, from: call.version, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "try", "/flows/try", summary: "Show the path that somebody's request would take", permission: .flowsRead,
            audit: .none(because: "it changes nothing and shows no secret"), body: TryFlows.self,
            returns: PathPreview.self, errors: PathPreview.problems
        ) { tickets, call in
            try await tickets.preview(call.body, at: call.now, in: call.scope)
        }
    }
}

package import HTTPAPI
import Kernel

extension Permission {
    /// To have somebody answer in one's own seat.
    package static let ticketsDelegate = Permission("tickets.delegate")
}

/// The endpoints by which people who are away have others answer for them.
package enum DelegationRoutes {
    private typealias Route = Endpoint<TenantAPI, Tickets>

    package static let group = EndpointGroup<TenantAPI, Tickets>("delegations") {
        Route.get(
            "list", "/me/delegations", summary: "Show who answers for me, and for whom I do",
            permission: .ticketsDelegate, returns: Delegations.self
        ) { tickets, call in
            try await tickets.delegations(of: call.actor, in: call.scope)
        }

        Route.post(
            "create", "/me/delegations", summary: "Have somebody answer requests for me while I am away",
            permission: .ticketsDelegate, audit: .action("delegation.created"), body: CreateDelegation.self,
            returns: Delegation.self, status: 201, stepUp: .recent
        ) { tickets, call in
            try await tickets.delegate(call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "end", "/me/delegations/{delegation}/end", DelegationID.self, summary: "End it",
            permission: .ticketsDelegate, audit: .action("delegation.ended"), returns: Delegation.self
        ) { tickets, call in
            try await tickets.endDelegation(
                call.path, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}

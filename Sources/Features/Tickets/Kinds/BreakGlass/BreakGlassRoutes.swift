import Access
package import HTTPAPI
import Kernel

extension Permission {
    /// Of the company as a whole, unlike flows: who may let themselves in.
    package static let breakGlassRead = Permission("break-glass.read")
    package static let breakGlassManage = Permission("break-glass.manage")
}

/// The endpoints of emergency access.
package enum BreakGlassRoutes {
    private typealias Route = Endpoint<TenantAPI, Tickets>

    package static let group = EndpointGroup<TenantAPI, Tickets>("break-glass") {
        Route.post(
            "take", "/break-glass", summary: "Take emergency access at once", permission: .ticketsOpen,
            audit: .action("ticket.break-glass"), body: TakeBreakGlass.self, returns: Ticket.self, status: 201,
            errors: [.breakGlassRefused, .breakGlassUnreviewed, .noApprovalFlow, .noApprovers, .unknownAsset],
            stepUp: .recent
        ) { tickets, call in
            try await tickets.breakGlass(
                call.body, by: call.actor, among: call.caller.home, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "mine", "/my/break-glass", summary: "Tell what emergency access I may take", permission: .ticketsOpen,
            returns: MyBreakGlass.self
        ) { tickets, call in
            try await tickets.emergencies(of: call.actor, in: call.scope)
        }

        Route.list(
            "list", "/break-glass", summary: "List when somebody took emergency access", permission: .ticketsRead,
            by: BreakGlassUse.listing
        ) { tickets, call in
            try await tickets.emergencies(call.query, at: call.now, in: call.scope)
        }

        Route.post(
            "revoke", "/tickets/{ticket}/break-glass/revoke", TicketID.self,
            summary: "Take emergency access back at once", permission: .ticketsDecide,
            audit: .action("ticket.break-glass-revoked"), body: RevokeBreakGlass.self, returns: Ticket.self,
            errors: [.ownTicket, .notYourDecision, .grantNotActive], rate: .sensitive
        ) { tickets, call in
            try await tickets.revokeBreakGlass(
                call.path, call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "review", "/tickets/{ticket}/break-glass/review", TicketID.self,
            summary: "Review emergency access after its day", permission: .ticketsDecide,
            audit: .action("ticket.break-glass-reviewed"), body: ReviewBreakGlass.self, returns: Ticket.self,
            // In place of the tap that its flow may ask for while it is decided in time.
            errors: [.ownTicket, .notYourDecision, .ticketNotOpen, .ticketNeedsComment], rate: .sensitive,
            stepUp: .recent
        ) { tickets, call in
            try await tickets.reviewLate(
                call.path, call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "rules", "/break-glass-rules", summary: "Show who may take emergency access", permission: .breakGlassRead,
            returns: BreakGlassRules.self
        ) { tickets, call in
            try await tickets.breakGlassRules(in: call.scope)
        }

        Route.put(
            "set-rules", "/break-glass-rules", summary: "Say who may take emergency access",
            permission: .breakGlassManage,
            audit: .action("break-glass-rules.changed"), body: SetBreakGlassRules.self, returns: BreakGlassRules.self,
            precondition: .ifMatch, errors: [.unknownApprover], stepUp: .recent
        ) { tickets, call in
            try await tickets.setBreakGlassRules(
                call.body, from: call.version, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}

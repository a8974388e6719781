import Access
package import HTTPAPI
import Kernel

extension Permission {
    package static let ticketsRead = Permission("tickets.read")
    /// To look at a request: those that concern one, or all of them with `tickets.read`.
    package static let ticketsSee = Permission("tickets.see")
    package static let ticketsOpen = Permission("tickets.open")
    package static let ticketsDecide = Permission("tickets.decide")
}

/// The endpoints of requests.
package enum TicketRoutes {
    private typealias Route = Endpoint<TenantAPI, Tickets>

    package static let group = EndpointGroup<TenantAPI, Tickets>("tickets") {
        Route.list(
            "list", "/tickets", summary: "List all requests", permission: .ticketsRead, by: Ticket.listing
        ) { tickets, call in
            try await tickets.list(call.query, for: call.actor, at: call.now, in: call.scope)
        }

        Route.list(
            "mine", "/my/tickets", summary: "List my requests", permission: .ticketsOpen, by: Ticket.listing
        ) { tickets, call in
            try await tickets.own(call.query, of: call.actor, in: call.scope)
        }

        Route.list(
            "inbox", "/inbox", summary: "List requests that wait for me", permission: .ticketsDecide,
            by: Ticket.waitingListing
        ) { tickets, call in
            try await tickets.inbox(call.query, of: call.actor, at: call.now, in: call.scope)
        }

        Route.get(
            "report", "/ticket-report", summary: "How requests were answered", permission: .ticketsRead,
            query: TicketReportPeriod.self, returns: TicketReport.self, rate: .expensive
        ) { tickets, call in
            try await tickets.report(call.query, at: call.now, in: call.scope)
        }

        Route.post(
            "open", "/tickets", summary: "Ask for access", permission: .ticketsOpen, audit: .action("ticket.opened"),
            body: OpenTicket.self, returns: Ticket.self, status: 201,
            errors: [
                .noApprovalFlow, .noApprovers, .unknownAsset, .grantNotActive, .grantEndNotLater, .tooManyOpen,
                .ticketChanged, .secretRefused,
            ]
        ) { tickets, call in
            try await tickets.open(
                call.body, by: call.actor, among: call.caller.home, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "preview", "/tickets/preview", summary: "Show the path that a request would take",
            permission: .ticketsOpen, audit: .none(because: "it changes nothing and shows no secret"),
            body: PreviewTicket.self, returns: PathPreview.self,
            errors: PathPreview.problems
        ) { tickets, call in
            try await tickets.preview(
                call.body, by: call.actor, among: call.caller.home, at: call.now, in: call.scope)
        }

        Route.get(
            "show", "/tickets/{ticket}", TicketID.self, summary: "Show a request", permission: .ticketsSee,
            returns: Ticket.self
        ) { tickets, call in
            try await tickets.find(
                call.path, for: call.actor, readable: call.scope(of: .ticketsRead), at: call.now, in: call.scope)
        }

        Route.post(
            "decide", "/tickets/{ticket}/decision", TicketID.self, summary: "Approve or reject a request",
            permission: .ticketsDecide, audit: .action("ticket.decided"), body: DecideTicket.self,
            returns: Ticket.self,
            errors: [
                .ticketNotOpen, .ownTicket, .notYourDecision, .ticketChanged, .ticketWider, .ticketNeedsPasskey,
                .ticketNeedsComment, .ticketOpensNothing, .grantNotActive, .grantEndNotLater, .grantIsEmergency,
                .stepUpRequired,
            ], rate: .sensitive
        ) { tickets, call in
            try await tickets.decide(
                call.path, call.body, by: call.actor, through: call.caller.isProgram ? .api : .portal,
                call.request, stepUp: call.stepUp, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "decision-challenge", "/tickets/{ticket}/decision-challenge", TicketID.self,
            summary: "Ask for the tap on a passkey that approves a request", permission: .ticketsDecide,
            audit: .none(because: "a question changes nothing; what comes of it is audited"),
            body: AskDecisionChallenge.self, returns: DecisionQuestion.self,
            errors: [
                .ticketNotOpen, .ownTicket, .notYourDecision, .ticketChanged, .ticketWider, .ticketNeedsPasskey,
                .ticketOpensNothing,
            ],
            rate: .sensitive, idempotency: .off(because: "asks something else each time")
        ) { tickets, call in
            try await tickets.decisionChallenge(
                call.path, call.body, by: call.actor, call.request, at: call.now, in: call.scope)
        }

        Route.post(
            "open-mail-link", "/my/mail-links", summary: "Open a link from a mail", permission: .ticketsDecide,
            audit: .none(because: "a link is looked at; the decision behind it is audited"), body: OpenMailLink.self,
            returns: OpenedMailLink.self, errors: [.linkInvalid],
            rate: .sensitive, idempotency: .off(because: "changes nothing")
        ) { tickets, call in
            try await tickets.open(
                mailLink: call.body.token.text, by: call.actor, at: call.now, in: call.scope)
        }

        Route.post(
            "reassign", "/tickets/{ticket}/reassign", TicketID.self, summary: "Hand a seat over",
            permission: .ticketsDecide, audit: .action("ticket.reassigned"), body: ReassignSeat.self,
            returns: Ticket.self,
            errors: [.ticketNotOpen, .ownTicket, .notYourDecision, .seatTaken, .tooManyMoves, .noApprovers],
            rate: .sensitive
        ) { tickets, call in
            try await tickets.reassign(
                call.path, call.body, by: call.actor, managed: call.scope(of: .flowsManage), at: call.now,
                audit: call.audit, in: call.scope)
        }

        Route.post(
            "copy", "/tickets/{ticket}/copies", TicketID.self, summary: "Have more people see a request",
            permission: .ticketsSee, audit: .action("ticket.copied"), body: CopyTicket.self, returns: Ticket.self,
            rate: .sensitive
        ) { tickets, call in
            try await tickets.copy(
                call.path, call.body, by: call.actor, readable: call.scope(of: .ticketsRead), at: call.now,
                audit: call.audit, in: call.scope)
        }

        Route.post(
            "withdraw", "/tickets/{ticket}/withdraw", TicketID.self, summary: "Take a request back",
            permission: .ticketsOpen, audit: .action("ticket.withdrawn"), returns: Ticket.self,
            errors: [.ticketNotOpen]
        ) { tickets, call in
            try await tickets.withdraw(
                call.path, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "comments", "/tickets/{ticket}/comments", TicketID.self, summary: "Show the remarks on a request",
            permission: .ticketsSee, returns: TicketComments.self
        ) { tickets, call in
            try await tickets.comments(
                on: call.path, for: call.actor, readable: call.scope(of: .ticketsRead), at: call.now, in: call.scope)
        }

        Route.post(
            "comment", "/tickets/{ticket}/comments", TicketID.self, summary: "Add a remark to a request",
            permission: .ticketsOpen, audit: .action("ticket.commented"), body: CommentTicket.self,
            returns: TicketComments.self, status: 201
        ) { tickets, call in
            try await tickets.comment(
                on: call.path, call.body, by: call.actor, readable: call.scope(of: .ticketsRead), at: call.now,
                audit: call.audit, in: call.scope)
        }
    }
}

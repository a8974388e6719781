package import HTTPAPI
import Kernel

/// The endpoints by which requests and what was made of them are taken along.
package enum TicketExportRoutes {
    private typealias Route = Endpoint<TenantAPI, Tickets>

    package static let group = EndpointGroup<TenantAPI, Tickets>("ticket-exports") {
        Route.get(
            "timeline", "/tickets/{ticket}/timeline", TicketID.self, summary: "Take along what happened to a request",
            permission: .ticketsSee, audit: .action("ticket.exported"), returns: TicketTimeline.self, rate: .expensive
        ) { tickets, call in
            try await tickets.timeline(
                of: call.path, for: call.actor, readable: call.scope(of: .ticketsRead), at: call.now, audit: call.audit,
                in: call.scope)
        }

        Route.download(
            "timeline-csv", "/tickets/{ticket}/timeline/csv", TicketID.self,
            summary: "Take along what happened to a request as CSV", permission: .ticketsSee,
            audit: .action("ticket.exported"), mediaType: "text/csv", rate: .expensive
        ) { tickets, call in
            try await tickets.timelineFile(
                of: call.path, for: call.actor, readable: call.scope(of: .ticketsRead), at: call.now, audit: call.audit,
                in: call.scope)
        }

        Route.download(
            "report-csv", "/ticket-report/csv", summary: "Take along how requests were answered as CSV",
            permission: .ticketsRead, audit: .action("ticket-report.exported"), query: TicketReportPeriod.self,
            mediaType: "text/csv", rate: .expensive
        ) { tickets, call in
            try await tickets.reportFile(call.query, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}

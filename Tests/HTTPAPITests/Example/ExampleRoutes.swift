import HTTPAPI
import HTTPTypes
import Kernel

extension Permission {
    static let ticketsRead = Permission("tickets.read")
    static let ticketsOpen = Permission("tickets.open")
    static let ticketsDecide = Permission("tickets.decide")
}

enum ExampleRoutes {
    private typealias Route = Endpoint<TenantAPI, ExampleTickets>
    private typealias Open = Endpoint<PublicAPI, ExampleTickets>

    static let group = EndpointGroup<TenantAPI, ExampleTickets>("tickets") {
        Route.list(
            "list", "/tickets", summary: "List tickets", permission: .ticketsRead, by: ExampleTicket.listing
        ) { tickets, call in
            await tickets.list(call.query, in: call.scope)
        }

        Route.list(
            "search", "/ticket-search/{level}", Number.self, summary: "Search tickets", permission: .ticketsRead,
            query: Search.self, by: ExampleTicket.listing
        ) { tickets, call in
            guard call.path.value == 7, call.query.parameters.words == "all" else { throw Problem(.notFound) }
            return await tickets.list(call.query.page, in: call.scope)
        }

        Route.delete(
            "clear", "/tickets", summary: "Clear tickets", permission: .ticketsOpen, audit: .action("tickets.cleared"),
            query: Search.self
        ) { _, call in
            guard call.query == Search(words: "all", most: 3, exact: true) else { throw Problem(.notFound) }
            return Nothing()
        }

        Route.post(
            "open", "/tickets", summary: "Ask for access", permission: .ticketsOpen, audit: .action("ticket.opened"),
            body: OpenExample.self, returns: ExampleTicket.self, status: 201
        ) { tickets, call in
            call.response.set(.location, "/api/v1/tickets")
            return await tickets.open(call.body, at: call.now, in: call.scope, audit: call.audit)
        }

        Route.get(
            "show", "/tickets/{ticket}", TicketID.self, summary: "Show a ticket", permission: .ticketsRead,
            returns: ExampleTicket.self
        ) { tickets, call in
            try await tickets.find(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/tickets/{ticket}", TicketID.self, summary: "Change an open ticket", permission: .ticketsOpen,
            audit: .action("ticket.changed"), body: ChangeExample.self, returns: ExampleTicket.self,
            errors: [.exampleNotOpen]
        ) { tickets, call in
            try await tickets.change(call.path, to: call.body, from: call.version, in: call.scope)
        }

        Route.post(
            "approve", "/tickets/{ticket}/approve", TicketID.self, summary: "Approve a ticket",
            permission: .ticketsDecide, audit: .action("ticket.approved"), returns: ExampleTicket.self,
            errors: [.exampleNotOpen], rate: .sensitive, stepUp: .recent
        ) { tickets, call in
            try await tickets.approve(call.path, in: call.scope)
        }

        Route.upload(
            "attach", "/tickets/{ticket}/attachment", TicketID.self, summary: "Attach a file",
            permission: .ticketsOpen, audit: .action("ticket.attached"), limit: 4 << 20, returns: Nothing.self
        ) { tickets, call in
            await tickets.attach(call.body)
            return Nothing()
        }

        Route.events(
            "watch", "/ticket-events", summary: "Follow tickets as they change", permission: .ticketsRead,
            of: ExampleTicket.self
        ) { tickets, call in
            await tickets.events(after: call.request.lastEventID, in: call.scope)
        }

        Route.download(
            "export", "/ticket-export", summary: "Download all tickets", permission: .ticketsRead,
            audit: .action("ticket.exported"), mediaType: "application/x-ndjson", rate: .expensive
        ) { tickets, call in
            await tickets.export(in: call.scope)
        }
    }

    /// What nobody has to sign in for.
    static let open = EndpointGroup<PublicAPI, ExampleTickets>("auth") {
        Open.post(
            "sign-in", "/auth/sign-in", summary: "Sign in", permission: .public, audit: .action("session.opened"),
            body: OpenExample.self, returns: Nothing.self, rate: .sensitive
        ) { _, call in
            call.response.set(Cookie("session", "fresh", maxAge: 43_200))
            return Nothing()
        }
    }

    static let operations = group.operations + open.operations
}

struct Search: WireValue, Equatable {
    let words: String
    let most: Int?
    let exact: Bool?

    static let schema: Schema<Self> = .record(Self.init) {
        Field("words", \.words, .text(1...20))
        Field("most", \.most, .int(1...9))
        Field("exact", \.exact)
    }
}

struct Number: WireValue {
    let value: Int
    static let schema = Schema<Int>.int(0...99).map({ Number(value: $0) }, \.value)
}

import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// Everybody whom a request concerns is told of each.
    private static let mostComments = 500

    /// The remarks on a request and what happened to it, for those who may see it.
    package func comments(
        on id: TicketID, for user: UserID, readable: TenantScope? = nil, at now: Date, in scope: TenantScope
    ) async throws -> TicketComments {
        let ticket = try await find(id, for: user, readable: readable, at: now, in: scope)
        return try await happenings(of: ticket, in: scope)
    }

    /// What happened to a request that somebody sees, by whomever in the company.
    func happenings(of ticket: Ticket, in scope: TenantScope) async throws -> TicketComments {
        let items = try await store.comments(on: ticket.id, in: scope.wholeTenant, database)
        let moves = try await store.moves(of: ticket.id, in: scope.wholeTenant, database)
        return TicketComments(items: items, events: ticket.events(with: items, moves))
    }

    /// Adds a remark, in any state of the request.
    package func comment(
        on id: TicketID, _ request: CommentTicket, by user: UserID, readable: TenantScope? = nil,
        at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> TicketComments {
        let ticket = try await find(id, for: user, readable: readable, at: now, in: scope)
        let comment = CommentID.new(at: now)
        try await database.transaction(in: scope) { transaction in
            guard try await store.commentCount(on: id, in: scope, transaction) < Self.mostComments else {
                throw FieldErrors(errors: [
                    FieldError(
                        pointer: "/text",
                        message: "is too much: the request has \(Self.mostComments) remarks. Go on somewhere else.")
                ])
            }
            try await store.insertComment(comment, request.text, by: user, on: id, at: now, in: scope, transaction)
            audit.target("ticket", id.text, name: "#\(ticket.number)")
            try await audit.write(in: transaction)
            try await outbox.publish(
                TicketEvents.commented(comment, on: id, ticket.number, by: user, at: now), in: scope, transaction)
        }
        return try await happenings(of: ticket, in: scope)
    }
}

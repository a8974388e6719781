package import Access
import FoundationEssentials
import HTTPAPI
package import Kernel

/// Access to assets for a while: what comes of it is a grant.
package struct AccessKind: RequestKind {
    package struct Content: WireValue, Equatable {
        package static let schema: Schema<Self> = .record(Self.init) {}
    }

    package let name = TicketKindName.access
    let access: Access

    package init(access: Access) {
        self.access = access
    }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        var errors: [FieldError] = []
        if draft.ask.assets.isEmpty { errors.append(FieldError(pointer: "/assets", message: "must name an asset")) }
        if draft.ask.accounts.isEmpty {
            errors.append(FieldError(pointer: "/accounts", message: "must name an account"))
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        return content
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] { shown.facts }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect {
        let (ticket, now) = (approved.progress, approved.at)
        let start = max(ticket.ask.startsAt ?? now, now)
        let grant = NewGrant(
            ticket: ticket.id, name: "Request #\(approved.number)", user: ticket.requester, assets: ticket.ask.assets,
            accounts: ticket.ask.accounts, protocols: ticket.ask.protocols, actions: ticket.ask.actions,
            startsAt: start, endsAt: start.addingTimeInterval(Double(ticket.ask.duration)),
            unusedAfter: approved.unusedAfter, createdAt: now)
        try await access.give(grant, in: approved.scope, approved.transaction)
        try await approved.audit.also(
            "grant.created", kind: "grant", id: grant.id.text, name: grant.name, in: approved.transaction)
        return TicketEffect(grant: grant.id)
    }
}

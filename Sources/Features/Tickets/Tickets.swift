package import Access
import Assets
package import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Messaging
package import Postgres

/// The facade of requests: people ask, approvers answer level by level, and the outcome is a grant that ends by itself.
package struct Tickets: Sendable {
    let database: Database
    let access: Access
    let messaging: Messaging
    let outbox: Outbox
    let portal: TicketPortal
    let kinds: TicketKinds
    let passkeys: PasskeyPort
    let deciders: Deciders
    var store: TicketStore { TicketStore() }
    var flowStore: FlowStore { FlowStore() }
    var delegationStore: DelegationStore { DelegationStore() }
    var emergencies: BreakGlassStore { BreakGlassStore() }
    var links: DecisionLinkStore { DecisionLinkStore() }

    /// `kinds` are those of other features.
    package init(
        database: Database, access: Access, messaging: Messaging, outbox: Outbox, portal: TicketPortal,
        kinds: [any RequestKind] = [], passkeys: PasskeyPort = .none, deciders: Deciders = .active
    ) {
        self.passkeys = passkeys
        self.deciders = deciders
        self.kinds = TicketKinds(
            [
                AccessKind(access: access), GeneralKind(), ExtensionKind(access: access),
                BreakGlassKind(access: access, outbox: outbox), SignInKind(), ConnectKind(), CommandReviewKind(),
            ] + kinds)
        self.database = database
        self.access = access
        self.messaging = messaging
        self.outbox = outbox
        self.portal = portal
    }

    /// A page of all requests.
    package func list(
        _ page: PageRequest, for user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> Rows<Ticket> {
        let tickets =
            scope.organizations == nil
            ? try await store.list(page, where: "", in: scope, database)
            : try await store.list(page, inside: scope, database)
        return Rows(try await shown(tickets, to: user, at: now, in: scope), of: page)
    }

    /// A page of the person's own requests.
    package func own(_ page: PageRequest, of user: UserID, in scope: TenantScope) async throws -> Rows<Ticket> {
        Rows(
            described(try await store.list(page, where: " and t.requester_id = \(user)", in: scope, database)), of: page
        )
    }

    /// A page of the requests that wait for this person's answer.
    package func inbox(
        _ page: PageRequest, of user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> Rows<Ticket> {
        let condition = TicketStore.waiting(for: user, at: now, in: scope)
        let tickets = try await store.list(page, where: condition, in: scope, database)
        return Rows(try await shown(tickets, to: user, at: now, in: scope), of: page)
    }

    /// One request, for those who may see it: who asked, who may decide or is told, and who may read all of them, which is
    /// in the scope `readable`.
    package func find(
        _ id: TicketID, for user: UserID, readable: TenantScope? = nil, at now: Date, in scope: TenantScope
    ) async throws -> Ticket {
        if let readable, let ticket = try await read(id, in: readable) {
            return try await shown([ticket], to: user, at: now, in: scope)[0]
        }
        let own = TicketStore.concerns(user, at: now, in: scope)
        guard let ticket = try await store.find(id, where: own, in: scope, database) else { throw TicketError.notFound }
        return try await shown([ticket], to: user, at: now, in: scope)[0]
    }

    private func shown(
        _ tickets: [Ticket], to user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> [Ticket] {
        try await turned(described(tickets), of: user, at: now, in: scope)
    }

    /// Requests with what their kinds say of them.
    private func described(_ tickets: [Ticket]) -> [Ticket] {
        tickets.map { ticket in
            var ticket = ticket
            ticket.facts = facts(of: ticket)
            return ticket
        }
    }

    func facts(of ticket: Ticket) -> [TicketFact] {
        kinds[ticket.kind]?.facts(of: ticket.content, ticket.shown) ?? ticket.shown.facts
    }

    private func read(_ id: TicketID, in scope: TenantScope) async throws -> Ticket? {
        if scope.organizations != nil, try await !store.has(id, in: scope, database) { return nil }
        return try await store.find(id, in: scope.wholeTenant, database)
    }
}

/// Where people open a tenant's portal: builds links for messages.
package struct TicketPortal: Sendable {
    package var base: @Sendable (TenantScope) async throws -> String

    package init(base: @escaping @Sendable (TenantScope) async throws -> String) {
        self.base = base
    }
}

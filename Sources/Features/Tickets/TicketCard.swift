import Access
import Assets
package import FoundationEssentials
package import Kernel

/// What a message about a request shows, wherever it goes. It carries no secrets.
package struct TicketCard: Sendable {
    package let id: TicketID
    package let number: Int
    package let kind: TicketKindName
    /// What the kind and its lines are called.
    package let words: KindWords
    /// Somebody stands at a door until it is decided.
    package let isAwaited: Bool
    package let requester: TicketPerson
    package let facts: [TicketFact]
    package let reason: String
    package let flowName: String
    package let risk: TicketRisk
    package let state: TicketState.Word
    /// All levels with their seats; those that wait are in `open`.
    package let path: [TicketStage]
    package let open: [TicketStage]
    /// The answers so far, the oldest first.
    package let decisions: [TicketDecision]
    /// Who may answer now.
    package let waitingFor: [TicketPerson]
    package let copies: [TicketPerson]
    package let deadline: Date
    package let createdAt: Date
    package let grant: GrantID?
    /// What an answer has to name, in hexadecimal.
    package let digest: String
}

extension TicketCard {
    /// What a line said before an answer, or since, as the line is read that it is about.
    package func fact(_ label: String, _ values: [String]) -> TicketFact {
        let form = facts.first { $0.label == label }?.form ?? (label == "duration" ? .seconds : .text)
        return TicketFact(label, values, as: form)
    }
}

extension Tickets {
    /// The request as a message shows it. Who may be sent it, the caller says.
    package func card(for id: TicketID, in scope: TenantScope) async throws -> TicketCard {
        guard let ticket = try await store.find(id, in: scope.wholeTenant, database) else { throw TicketError.notFound }
        return card(of: ticket)
    }

    /// The same of many at once; those that there are.
    package func cards(for ids: [TicketID], in scope: TenantScope) async throws -> [TicketCard] {
        try await store.find(ids, in: scope.wholeTenant, database).map(card(of:))
    }

    func card(of ticket: Ticket) -> TicketCard {
        TicketCard(
            id: ticket.id, number: ticket.number, kind: ticket.kind,
            words: kinds[ticket.kind]?.words ?? KindWords(ticket.kind.rawValue, ticket.kind.rawValue),
            isAwaited: kinds[ticket.kind]?.isAwaited ?? false, requester: ticket.requester,
            facts: facts(of: ticket), reason: ticket.reason, flowName: ticket.flowName, risk: ticket.risk,
            state: ticket.state,
            path: ticket.path, open: ticket.openStages, decisions: ticket.decisions, waitingFor: ticket.waitingFor,
            copies: ticket.copies, deadline: ticket.deadline, createdAt: ticket.createdAt, grant: ticket.grant,
            digest: ticket.digest)
    }
}

extension Ticket {
    var shown: TicketShown {
        TicketShown(
            assets: assets.map(\.name), accounts: accounts.map(\.text), actions: actions.map(\.rawValue),
            startsAt: startsAt, duration: durationSeconds)
    }
}

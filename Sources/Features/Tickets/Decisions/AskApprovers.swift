import Cryptography
import FoundationEssentials
import Kernel
import Messaging
import Postgres

/// What asking takes besides the transaction, fetched before it begins: a transaction waits for no second connection.
struct ApprovalOffice: Sendable {
    let portal: String
    let desk: MessageDesk
}

extension Tickets {
    func office(in scope: TenantScope) async throws -> ApprovalOffice {
        ApprovalOffice(portal: try await portal.base(scope), desk: try await messaging.desk(in: scope))
    }

    /// Sends the question of a level to its webhook, with one single-use link for each person who may answer.
    func ask(
        level: Int, of ticket: TicketProgress, _ number: Int, from office: ApprovalOffice, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard let webhook = try await links.webhook(of: ticket.id, level: level, in: scope, transaction) else { return }
        let names = try await links.names(
            of: ticket.approvers[level - 1].subtracting(ticket.deciders), in: scope, transaction)
        let portal = office.portal
        var people: [JSON] = []
        for person in names {
            let token = RandomToken()
            try await links.insert(
                DecisionLink(
                    ticket: ticket.id, level: level, user: person.id, name: person.name, digest: ticket.digest,
                    webhook: webhook, expiresAt: ticket.deadline),
                tokenHash: token.hash.bytes, in: scope, transaction)
            people.append([
                "user": .string(person.id.text), "name": .string(person.name), "login": .string(person.login),
                "answer": .string("\(portal)/api/v1/decision-links/\(token.text.reveal())"),
            ])
        }
        let message = OutgoingMessage(
            id: .new(at: now), type: TicketEvents.decisionNeededType, subject: ticket.id.text,
            data: ticket.summary(number).merging([
                "level": .int(Int64(level)), "portal": .string("\(portal)/requests/\(ticket.id.text)"),
            ]),
            privateData: ["approvers": .array(people)])
        try await office.desk.send(message, to: webhook, at: now, transaction)
    }
}

import Audit
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

    /// Tells that levels wait for answers now, and sends their question to their webhooks.
    func ask(
        levels: [Int], of ticket: TicketProgress, _ number: Int, from office: ApprovalOffice, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for level in levels {
            let people = ticket.mayAnswer(level)
            let told = try await withStandIns(people, for: ticket, at: now, in: scope, transaction)
            try await outbox.publish(
                TicketEvents.levelOpened(ticket, number, level: level, told, at: now), in: scope, transaction)
            try await send(
                level: level, to: people, of: ticket, number, from: office, at: now, in: scope, transaction)
        }
    }

    /// These people and those who answer in their seats now, without the one who asks.
    func withStandIns(
        _ people: [UserID], for ticket: TicketProgress, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [UserID] {
        let more = try await delegationStore.standIns(for: people, at: now, in: scope, transaction)
        return people + more.filter { $0 != ticket.requester && !people.contains($0) }
    }

    /// Sends the question of a level to its webhook, with one single-use link for each of these people.
    func send(
        level: Int, to users: [UserID], of ticket: TicketProgress, _ number: Int, from office: ApprovalOffice,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard let webhook = ticket[level].plan.webhook, let deadline = ticket[level].deadline, !users.isEmpty else {
            return
        }
        let names = try await links.names(of: Set(users), in: scope, transaction)
        let portal = office.portal
        var people: [JSON] = []
        for person in names {
            let token = RandomToken()
            try await links.insert(
                DecisionLink(
                    ticket: ticket.id, level: level, user: person.id, name: person.name, digest: ticket.digest,
                    webhook: webhook, expiresAt: deadline),
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

extension TicketProgress {
    /// Those who have a seat that counts on this level and have not answered on any.
    func mayAnswer(_ level: Int) -> [UserID] {
        let spent = Set(answers.flatMap { [$0.user, $0.seat] }).union([requester])
        return self[level].waitingFor.filter { !spent.contains($0) }
    }
}

import Access
import Assets
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
        levels: [Int], of ticket: TicketProgress, _ number: Int, from office: ApprovalOffice?, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !levels.isEmpty else { return }
        let asked = levels.map { (level: $0, people: ticket.mayAnswer($0)) }
        let pairs = try await delegationStore.standIns(
            for: Array(Set(asked.flatMap(\.people))), at: now, in: scope, transaction)
        for (level, people) in asked {
            let told = ticket.with(pairs, people)
            try await outbox.publish(
                TicketEvents.levelOpened(ticket, number, level: level, told, at: now), in: scope, transaction)
            try await send(
                level: level, to: people, of: ticket, number, from: office, at: now, in: scope, transaction)
        }
    }

    /// Sends the question of a level to its webhook, with one single-use link for each of these people.
    func send(
        level: Int, to users: [UserID], of ticket: TicketProgress, _ number: Int, from office: ApprovalOffice?,
        at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard let office, let webhook = ticket[level].plan.webhook, let deadline = ticket[level].deadline,
            !users.isEmpty
        else { return }
        let decide = try await links.names(of: Set(users), in: scope, transaction).prefix(Self.mostLinks)
        let portal = office.portal
        var people: [JSON] = []
        var made: [(link: DecisionLink, tokenHash: [UInt8])] = []
        for person in decide {
            let token = RandomToken()
            let link = DecisionLink(
                ticket: ticket.id, level: level, user: person.id, name: person.name, digest: ticket.digest,
                webhook: webhook, expiresAt: deadline)
            made.append((link, token.hash.bytes))
            people.append([
                "user": .string(person.id.text), "name": .string(person.name), "login": .string(person.login),
                "answer": .string("\(portal)/api/v1/decision-links/\(token.text.reveal())"),
            ])
        }
        try await links.insert(made, in: scope, transaction)
        // As it stands in this transaction, with all that was answered until now.
        guard let shown = try await store.find(ticket.id, in: scope, transaction) else { throw TicketError.notFound }
        let message = OutgoingMessage(
            id: .new(at: now), type: TicketEvents.decisionNeededType, subject: ticket.id.text,
            data: ticket.summary(number).merging(
                try shown.question(
                    facts: card(of: shown).facts, level: level, until: deadline,
                    portal: "\(portal)/requests/\(ticket.id.text)")),
            privateData: ["approvers": .array(people)])
        try await office.desk.send(message, to: webhook, at: now, transaction)
    }
}

extension Tickets {
    /// A message has so many links at most; the others decide in the portal.
    private static let mostLinks = 200
}

extension TicketProgress {
    /// These people and those of the pairs who answer in their seats, each once, without the one who asks.
    func with(_ pairs: [(of: UserID, user: UserID)], _ people: [UserID]) -> [UserID] {
        let absent = Set(people)
        var told = absent.union([requester])
        return people + pairs.filter { absent.contains($0.of) && told.insert($0.user).inserted }.map(\.user)
    }

    /// Those who have a seat that counts on this level and have not answered on any.
    func mayAnswer(_ level: Int) -> [UserID] {
        let spent = Set(answers.flatMap { [$0.user, $0.seat] }).union([requester])
        return self[level].waitingFor.filter { !spent.contains($0) }
    }
}

import Cryptography
package import FoundationEssentials
package import HTTPAPI
import HTTPTypes
package import Kernel
import Messaging
import Postgres

extension Tickets {
    /// What a link that can still be used is about. It shows what the message with the link has told already.
    package func question(behind token: String, at now: Date, in scope: TenantScope) async throws -> LinkQuestion {
        let tokenHash = RandomToken.hash(of: token).bytes
        let link = try await database.transaction(in: scope) { transaction in
            try await links.find(tokenHash: tokenHash, at: now, in: scope, transaction)
        }
        guard let link, let ticket = try await store.find(link.ticket, in: scope, database) else {
            throw TicketError.linkInvalid
        }
        return LinkQuestion(
            ticket: ticket.id, number: ticket.number, approver: link.name, requester: ticket.requester.name,
            kind: ticket.kind, risk: ticket.risk, reason: ticket.reason, facts: card(of: ticket).facts,
            assets: ticket.assets.map(\.name), accounts: ticket.accounts,
            actions: ticket.actions, durationSeconds: ticket.durationSeconds, state: ticket.state, level: link.level,
            levels: ticket.levels, deadline: ticket.deadline)
    }

    /// An answer through a single-use link. It must be signed with the secret of the webhook that carried the link, so
    /// that a link that leaks from a log or a mailbox is worth nothing by itself.
    ///
    /// The signature is that of Standard Webhooks over the canonical JSON of the body. The links of the level are spent
    /// in the same transaction as its decision, and of two answers at once the second finds the level decided.
    package func answer(
        link token: String, _ request: AnswerLink, facts: RequestFacts, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> LinkOutcome {
        let tokenHash = RandomToken.hash(of: token).bytes
        let office = try await office(in: scope)
        let body = try CanonicalJSON.bytes([
            "comment": .string(request.comment), "outcome": .string(request.outcome.rawValue),
        ])
        return try await database.transaction(in: scope) { transaction in
            guard let link = try await links.find(tokenHash: tokenHash, at: now, in: scope, transaction) else {
                throw TicketError.linkInvalid
            }
            guard let webhook = link.webhook,
                try await office.desk.verify(
                    SignedAnswer(
                        id: facts.headers[.webhookID] ?? "", timestamp: facts.headers[.webhookTimestamp] ?? "",
                        signature: facts.headers[.webhookSignature] ?? "",
                        body: body),
                    of: webhook, at: now, transaction)
            else { throw TicketError.linkUnsigned }
            let decision = NewDecision(
                level: link.level, user: link.user, outcome: request.outcome, comment: request.comment,
                channel: .webhook, digest: link.digest, at: now)
            audit.onBehalf(of: Principal(.user, id: link.user.text, name: link.name, tenant: scope.tenant))
            let (number, progress): (Int, TicketProgress)
            do {
                (number, progress) = try await decide(
                    link.ticket, decision, Narrowing(), from: office, audit: audit, in: scope, transaction)
            } catch TicketError.levelDone {
                throw TicketError.linkInvalid
            }
            let level = if case .open(let level) = progress.state { level } else { link.level }
            return LinkOutcome(
                ticket: link.ticket, number: number, state: progress.state.word, level: level,
                levels: progress.levels.count)
        }
    }
}

extension HTTPField.Name {
    static let webhookID = HTTPField.Name("webhook-id")!
    static let webhookTimestamp = HTTPField.Name("webhook-timestamp")!
    static let webhookSignature = HTTPField.Name("webhook-signature")!
}

import Cryptography
package import FoundationEssentials
package import HTTPAPI
import HTTPTypes
package import Kernel
import Messaging
import Postgres

extension Tickets {
    /// An answer through a single-use link. It must be signed with the secret of the webhook that carried the link, so
    /// that a link that leaks from a log or a mailbox is worth nothing by itself.
    ///
    /// The signature is that of Standard Webhooks over the canonical JSON of the body. The link is spent in the same
    /// transaction as the decision: two answers at once let exactly one through.
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
            guard let link = try await links.lock(tokenHash: tokenHash, at: now, in: scope, transaction) else {
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
            try await decide(link.ticket, decision, Narrowing(), from: office, audit: audit, in: scope, transaction)
            try await links.spend(link, at: now, in: scope, transaction)
            guard let (number, progress) = try await store.lock(link.ticket, in: scope, transaction) else {
                throw TicketError.notFound
            }
            let level = if case .open(let level) = progress.state { level } else { link.level }
            return LinkOutcome(
                ticket: link.ticket, number: number, state: progress.state.word, level: level,
                levels: progress.approvers.count)
        }
    }
}

extension HTTPField.Name {
    static let webhookID = HTTPField.Name("webhook-id")!
    static let webhookTimestamp = HTTPField.Name("webhook-timestamp")!
    static let webhookSignature = HTTPField.Name("webhook-signature")!
}

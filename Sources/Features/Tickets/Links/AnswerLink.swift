import Cryptography
package import FoundationEssentials
package import HTTPAPI
import HTTPTypes
package import Kernel
import Messaging
import Postgres

extension Tickets {
    /// What a link that can still be used is about. It shows what the message with the link has told already, and what was
    /// answered since.
    package func question(behind token: String, at now: Date, in scope: TenantScope) async throws -> LinkQuestion {
        let tokenHash = RandomToken.hash(of: token).bytes
        let link = try await database.transaction(in: scope) { transaction in
            try await links.find(tokenHash: tokenHash, in: scope, transaction)
        }
        guard let link, link.isGood(at: now), let ticket = try await store.find(link.ticket, in: scope, database) else {
            throw TicketError.linkInvalid
        }
        let base = try await portal.base(scope)
        return LinkQuestion(
            ticket: ticket.id, number: ticket.number, approver: link.name, requester: ticket.requester.name,
            kind: ticket.kind, risk: ticket.risk, reason: ticket.reason, startsAt: ticket.startsAt,
            facts: card(of: ticket).facts, assets: ticket.assets.map(\.name), accounts: ticket.accounts,
            actions: ticket.actions, durationSeconds: ticket.durationSeconds, state: ticket.state, level: link.level,
            levels: ticket.levels, levelName: ticket.levelName(link.level), path: ticket.linkPath,
            ways: ticket.ways(at: link.level, until: link.expiresAt), deadline: ticket.deadline,
            portal: "\(base)/requests/\(ticket.id.text)")
    }

    /// An answer through a single-use link. It must be signed with the secret of the webhook that carried the link, so
    /// that a link that leaks from a log or a mailbox is worth nothing by itself.
    ///
    /// The signature is that of Standard Webhooks over the body as it came, or over its canonical JSON. The links of the
    /// level are spent in the same transaction as its decision, and of two answers at once the second finds the level
    /// decided. Whoever has signed is told what happened meanwhile if that is why the answer counts no more.
    package func answer(
        link token: String, _ request: AnswerLink, body: [UInt8], facts: RequestFacts, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> LinkOutcome {
        let tokenHash = RandomToken.hash(of: token).bytes
        let office = try await office(in: scope)
        let canonical = try CanonicalJSON.bytes([
            "comment": .string(request.comment), "outcome": .string(request.outcome.rawValue),
        ])
        do {
            return try await database.transaction(in: scope) { transaction in
                guard let link = try await links.find(tokenHash: tokenHash, in: scope, transaction) else {
                    throw TicketError.linkInvalid
                }
                var isSigned = false
                for form in [body, canonical] where !isSigned {
                    guard let webhook = link.webhook else { break }
                    isSigned = try await office.desk.verify(
                        SignedAnswer(facts, over: form), of: webhook, at: now, transaction)
                }
                guard isSigned else { throw link.isGood(at: now) ? TicketError.linkUnsigned : .linkInvalid }
                do {
                    guard link.isGood(at: now) else { throw TicketError.linkInvalid }
                    return try await answer(link, request, from: office, at: now, audit: audit, in: scope, transaction)
                } catch TicketError.levelDone {
                    throw LateAnswer(ticket: link.ticket, error: .linkInvalid)
                } catch let error as TicketError where error.isStale || error == .linkInvalid {
                    throw LateAnswer(ticket: link.ticket, error: error)
                }
            }
        } catch let late as LateAnswer {
            guard let ticket = try await store.find(late.ticket, in: scope.wholeTenant, database) else {
                throw late.error
            }
            throw StaleAnswer(late.error, ticket, outside: true)
        }
    }

    private func answer(
        _ link: DecisionLink, _ request: AnswerLink, from office: ApprovalOffice, at now: Date, audit: AuditDraft,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws -> LinkOutcome {
        let decision = NewDecision(
            level: link.level, user: link.user, outcome: request.outcome, comment: request.comment,
            channel: .webhook, digest: link.digest, at: now)
        audit.onBehalf(of: Principal(.user, id: link.user.text, name: link.name, tenant: scope.tenant))
        let (number, progress) = try await decide(
            link.ticket, decision, Narrowing(), from: office, audit: audit, in: scope, transaction)
        let level = if case .open(let level) = progress.state { level } else { link.level }
        return LinkOutcome(
            ticket: link.ticket, number: number, state: progress.state.word, level: level,
            levels: progress.levels.count)
    }
}

/// An answer that was signed and counts no more.
private struct LateAnswer: Error {
    let ticket: TicketID
    let error: TicketError
}

extension SignedAnswer {
    fileprivate init(_ facts: RequestFacts, over body: [UInt8]) {
        self.init(
            id: facts.headers[.webhookID] ?? "", timestamp: facts.headers[.webhookTimestamp] ?? "",
            signature: facts.headers[.webhookSignature] ?? "", body: body)
    }
}

extension HTTPField.Name {
    static let webhookID = HTTPField.Name("webhook-id")!
    static let webhookTimestamp = HTTPField.Name("webhook-timestamp")!
    static let webhookSignature = HTTPField.Name("webhook-signature")!
}

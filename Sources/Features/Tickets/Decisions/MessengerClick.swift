package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// An answer that came with a message: whose it is was found out already, by a link that was verified.
package struct MessengerClick: Sendable {
    package let ticket: TicketID
    /// The level that the message asked for; nil for the one that waits for the person.
    package let level: Int?
    package let user: UserID
    package let outcome: TicketOutcome
    package let comment: String
    /// The digest of what was shown, in hexadecimal.
    package let digest: String
    package let channel: DecisionChannel

    package init(
        ticket: TicketID, level: Int?, user: UserID, outcome: TicketOutcome, comment: String = "", digest: String,
        channel: DecisionChannel
    ) {
        self.ticket = ticket
        self.level = level
        self.user = user
        self.outcome = outcome
        self.comment = comment
        self.digest = digest
        self.channel = channel
    }
}

extension Tickets {
    /// Takes an answer from a messenger or a mail. What it answers with is what every copy of the message shows from now on.
    /// A person who is disabled has no answer.
    package func decide(
        fromMessenger click: MessengerClick, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> TicketCard {
        let decision = NewDecision(
            level: click.level, user: click.user, outcome: click.outcome, comment: click.comment,
            channel: click.channel, digest: [UInt8](hexadecimal: click.digest) ?? [], at: now)
        let office = try await office(in: scope)
        try await database.transaction(in: scope) { transaction in
            guard let name = try await store.activeName(of: click.user, in: scope, transaction) else {
                throw TicketError.notFound
            }
            audit.onBehalf(of: Principal(.user, id: click.user.text, name: name, tenant: scope.tenant))
            _ = try await decide(
                click.ticket, decision, Narrowing(), from: office, audit: audit, in: scope, transaction)
        }
        return try await card(for: click.ticket, in: scope)
    }
}

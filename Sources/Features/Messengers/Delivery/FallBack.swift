import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Messengers {
    /// Has approvers told another way whom no vendor has been given a card for in time, however that came about: it does not
    /// answer, it wants a pause, or the channel's secrets cannot be opened. The cards are still tried.
    package func fallBack(at now: Date) async throws {
        var failure: (any Error)?
        for tenant in try await CardSweep(database: database).late(at: now) {
            do {
                try await fallBack(at: now, in: TenantScope(tenant: tenant))
            } catch {
                // One tenant in trouble must not keep the others waiting.
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func fallBack(at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            let late = try await cards.fallBack(at: now, limit: 500, in: scope, tx)
            try await tell(late.map { ($0, "No messenger has taken the card in time.") }, at: now, in: scope, tx)
        }
    }

    /// Says of these cards that their approvers were not reached by them, and why.
    func tell(
        _ cards: [(card: KeptCard, reason: String)], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard !cards.isEmpty else { return }
        let known = try await channels.names(of: Array(Set(cards.map(\.card.channel))), in: scope, tx)
        try await Outbox().publish(
            cards.compactMap { card, reason in
                known[card.channel].flatMap {
                    MessengerEvents.undelivered(card, through: $0, because: reason, at: now)
                }
            }, in: scope, tx)
    }

    /// Forgets what no callback can bring up any more, and what was told a month ago.
    package func sweep(at now: Date) async throws {
        try await CardSweep(database: database).sweep(
            callbacksBefore: now.addingTimeInterval(-86_400), noticesBefore: now.addingTimeInterval(-30 * 86_400))
    }
}

package import FoundationEssentials
package import Kernel
import Postgres

extension Tickets {
    /// Those who may answer now in the place of people whom a request waits for, by level: nobody who has made it, or has
    /// answered it already.
    package func standIns(
        of card: TicketCard, at now: Date, in scope: TenantScope
    ) async throws -> [Int: Set<UserID>] {
        guard !card.open.isEmpty else { return [:] }
        let waiting = Set(card.waitingFor.map(\.id))
        let spent = Set(card.decisions.flatMap { [$0.user.id, $0.onBehalfOf?.id ?? $0.user.id] } + [card.requester.id])
        return try await database.transaction(in: scope) { transaction in
            let pairs = try await delegationStore.standIns(
                for: Array(waiting), at: now, in: scope, transaction)
            return Dictionary(
                card.open.map { stage in
                    let seats = Set(stage.seats.map(\.user.id))
                    return (stage.level, Set(pairs.filter { seats.contains($0.of) }.map(\.user)).subtracting(spent))
                }, uniquingKeysWith: { first, _ in first })
        }
    }
}

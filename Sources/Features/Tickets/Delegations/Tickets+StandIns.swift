package import FoundationEssentials
package import Kernel
import Postgres

extension Tickets {
    /// Those who may answer now in the place of people whom these requests wait for, by level: nobody who has made one, or has
    /// answered it already.
    package func standIns(
        of cards: [TicketCard], at now: Date, in scope: TenantScope
    ) async throws -> [TicketID: [Int: Set<UserID>]] {
        let open = cards.filter { !$0.open.isEmpty }
        guard !open.isEmpty else { return [:] }
        let absent = open.reduce(into: Set<UserID>()) { $0.formUnion($1.waitingFor.map(\.id)) }
        let pairs = try await database.transaction(in: scope) { transaction in
            try await delegationStore.standIns(for: Array(absent), at: now, in: scope, transaction)
        }
        return Dictionary(
            open.map { card in
                let waiting = Set(card.waitingFor.map(\.id))
                let spent = Set(
                    card.decisions.flatMap { [$0.user.id, $0.onBehalfOf?.id ?? $0.user.id] } + [card.requester.id])
                let levels = card.open.map { stage in
                    let seats = waiting.intersection(stage.seats.map(\.user.id))
                    return (
                        stage.level, Set(pairs.filter { seats.contains($0.of) }.map(\.user)).subtracting(spent)
                    )
                }
                return (card.id, Dictionary(levels) { first, _ in first })
            }
        ) { first, _ in first }
    }
}

package import FoundationEssentials
package import Kernel
import Postgres

// The members of groups are told some at a time, in the order of their ids. How far a round has come stands in the
// transaction that tells them, so that nobody is told twice, and nobody left out, whatever node dies in between.
extension Notifications {
    /// Begins to tell the members of groups something, once of each event: the pump does the rest.
    package func tell(_ round: NoticeRound, at now: Date, in scope: TenantScope) async throws {
        guard !round.groups.isEmpty else { return }
        try await database.transaction(in: scope, lasting: .brief) { tx in
            try await NoticeRoundStore.insert(round, at: now, in: scope, tx)
        }
    }

    /// Tells the next of its people. Whoever else waits has a turn before those after them.
    func goRound(_ event: EventID, on ground: NoticeGround, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            guard let (round, last) = try await NoticeRoundStore.lock(event, in: scope, tx) else { return }
            let told = try await tell(
                round.notice(after: last, limit: Self.toldAtOnce), on: ground, at: now, in: scope, tx)
            guard told.count == Self.toldAtOnce, let newest = told.last else {
                return try await NoticeRoundStore.end(event, in: scope, tx)
            }
            try await NoticeRoundStore.goOn(event, from: newest, at: now, in: scope, tx)
        }
    }
}

import FoundationEssentials
import Kernel
import Postgres

/// Computes usage by hour from the events: the same events give the same roll-ups, however often it runs.
struct RollUpUsage {
    let database: Database

    /// Whole hours only: both ends are moved outwards to the full hour.
    func callAsFunction(from start: Date, to end: Date) async throws {
        let first = Date(timeIntervalSince1970: (start.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
        let last = Date(timeIntervalSince1970: (end.timeIntervalSince1970 / 3600).rounded(.up) * 3600)
        try await database.transaction(in: SystemScope(reason: "usage roll-up")) { transaction in
            try await transaction.execute(UsageStore.rollUp(from: first, to: last))
            try await transaction.execute(UsageStore.clear(from: first, to: last))
        }
    }
}

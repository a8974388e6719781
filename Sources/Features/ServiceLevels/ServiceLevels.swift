package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// How well each tenant is served: requests, failures, and how long people waited, from the server's own counts.
package struct ServiceLevels: Sendable {
    /// How long hours are kept.
    package static let retention: TimeInterval = 90 * 86_400

    let database: Database

    package init(database: Database) {
        self.database = database
    }

    package func report(_ question: LevelQuestion, in scope: ProviderScope) async throws -> LevelReport {
        let rows = try await LevelStore.rows(question, in: scope, database)
        return LevelReport(items: LevelItem.list(of: rows))
    }

    /// Adds what one node counted to the hour.
    package func save(_ tallies: [TenantID: TenantLevels.Tally], at now: Date) async throws {
        guard !tallies.isEmpty else { return }
        try await LevelStore.add(tallies, at: now, database)
    }

    /// Forgets hours that are too old; a periodic job.
    package func prune(at now: Date) async throws {
        try await database.execute(
            "delete from service_levels where hour < \(now - Self.retention)",
            in: SystemScope(reason: "forget old service levels"))
    }
}
